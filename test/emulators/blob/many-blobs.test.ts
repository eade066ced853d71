import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { expect, it, onTestFinished } from 'vitest';
import { startBlobEmulator } from '../../../src/emulators/blob/index.ts';

const open = async (dataDir: string) => {
  const emulator = await startBlobEmulator({ dataDir, port: 0 });
  const service = BlobServiceClient.fromConnectionString(emulator.connectionString);
  const container = service.getContainerClient('many');
  await container.createIfNotExists();
  const write = (name: string) => container.getBlockBlobClient(name).upload(name, Buffer.byteLength(name));
  return { container, write, close: () => emulator.close() };
};

it('a write puts on disk what it has changed, however many blobs there are', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'many-blobs-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const first = await open(dataDir);
  for (let n = 0; n < 400; n += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, more) => first.write(`blob ${n + more}`)));
  }
  await first.close();

  const second = await open(dataDir);
  const logBefore = sizeOf(join(dataDir, 'blobs.db-wal'));
  await second.write('one more');
  await second.container.getBlobClient('blob 7').delete();
  const written = sizeOf(join(dataDir, 'blobs.db-wal')) - logBefore;
  expect(written).toBeGreaterThan(0);
  expect(written).toBeLessThan(sizeOf(join(dataDir, 'blobs.db')) / 5);
  await second.close();

  const third = await open(dataDir);
  const names: string[] = [];
  for await (const { name } of third.container.listBlobsFlat()) names.push(name);
  expect(names).toHaveLength(400);
  expect(names).toContain('one more');
  expect(names).not.toContain('blob 7');
  expect((await third.container.getBlobClient('blob 8').downloadToBuffer()).toString()).toBe('blob 8');
  await third.close();
});

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
