import { type ItemDefinition, PartitionKeyBuilder, type PartitionKey, type PatchOperation } from '@azure/cosmos';
import { expect, test } from 'vitest';
import { statusOf, useEmulator } from './emulator-fixture.ts';

const fixture = useEmulator();
const { clock } = fixture;

test('an item is created, read, replaced, upserted and deleted', async () => {
  const container = await fixture.createContainer();
  const created = await container.items.create({ id: '1', pk: 'a', n: 1 });
  expect(created.statusCode).toBe(201);
  expect(created.resource).toMatchObject({
    id: '1',
    n: 1,
    _etag: created.etag,
    _ts: clock.now() / 1000,
    _rid: expect.any(String) as string,
    _self: expect.stringMatching(/^dbs\/.+\/colls\/.+\/docs\/.+\/$/) as string,
  });
  expect(created.requestCharge).toBeGreaterThan(0);
  expect(created.headers['x-ms-session-token']).toMatch(/^0:/);
  expect(await statusOf(container.items.create({ id: '1', pk: 'a' }))).toBe(409);
  expect((await container.items.create({ id: '1', pk: 'b' })).statusCode).toBe(201);
  const item = container.item('1', 'a');
  const replaced = await item.replace({ id: '1', pk: 'a', n: 2 });
  expect(replaced.resource).toMatchObject({ n: 2, _rid: created.resource?._rid });
  expect(replaced.etag).not.toBe(created.etag);
  expect((await container.items.upsert({ id: '1', pk: 'a', n: 3 })).statusCode).toBe(200);
  expect((await container.items.upsert({ id: '2', pk: 'a', n: 4 })).statusCode).toBe(201);
  expect((await item.read()).resource).toMatchObject({ n: 3 });
  expect((await item.delete()).statusCode).toBe(204);
  expect((await item.read()).statusCode).toBe(404);
  expect(await statusOf(item.replace({ id: '1', pk: 'a' }))).toBe(404);
  expect(await statusOf(item.delete())).toBe(404);
});

test('ids may hold anything but slashes and #', async () => {
  const container = await fixture.createContainer();
  for (const id of ['a b', 'ä€😀', '100%', '%2F', 'a?b=c&d', "o'neil", '"quoted"', '__proto__', '{x}']) {
    await container.items.create({ id, pk: id });
    expect((await container.item(id, id).read()).resource).toMatchObject({ id, pk: id });
  }
});

test('properties named like those every object inherits are data like any other', async () => {
  const container = await fixture.createContainer();
  const document = JSON.parse('{"id":"1","pk":"a","__proto__":{"x":1},"constructor":"c"}') as { id: string };
  await container.items.create(document);
  const query = 'SELECT VALUE [c.constructor, c["__proto__"].x, c.toString] FROM c';
  expect((await container.items.query(query).fetchAll()).resources).toEqual([['c', 1]]);
});

test('a condition on the etag guards against lost updates', async () => {
  const container = await fixture.createContainer();
  const { resource: first } = await container.items.create({ id: '1', pk: 'a', n: 1 });
  const item = container.item('1', 'a');
  const ifUnchanged = { accessCondition: { type: 'IfMatch', condition: first?._etag ?? '' } };
  await item.replace({ id: '1', pk: 'a', n: 2 }, ifUnchanged);
  expect(await statusOf(item.replace({ id: '1', pk: 'a', n: 3 }, ifUnchanged))).toBe(412);
  expect(await statusOf(container.items.upsert({ id: '1', pk: 'a', n: 3 }, ifUnchanged))).toBe(412);
  expect(await statusOf(item.patch([{ op: 'set', path: '/n', value: 3 }], ifUnchanged))).toBe(412);
  expect(await statusOf(item.delete(ifUnchanged))).toBe(412);
  const second = await item.read();
  expect(second.resource).toMatchObject({ n: 2 });
  const ifChanged = { accessCondition: { type: 'IfNoneMatch', condition: second.etag } };
  expect((await item.read(ifChanged)).statusCode).toBe(304);
  await item.replace({ id: '1', pk: 'a', n: 4 });
  expect((await item.read(ifChanged)).resource).toMatchObject({ n: 4 });
  expect((await item.delete({ accessCondition: { type: 'IfMatch', condition: '*' } })).statusCode).toBe(204);
});

