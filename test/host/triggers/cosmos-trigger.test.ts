import type { Container } from '@azure/cosmos';
import { expect, it } from 'vitest';
import { useEmulator } from '../../emulators/cosmos/emulator-fixture.ts';
import { makeFolder, runApp, until, type RunningApp } from '../run-app.ts';

const fixture = useEmulator();

const app = (settings = '', handler = '') => ({
  'index.js': `
    const { app } = require('@azure/functions');
    app.cosmosDB('onChange', { connection: 'Db', databaseName: 'test', containerName: '%CONTAINER%', createLeaseContainerIfNotExists: true,
      leaseContainerPrefix: '%CONTAINER%', feedPollDelay: 20, ${settings} handler: async (documents, context) => {
        ${handler}
        context.log(JSON.stringify(documents.map(({ id }) => id)));
      } });`,
});

const envFor = (container: Container) => ({ Db: fixture.emulator.connectionString, CONTAINER: container.id });

const batches = (host: RunningApp) =>
  host.lines
    .filter(({ category }) => category === 'Function.onChange.User')
    .map(({ message }) => JSON.parse(message) as string[]);

const write = async (container: Container, ...ids: string[]) => {
  for (const id of ids) await container.items.upsert({ id, pk: 'a' });
};

it('gives the changes from the beginning, in batches, and goes on where it stood', async () => {
  const container = await fixture.createContainer();
  await write(container, '1', '2', '3');
  const dataDir = makeFolder();
  const options = { env: envFor(container), dataDir };
  const first = await runApp(app('startFromBeginning: true, maxItemsPerInvocation: 2,'), options);
  await until(() => batches(first).flat().length === 3);
  expect(batches(first)).toEqual([['1', '2'], ['3']]);
  await write(container, '4');
  await until(() => batches(first).flat().length === 4);
  await first.close();
  await write(container, '5', '1');
  const second = await runApp(app('startFromBeginning: true,'), options);
  await until(() => batches(second).flat().length >= 2);
  expect(batches(second).flat()).toEqual(['5', '1']);
});

it('begins with what changes from now on, and keeps that place', async () => {
  const container = await fixture.createContainer();
  await write(container, 'before');
  const host = await runApp(app(), { env: envFor(container) });
  const leases = fixture.client.database('test').container('leases');
  await until(async () => {
    const { resources } = await leases.items.readAll<{ id: string }>().fetchAll();
    return resources.some(({ id }) => id.startsWith(container.id));
  });
  await write(container, 'after');
  await until(() => batches(host).length > 0);
  expect(batches(host)).toEqual([['after']]);
});

it('gives a failed batch again as the retry policy says, and moves on without one', async () => {
  const container = await fixture.createContainer();
  await write(container, 'bad');
  const failing = `if (documents[0].id === 'bad' && (context.retryContext?.retryCount ?? 0) < 2) throw new Error('no');`;
  const env = envFor(container);
  const retried = await runApp(
    app(`startFromBeginning: true, retry: { strategy: 'fixedDelay', maxRetryCount: 3, delayInterval: 10 },`, failing),
    { env },
  );
  await until(() => batches(retried).length > 0);
  expect(batches(retried)).toEqual([['bad']]);
  await retried.close();
  await write(container, 'bad');
  const passing = await runApp(app('', failing), { env });
  await until(() => passing.lines.some(({ level }) => level === 'error'));
  await write(container, 'good');
  await until(() => batches(passing).length > 0);
  expect(batches(passing)).toEqual([['good']]);
});

it('names what is missing', async () => {
  const container = await fixture.createContainer();
  const host = await runApp(
    {
      'index.js': `
        const { app } = require('@azure/functions');
        const common = { connection: 'Db', databaseName: 'test', containerName: '%CONTAINER%', handler: () => {} };
        app.cosmosDB('noLeases', { ...common, leaseContainerName: 'nowhere' });
        app.cosmosDB('allVersions', { ...common, changeFeedMode: 'AllVersionsAndDeletes' });
        app.cosmosDB('noConnection', { ...common, connection: 'Other' });`,
    },
    { env: envFor(container) },
  );
  expect(host.functions.map(({ fault }) => fault)).toEqual([
    expect.stringContaining('the lease container "nowhere" of database "test" does not exist'),
    expect.stringContaining('this host reads "LatestVersion" alone'),
    expect.stringContaining('the app setting "Other" of its Cosmos DB connection is not set'),
  ]);
});

it('reads documents into functions and writes what they return', async () => {
  const container = await fixture.createContainer();
  await container.items.create({ id: 'o1', pk: 'a', total: 5 });
  await container.items.create({ id: 'o2', pk: 'a', total: 9 });
  const host = await runApp(
    {
      'index.js': `
        const { app, input, output } = require('@azure/functions');
        const at = { connection: 'Db', databaseName: 'test', containerName: '%CONTAINER%' };
        const one = input.cosmosDB({ ...at, id: '{id}', partitionKey: '{pk}' });
        const some = input.cosmosDB({ ...at, sqlQuery: 'SELECT VALUE c.id FROM c WHERE c.id > {id} ORDER BY c.id' });
        const out = output.cosmosDB(at);
        const fresh = output.cosmosDB({ ...at, containerName: '%CONTAINER%-new', createIfNotExists: true, partitionKey: '/pk' });
        app.get('one', { route: 'one/{pk}/{id}', extraInputs: [one], handler: (request, context) => ({ jsonBody: context.extraInputs.get(one) ?? 'nothing' }) });
        app.get('some', { route: 'some/{id}', extraInputs: [some], handler: (request, context) => ({ jsonBody: context.extraInputs.get(some) }) });
        app.post('put', { extraOutputs: [out, fresh], handler: async (request, context) => {
          const document = await request.json();
          context.extraOutputs.set(out, [document, { ...document, id: document.id + 'b' }]);
          context.extraOutputs.set(fresh, document);
          return { status: 201 };
        } });`,
    },
    { env: envFor(container) },
  );
  const get = async (path: string): Promise<unknown> => (await fetch(`${host.url}/api/${path}`)).json();
  expect(await get('one/a/o1')).toMatchObject({ id: 'o1', total: 5 });
  expect(await get('one/a/none')).toBe('nothing');
  expect(await get('some/o1')).toEqual(['o2']);
  expect(await get(`some/${encodeURIComponent(`' OR 1=1 --`)}`)).toEqual(['o1', 'o2']);
  const put = (body: unknown) => fetch(`${host.url}/api/put`, { method: 'POST', body: JSON.stringify(body) });
  expect((await put({ id: 'o3', pk: 'a' })).status).toBe(201);
  expect(await get('one/a/o3b')).toMatchObject({ id: 'o3b' });
  const made = fixture.client.database('test').container(`${container.id}-new`);
  expect((await made.item('o3', 'a').read<object>()).resource).toMatchObject({ id: 'o3' });
  expect((await put({ id: 7, pk: 'a' })).status).toBe(500);
});
