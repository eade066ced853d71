import { createHash } from 'node:crypto';
import type { BlobServiceClient } from '@azure/storage-blob';
import { z } from 'zod';
import { ignoring, inContainer } from './document-blobs.ts';

const claimedDocumentSchema = z.object({ documentId: z.string(), blobName: z.string(), sha256: z.string() });
export type ClaimedDocument = z.infer<typeof claimedDocumentSchema>;

/** What the first request with an idempotency key decided for all that follow: which documents its files are. */
export interface IdempotencyClaims {
  /** The claim that was first for this key: the one given, or an earlier one. */
  claim(key: string, documents: readonly ClaimedDocument[]): Promise<readonly ClaimedDocument[]>;
}

/** One blob per key; the storage service lets only one request create it. */
export function createIdempotencyClaims(service: BlobServiceClient): IdempotencyClaims {
  const container = service.getContainerClient('idempotency');
  return {
    async claim(key, documents) {
      const blob = container.getBlockBlobClient(createHash('sha256').update(key).digest('hex'));
      const content = JSON.stringify(documents);
      const created = await inContainer(container, () =>
        blob.upload(content, Buffer.byteLength(content), { conditions: { ifNoneMatch: '*' } }),
      ).catch(ignoring(409, 412));
      if (created !== undefined) return documents;
      return z.array(claimedDocumentSchema).parse(JSON.parse((await blob.downloadToBuffer()).toString('utf8')));
    },
  };
}