test('partition keys may be strings, numbers, booleans, null or missing', async () => {
  const container = await fixture.createContainer();
  const keys: PartitionKey[] = ['1', 1, 1.5, true, false, null, ''];
  for (const pk of keys) {
    await container.items.create({ id: 'same', pk });
    expect((await container.item('same', pk).read()).resource).toMatchObject({ pk });
  }
  await container.items.create({ id: 'same' });
  expect((await container.item('same', undefined).read()).resource).not.toHaveProperty('pk');
  expect((await container.items.readAll().fetchAll()).resources).toHaveLength(keys.length + 1);
  expect((await container.items.query('SELECT * FROM c', { partitionKey: 1 }).fetchAll()).resources).toHaveLength(1);
});

test('hierarchical partition keys are addressed in full and queried by prefix', async () => {
  const partitionKey = { paths: ['/tenant', '/user', '/session'], kind: 'MultiHash', version: 2 };
  const container = await fixture.createContainer({ partitionKey } as object);
  const users = ['ann', 'an', 'bob'];
  for (const tenant of ['t1', 't2']) {
    for (const user of users) await container.items.create({ id: user, tenant, user, session: 1 });
  }
  expect((await container.item('ann', ['t1', 'ann', 1]).read()).resource).toMatchObject({ tenant: 't1' });
  expect((await container.item('ann', ['t1', 'ann', 2]).read()).statusCode).toBe(404);
  const list = async (key: PartitionKey) => {
    const { resources } = await container.items.query('SELECT VALUE c.user FROM c', { partitionKey: key }).fetchAll();
    return resources as string[];
  };
  expect(await list(['t1'])).toEqual(users);
  expect(await list(['t1', 'an'])).toEqual(['an']);
  const builder = new PartitionKeyBuilder().addValue('t3').addNoneValue().addNullValue();
  await container.items.create({ id: 'x', tenant: 't3', session: null });
  expect((await container.item('x', builder.build()).read()).statusCode).toBe(200);
});

test.each([
  ['an id with a slash', { id: 'a/b', pk: 'a' }],
  ['an id that is a number', { id: 1, pk: 'a' }],
  ['an object as partition key', { id: '1', pk: { x: 1 } }],
  ['a time to live of zero', { id: '1', pk: 'a', ttl: 0 }],
])('an item with %s is refused', async (_, document) => {
  const container = await fixture.createContainer();
  const body = [{ operationType: 'Create', resourceBody: document, partitionKey: '["a"]' }] as never;
  const [result] = await container.items.bulk(body);
  expect(result?.statusCode).toBe(400);
});

test('an item of more than 2 MB is refused with 413', async () => {
  const container = await fixture.createContainer();
  const empty = { id: '1', pk: 'a', text: '' };
  const ofSize = (bytes: number) => ({ ...empty, text: 'x'.repeat(bytes - JSON.stringify(empty).length) });
  expect(await statusOf(container.items.create(ofSize(2 * 1024 * 1024 + 1)))).toBe(413);
  expect(await statusOf(container.items.create(ofSize(5 * 1024 * 1024)))).toBe(413);
  expect((await container.items.create(ofSize(2 * 1024 * 1024))).statusCode).toBe(201);
});

test('items expire by the time to live of the container and their own', async () => {
  const container = await fixture.createContainer({ defaultTtl: 10 });
  await container.items.create({ id: 'default', pk: 'a' });
  await container.items.create({ id: 'short', pk: 'a', ttl: 2 });
  await container.items.create({ id: 'forever', pk: 'a', ttl: -1 });
  const list = async () => (await container.items.query<string>('SELECT VALUE c.id FROM c').fetchAll()).resources;
  clock.advance(1999);
  expect(await list()).toEqual(['default', 'short', 'forever']);
  clock.advance(1);
  expect(await list()).toEqual(['default', 'forever']);
  expect((await container.item('short', 'a').read()).statusCode).toBe(404);
  expect((await container.items.create({ id: 'short', pk: 'a' })).statusCode).toBe(201);
  clock.advance(10_000);
  expect(await list()).toEqual(['forever']);
});

