import { createHash } from 'node:crypto';
import type { BlobServiceClient } from '@azure/storage-blob';
import { z } from 'zod';
import { ignoring, inContainer } from './document-blobs.ts';

const uploadClaimSchema = z.object({ documentId: z.string(), blobName: z.string(), sha256: z.string() });

/** What the first request with an idempotency key decided for all that follow. */
export type UploadClaim = z.infer<typeof uploadClaimSchema>;

export interface IdempotencyClaims {
  /** The claim that was first for this key: the one given, or an earlier one. */
  claim(key: string, claim: UploadClaim): Promise<UploadClaim>;
}

/** One blob per key; the storage service lets only one request create it. */
export function createIdempotencyClaims(service: BlobServiceClient): IdempotencyClaims {
  const container = service.getContainerClient('idempotency');
  return {
    async claim(key, claim) {
      const blob = container.getBlockBlobClient(createHash('sha256').update(key).digest('hex'));
      const content = JSON.stringify(claim);
      const created = await inContainer(container, () =>
        blob.upload(content, Buffer.byteLength(content), { conditions: { ifNoneMatch: '*' } }),
      ).catch(ignoring(409, 412));
      if (created !== undefined) return claim;
      return uploadClaimSchema.parse(JSON.parse((await blob.downloadToBuffer()).toString('utf8')));
    },
  };
}
