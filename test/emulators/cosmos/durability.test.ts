import { CosmosClient, type Container } from '@azure/cosmos';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { startCosmosEmulator } from '../../../src/emulators/cosmos/index.ts';

/** Prints the connection string, then serves until it is killed. */
const program = `
  import { startCosmosEmulator } from '${import.meta.resolve('../../../src/emulators/cosmos/index.ts')}';
  const server = await startCosmosEmulator({ dataDir: process.argv[1], port: 0 });
  console.log(server.connectionString);
`;

const flags = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval'];

async function startProcess(dataDir: string) {
  const child = spawn(process.execPath, [...flags, program, dataDir], {
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

async function createContainer(connectionString: string) {
  const client = new CosmosClient({ connectionString, connectionPolicy: { enableEndpointDiscovery: false } });
  const { database } = await client.databases.create({ id: 'd' });
  const { container } = await database.containers.create({ id: 'c', partitionKey: '/pk' });
  return { client, container };
}

/** Those of `confirmed` that a restarted server does not have. */
async function findLost(dataDir: string, confirmed: readonly string[]): Promise<string[]> {
  const restarted = await startCosmosEmulator({ dataDir, port: 0 });
  const client = new CosmosClient(restarted.connectionString);
  const items = client.database('d').container('c').items;
  const { resources } = await items.query<string>('SELECT VALUE c.id FROM c').fetchAll();
  client.dispose();
  await restarted.close();
  return confirmed.filter((id) => !resources.includes(id));
}

test('whatever was confirmed before a kill -9 is there after the restart', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'cosmos-kill-'));
  const server = await startProcess(dataDir);
  const { client, container } = await createContainer(server.connectionString);
  let written = 0;
  const enough = Promise.withResolvers<void>();
  const onWritten = () => void ((written += 1) === 200 && enough.resolve());
  const writers = Array.from({ length: 8 }, (_, writer) => writeUntilGone(container, writer, onWritten));
  await enough.promise;
  await server.kill();
  const confirmed = (await Promise.all(writers)).flat();
  client.dispose();
  expect(confirmed.length).toBeGreaterThanOrEqual(200);

  expect(await findLost(dataDir, confirmed)).toEqual([]);
  rmSync(dataDir, { recursive: true });
});

test('whatever was confirmed before the server was closed is there after the restart', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'cosmos-close-'));
  const server = await startCosmosEmulator({ dataDir, port: 0 });
  const { client, container } = await createContainer(server.connectionString);
  const enough = Promise.withResolvers<void>();
  const writers = Array.from({ length: 8 }, (_, writer) => writeUntilGone(container, writer, enough.resolve));
  await enough.promise;
  await server.close();
  const confirmed = (await Promise.all(writers)).flat();
  client.dispose();
  expect(await findLost(dataDir, confirmed)).toEqual([]);
  rmSync(dataDir, { recursive: true });
});

test('of writers that race for an item each wins once', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'cosmos-race-'));
  const server = await startCosmosEmulator({ dataDir, port: 0 });
  const { client, container } = await createContainer(server.connectionString);
  await container.items.create({ id: 'counter', pk: 'a', n: 0 });
  const item = container.item('counter', 'a');
  const increment = async (): Promise<void> => {
    const { resource, etag } = await item.read<{ n: number }>();
    const next = { id: 'counter', pk: 'a', n: (resource?.n ?? 0) + 1 };
    const { code } = await item
      .replace(next, { accessCondition: { type: 'IfMatch', condition: etag } })
      .catch((error: { code: number }) => error)
      .then((answer) => ({ code: 'code' in answer ? answer.code : 200 }));
    if (code === 412) await increment();
  };
  await Promise.all(Array.from({ length: 20 }, increment));
  expect((await item.read()).resource).toMatchObject({ n: 20 });
  client.dispose();
  await server.close();
  rmSync(dataDir, { recursive: true });
});