test('without a default time to live nothing expires until the container gets one', async () => {
  const container = await fixture.createContainer();
  await container.items.create({ id: '1', pk: 'a', ttl: 1 });
  clock.advance(5000);
  expect((await container.item('1', 'a').read()).statusCode).toBe(200);
  await container.replace({ id: container.id, partitionKey: { paths: ['/pk'] }, defaultTtl: -1 });
  expect((await container.item('1', 'a').read()).statusCode).toBe(404);
});

test('unique keys hold within a partition', async () => {
  const uniqueKeyPolicy = { uniqueKeys: [{ paths: ['/mail'] }] };
  const container = await fixture.createContainer({ uniqueKeyPolicy });
  await container.items.create({ id: '1', pk: 'a', mail: 'x' });
  expect(await statusOf(container.items.create({ id: '2', pk: 'a', mail: 'x' }))).toBe(409);
  expect((await container.item('2', 'a').read()).statusCode).toBe(404);
  await container.items.create({ id: '2', pk: 'b', mail: 'x' });
  await container.items.upsert({ id: '1', pk: 'a', mail: 'y' });
  await container.items.create({ id: '3', pk: 'a', mail: 'x' });
  await container.item('3', 'a').delete();
  await container.items.create({ id: '4', pk: 'a', mail: 'x' });
});

test('a patch changes parts of an item', async () => {
  const container = await fixture.createContainer();
  await container.items.create({ id: '1', pk: 'a', n: 1, list: [1, 2], deep: { x: 1, gone: true }, old: 'v' });
  const operations = [
    { op: 'incr', path: '/n', value: 4 },
    { op: 'add', path: '/list/1', value: 9 },
    { op: 'add', path: '/list/-', value: 3 },
    { op: 'set', path: '/deep/y', value: null },
    { op: 'replace', path: '/deep/x', value: 2 },
    { op: 'remove', path: '/deep/gone' },
    { op: 'move', from: '/old', path: '/new~1name' },
  ];
  await container.item('1', 'a').patch(operations as PatchOperation[]);
  const { resource } = await container.item('1', 'a').read<ItemDefinition>();
  expect(resource).toMatchObject({ n: 5, list: [1, 9, 2, 3], deep: { x: 2, y: null }, 'new/name': 'v' });
  expect(resource).not.toHaveProperty('old');
});

test('a patch that does not fit changes nothing', async () => {
  const container = await fixture.createContainer();
  await container.items.create({ id: '1', pk: 'a', n: 1, text: 't' });
  const item = container.item('1', 'a');
  const good = { op: 'set', path: '/n', value: 2 } as const;
  const bad = [
    { op: 'replace', path: '/none', value: 1 },
    { op: 'remove', path: '/none' },
    { op: 'incr', path: '/text', value: 1 },
    { op: 'set', path: '/none/deeper', value: 1 },
    { op: 'set', path: '/id', value: 'x' },
    { op: 'set', path: '/pk', value: 'x' },
  ] as const;
  for (const operation of bad) expect(await statusOf(item.patch([good, operation]))).toBe(400);
  const conditional = (condition: string) => item.patch({ operations: [good], condition });
  expect(await statusOf(conditional('from c where c.n = 7'))).toBe(412);
  expect(await statusOf(conditional('from c where'))).toBe(400);
  expect(await statusOf(conditional(`from c where ${'c.n = 7 or '.repeat(40_000)} true`))).toBe(400);
  expect((await item.read()).resource).toMatchObject({ n: 1 });
  expect((await conditional('from c where c.n = 1')).resource).toMatchObject({ n: 2 });
  expect(await statusOf(container.item('2', 'a').patch([good]))).toBe(404);
});

test('all items of one partition key are deleted at once', async () => {
  const container = await fixture.createContainer();
  for (const pk of ['a', 'b']) for (const id of ['1', '2']) await container.items.create({ id, pk });
  await container.deleteAllItemsForPartitionKey('a');
  const { resources } = await container.items.query('SELECT VALUE c.pk FROM c').fetchAll();
  expect(resources).toEqual(['b', 'b']);
});
