import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll } from 'vitest';
import { startBlobEmulator } from '../../src/emulators/blob/index.ts';

/** Blob storage of its own for the tests of a file, over HTTP with the real SDK. */
export async function useStorage(): Promise<BlobServiceClient> {
  const dataDir = mkdtempSync(join(tmpdir(), 'storage-'));
  const emulator = await startBlobEmulator({ dataDir, port: 0 });
  afterAll(async () => {
    await emulator.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return BlobServiceClient.fromConnectionString(emulator.connectionString);
}
