import { createHash } from 'node:crypto';
import type { BlobServiceClient } from '@azure/storage-blob';
import { z } from 'zod';
import { claimBlob } from './claim-blob.ts';

const claimedDocumentSchema = z.object({ documentId: z.string(), blobName: z.string(), sha256: z.string() });
export type ClaimedDocument = z.infer<typeof claimedDocumentSchema>;

/** What the first request with an idempotency key decided for all that follow: which documents its files are. */
export interface IdempotencyClaims {
  /** The claim that was first for this key: the one given, or an earlier one. */
  claim(key: string, documents: ClaimedDocument[]): Promise<ClaimedDocument[]>;
}

export function createIdempotencyClaims(service: BlobServiceClient): IdempotencyClaims {
  const container = service.getContainerClient('idempotency');
  return {
    claim: (key, documents) =>
      claimBlob(container, createHash('sha256').update(key).digest('hex'), documents, z.array(claimedDocumentSchema)),
  };
}
