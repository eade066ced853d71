import { createHash } from 'node:crypto';
import type { BlobServiceClient } from '@azure/storage-blob';
import type { z } from 'zod';
import { claimBlob } from './claim-blob.ts';

/** What the first request with an idempotency key decided for all that follow. */
export interface IdempotencyClaims<T> {
  /** The claim that was first for this key: the one given, or an earlier one. */
  claim(key: string, value: T): Promise<T>;
}

/** @param kind of what is asked for: a key counts for one kind, and may be used for another too */
export function createIdempotencyClaims<T>(
  service: BlobServiceClient,
  kind: string,
  schema: z.ZodType<T>,
): IdempotencyClaims<T> {
  const container = service.getContainerClient('idempotency');
  return {
    claim: (key, value) =>
      claimBlob(container, `${kind}/${createHash('sha256').update(key).digest('hex')}`, value, schema),
  };
}
