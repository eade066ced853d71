import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, describe, expect, it } from 'vitest';
import { type BlobCreated, startBlobEmulator } from '../../../src/emulators/blob/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'blob-created-'));
const dataDir = join(folder, 'data');
const events: BlobCreated[] = [];
let onEvent = (): void => undefined;
const emulator = await startBlobEmulator({
  dataDir,
  port: 0,
  onBlobCreated: async (event) => {
    events.push(event);
    onEvent();
  },
});
afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true, force: true });
});
const container = BlobServiceClient.fromConnectionString(emulator.connectionString).getContainerClient('incoming');
await container.createIfNotExists();

const eventsOf = (name: string) => events.filter((event) => event.name === name);

describe('the event of a created blob', () => {
  it('comes once for an upload, a block list and a copy, with name and ETag as they are', async () => {
    const name = 'a folder/Größe & 报告 #1.txt';
    const { etag } = await container.getBlockBlobClient(name).upload('text', 4);
    expect(eventsOf(name)).toEqual([
      {
        container: 'incoming',
        name,
        eTag: etag?.replaceAll('"', ''),
        contentLength: 4,
        api: 'PutBlob',
        url: container.getBlobClient(name).url,
      },
    ]);

    const blocks = container.getBlockBlobClient('blocks');
    await blocks.uploadData(Buffer.alloc(3000), { blockSize: 1000, maxSingleShotSize: 1 });
    expect(eventsOf('blocks')).toMatchObject([{ api: 'PutBlockList' }]);

    await (await container.getBlobClient('copy').beginCopyFromURL(blocks.url)).pollUntilDone();
    expect(eventsOf('copy')).toMatchObject([{ api: 'CopyBlob' }]);
  });

  it('does not come for what writes no content', async () => {
    const blob = container.getBlockBlobClient('quiet');
    await blob.upload('text', 4);
    const before = events.length;
    await blob.setMetadata({ a: 'b' });
    await blob.setHTTPHeaders({ blobContentType: 'text/plain' });
    await blob.upload('text', 4, { conditions: { ifNoneMatch: '*' } }).catch(() => undefined);
    await blob.delete();
    expect(events.length).toBe(before);
  });

  it('comes when the blob is on disk, so that whoever acts on it finds the blob after a crash too', async () => {
    onEvent = () => cpSync(dataDir, join(folder, 'at-event'), { recursive: true });
    await container.getBlockBlobClient('durable').upload('text', 4);
    expect(await readCrashed('at-event', 'durable')).toBe('text');
  });
});

it('a refusal because a blob exists comes when that blob is on disk', async () => {
  const write = (n: number) =>
    container
      .getBlockBlobClient('taken')
      .upload(`${n}`, 1, { conditions: { ifNoneMatch: '*' } })
      .catch(() => cpSync(dataDir, join(folder, `refused-${n}`), { recursive: true }));
  await Promise.all([0, 1, 2, 3].map(write));
  const refused = readdirSync(folder).filter((name) => name.startsWith('refused-'));
  expect(refused).toHaveLength(3);
  for (const copy of refused) expect(await readCrashed(copy, 'taken')).toMatch(/\d/);
});

/** What an emulator that starts on a copy of the folder finds. */
async function readCrashed(copy: string, blob: string): Promise<string> {
  const restarted = await startBlobEmulator({ dataDir: join(folder, copy), port: 0 });
  const service = BlobServiceClient.fromConnectionString(restarted.connectionString);
  try {
    return (await service.getContainerClient('incoming').getBlobClient(blob).downloadToBuffer()).toString();
  } finally {
    await restarted.close();
  }
}
