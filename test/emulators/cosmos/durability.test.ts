import { CosmosClient, type Container } from '@azure/cosmos';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { startCosmosEmulator } from '../../../src/emulators/cosmos/index.ts';

const program = join(import.meta.dirname, 'serving-process.ts');

async function startProcess(dataDir: string) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [connectionString] = (await once(createInterface(child.stdout), 'line')) as [string];
  const kill = async () => {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  return { connectionString, kill };
}

/** Writes until the server is gone; answers what the server has confirmed. */
async function writeUntilGone(container: Container, writer: number, onWritten: () => void): Promise<string[]> {
  const confirmed: string[] = [];
  for (let count = 0; ; count += 1) {
    const id = `${writer}-${count}`;
    try {
      const { statusCode } = await container.items.create({ id, pk: `${writer}` });
      if (statusCode === 201) confirmed.push(id);
    } catch {
      return confirmed;
    }
    onWritten();
  }
}

test('whatever was confirmed before a kill -9 is there after the restart', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'cosmos-kill-'));
  const server = await startProcess(dataDir);
  const connectionPolicy = { enableEndpointDiscovery: false, requestTimeout: 5000 };
  const client = new CosmosClient({ connectionString: server.connectionString, connectionPolicy });
  const { database } = await client.databases.create({ id: 'd' });
  const { container } = await database.containers.create({ id: 'c', partitionKey: '/pk' });
  let written = 0;
  const enough = Promise.withResolvers<void>();
  const onWritten = () => void ((written += 1) === 200 && enough.resolve());
  const writers = Array.from({ length: 8 }, (_, writer) => writeUntilGone(container, writer, onWritten));
  await enough.promise;
  await server.kill();
  const confirmed = (await Promise.all(writers)).flat();
  client.dispose();
  expect(confirmed.length).toBeGreaterThanOrEqual(200);

  const restarted = await startCosmosEmulator({ dataDir, port: 0 });
  const reopened = new CosmosClient(restarted.connectionString).database('d').container('c');
  const { resources } = await reopened.items.query<string>('SELECT VALUE c.id FROM c').fetchAll();
  expect(confirmed.filter((id) => !resources.includes(id))).toEqual([]);
  await restarted.close();
  rmSync(dataDir, { recursive: true });
});
