import { isDeepStrictEqual } from 'node:util';
import type { ContainerClient } from '@azure/storage-blob';
import type { z } from 'zod';
import { ignoring, inContainer } from './document-blobs.ts';

/**
 * Keeps a value under a name for good, unless one is there already; answers the one that is kept. The storage service lets only
 * one request create a blob.
 */
export async function claimBlob<T>(
  container: ContainerClient,
  name: string,
  value: T,
  schema: z.ZodType<T>,
): Promise<T> {
  const blob = container.getBlockBlobClient(name);
  const content = JSON.stringify(value);
  const created = await inContainer(container, () =>
    blob.upload(content, Buffer.byteLength(content), { conditions: { ifNoneMatch: '*' } }),
  ).catch(ignoring(409, 412));
  if (created !== undefined) return value;
  return schema.parse(JSON.parse((await blob.downloadToBuffer()).toString('utf8')));
}

/** Whether the value that is kept is the one that was given: keeping loses the fields that are undefined. */
export const isSameClaim = (kept: unknown, given: unknown): boolean => isDeepStrictEqual(asJson(kept), asJson(given));

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));
