import { CosmosClient } from '@azure/cosmos';
import { expect, test } from 'vitest';
import { statusOf, useEmulator } from './emulator-fixture.ts';

const fixture = useEmulator();

test('databases are created, read, listed, queried and deleted', async () => {
  const { client } = fixture;
  const created = await client.databases.create({ id: 'library' });
  expect(created.statusCode).toBe(201);
  expect(await statusOf(client.databases.create({ id: 'library' }))).toBe(409);
  expect((await client.databases.createIfNotExists({ id: 'library' })).statusCode).toBe(200);
  expect((await client.database('library').read()).resource).toMatchObject({
    id: 'library',
    _rid: created.resource?._rid,
    _self: expect.stringContaining('dbs/') as string,
  });
  const { resources } = await client.databases.readAll().fetchAll();
  expect(resources.map(({ id }) => id)).toContain('library');
  const query = { query: 'SELECT * FROM root r WHERE r.id = @id', parameters: [{ name: '@id', value: 'library' }] };
  expect((await client.databases.query(query).fetchAll()).resources).toHaveLength(1);
  expect((await client.database('library').delete()).statusCode).toBe(204);
  expect(await statusOf(client.database('library').read())).toBe(404);
});

test('containers are created, read, listed, replaced and deleted with what is in them', async () => {
  const { database } = await fixture.client.databases.create({ id: 'archive' });
  const { container, resource } = await database.containers.create({ id: 'files', partitionKey: '/owner/name' });
  expect(resource).toMatchObject({ id: 'files', partitionKey: { paths: ['/owner/name'], kind: 'Hash' } });
  expect(await statusOf(database.containers.create({ id: 'files', partitionKey: '/pk' }))).toBe(409);
  await container.items.create({ id: '1', owner: { name: 'ann' } });
  const replaced = await container.replace({ id: 'files', partitionKey: { paths: ['/owner/name'] }, defaultTtl: 60 });
  expect(replaced.resource?.defaultTtl).toBe(60);
  expect(await statusOf(container.replace({ id: 'files', partitionKey: { paths: ['/other'] } }))).toBe(400);
  expect((await database.containers.readAll().fetchAll()).resources.map(({ id }) => id)).toEqual(['files']);
  expect((await container.delete()).statusCode).toBe(204);
  expect(await statusOf(container.read())).toBe(404);
  await database.containers.create({ id: 'files', partitionKey: '/owner/name' });
  expect((await container.items.readAll().fetchAll()).resources).toEqual([]);
});

test.each([
  ['no key path', { id: 'bad', partitionKey: { paths: [] } }],
  ['a key path without a slash', { id: 'bad', partitionKey: { paths: ['pk'] } }],
  ['a time to live of zero', { id: 'bad', partitionKey: { paths: ['/pk'] }, defaultTtl: 0 }],
  ['several paths without MultiHash', { id: 'bad', partitionKey: { paths: ['/a', '/b'] } }],
])('a container with %s is refused', async (_, definition) => {
  const { database } = await fixture.client.databases.createIfNotExists({ id: 'refused' });
  expect(await statusOf(database.containers.create(definition))).toBe(400);
});

test('throughput is kept as an offer', async () => {
  const container = await fixture.createContainer({ throughput: 700 });
  const { offer, resource } = await container.readOffer();
  expect(resource?.content?.offerThroughput).toBe(700);
  if (!offer || !resource) throw new Error('There is no offer.');
  const content = { ...resource.content, offerThroughput: 900, offerIsRUPerMinuteThroughputEnabled: false };
  await offer.replace({ ...resource, content });
  expect((await offer.read()).resource?.content?.offerThroughput).toBe(900);
});

test('a wrong account key is refused with 401', async () => {
  const { endpoint } = fixture.emulator;
  const stranger = new CosmosClient({ endpoint, key: Buffer.from('not the key').toString('base64') });
  expect(await statusOf(stranger.databases.readAll().fetchAll())).toBe(401);
});

test.each(['', 'type=master', `type=master&ver=1.0&sig=${'ä'.repeat(44)}`, 'type=aad&ver=1.0&sig=token', '%'])(
  'the authorization "%s" is refused with 401',
  async (authorization) => {
    const headers = { authorization: encodeURIComponent(authorization) };
    expect((await fetch(new URL('dbs', fixture.emulator.endpoint), { headers })).status).toBe(401);
  },
);

test('everything is still there after a restart', async () => {
  const container = await fixture.createContainer();
  await container.items.create({ id: 'kept', pk: 'a', note: 'ä€😀' });
  await fixture.restart();
  const item = fixture.client.database('test').container(container.id).item('kept', 'a');
  expect((await item.read()).resource).toMatchObject({ id: 'kept', note: 'ä€😀' });
});

test.each(['/', '/dbs', '/dbs/%E0%A4%A/colls', '/nowhere', '/dbs/test/colls/none/docs', '/dbs/a/b/c/d/e/f/g/h'])(
  'an unsigned request to %s is refused without harm',
  async (path) => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const response = await fetch(new URL(path, fixture.emulator.endpoint), {
        method,
        ...(method === 'GET' ? {} : { body: '{"broken' }),
      });
      expect([400, 401]).toContain(response.status);
    }
  },
);
