import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { describe, expect, it, onTestFinished } from 'vitest';

interface Serving {
  readonly container: ContainerClient;
  kill(): Promise<void>;
}

/** The emulator in a process of its own, which can be killed. */
async function serve(dataDir: string): Promise<Serving> {
  const program = fileURLToPath(new URL('durability.program.ts', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout === null) throw new Error('there is no output');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const service = BlobServiceClient.fromConnectionString(line.toString().trim(), { retryOptions: { maxTries: 1 } });
  const container = service.getContainerClient('things');
  await container.createIfNotExists();
  return {
    container,
    async kill() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function contentsOf(container: ContainerClient): Promise<Record<string, string>> {
  const contents: Record<string, string> = {};
  for await (const { name } of container.listBlobsFlat()) {
    contents[name] = (await container.getBlobClient(name).downloadToBuffer()).toString();
  }
  return contents;
}

const write = (container: ContainerClient, name: string, text: string) =>
  container.getBlockBlobClient(name).upload(text, Buffer.byteLength(text));

const copy = async (container: ContainerClient, from: string, to: string) =>
  (await container.getBlobClient(to).beginCopyFromURL(container.getBlobClient(from).url)).pollUntilDone();

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'blobs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('what was answered before a kill', () => {
  it('is there after it: uploads, overwrites, copies, blocks, metadata and deletions', async () => {
    const dataDir = makeFolder();
    const first = await serve(dataDir);
    const { container } = first;
    await write(container, 'old', 'first');
    await write(container, 'gone', 'gone');
    await write(container, 'moved-from', 'moved');
    await Promise.all([
      write(container, 'old', 'second'),
      container.getBlobClient('gone').delete(),
      copy(container, 'moved-from', 'moved-to').then(() => container.getBlobClient('moved-from').delete()),
      container.getBlockBlobClient('blocks').uploadData(Buffer.alloc(3 * 1024 * 1024, 'b'), {
        blockSize: 1024 * 1024,
        maxSingleShotSize: 1024,
      }),
      ...Array.from({ length: 40 }, (_, n) => write(container, `many-${n}`, `content ${n}`)),
    ]);
    await container.getBlobClient('old').setMetadata({ colour: 'red' });
    await first.kill();

    const second = await serve(dataDir);
    const contents = await contentsOf(second.container);
    const { metadata } = await second.container.getBlobClient('old').getProperties();
    await second.kill();
    expect(Object.keys(contents)).toHaveLength(43);
    expect(contents).toMatchObject({ old: 'second', 'moved-to': 'moved', 'many-39': 'content 39' });
    expect(contents['blocks']).toBe('b'.repeat(3 * 1024 * 1024));
    expect(metadata).toEqual({ colour: 'red' });
  });

  it('is there whenever the kill comes, while many write', async () => {
    const dataDir = makeFolder();
    const answered = new Map<string, string>();
    for (let round = 0; round < 4; round++) {
      const serving = await serve(dataDir);
      const kill = new AbortController();
      const writers = Array.from({ length: 8 }, async (_, writer) => {
        for (let n = 0; !kill.signal.aborted; n++) {
          const name = `${round}-${writer}-${n}`;
          await write(serving.container, name, `content of ${name}`).then(
            () => answered.set(name, `content of ${name}`),
            () => undefined,
          );
        }
      });
      await sleep(100 + 150 * round);
      kill.abort();
      await serving.kill();
      await Promise.all(writers);
    }
    const last = await serve(dataDir);
    const contents = await contentsOf(last.container);
    await last.kill();
    expect(answered.size).toBeGreaterThan(50);
    expect(contents).toMatchObject(Object.fromEntries(answered));
  });
});
