import { ChangeFeedStartFrom, type ChangeFeedIteratorOptions, type Container } from '@azure/cosmos';
import { expect, test } from 'vitest';
import { useEmulator } from './emulator-fixture.ts';

const fixture = useEmulator();

/** Reads pages until there is nothing new: the ids in order, and where to go on. */
async function drain(container: Container, options: ChangeFeedIteratorOptions) {
  const ids: string[] = [];
  const sizes: number[] = [];
  const iterator = container.items.getChangeFeedIterator<{ id: string }>(options);
  for (;;) {
    const page = await iterator.readNext();
    if (page.statusCode === 304) return { ids, sizes, continuation: page.continuationToken };
    ids.push(...page.result.map(({ id }) => id));
    sizes.push(page.result.length);
  }
}

const fromBeginning = { changeFeedStartFrom: ChangeFeedStartFrom.Beginning() };

test('the feed holds the latest version of each item in the order of writing', async () => {
  const container = await fixture.createContainer();
  for (const id of ['1', '2', '3', '4']) await container.items.create({ id, pk: `p${id}` });
  await container.items.upsert({ id: '2', pk: 'p2', changed: true });
  await container.item('3', 'p3').delete();
  const { ids, sizes, continuation } = await drain(container, { ...fromBeginning, maxItemCount: 2 });
  expect(ids).toEqual(['1', '4', '2']);
  expect(sizes).toEqual([2, 1]);
  await container.items.create({ id: '5', pk: 'p5' });
  await fixture.restart();
  const reopened = fixture.client.database('test').container(container.id);
  await reopened.items.create({ id: '6', pk: 'p6' });
  const later = await drain(reopened, { changeFeedStartFrom: ChangeFeedStartFrom.Continuation(continuation) });
  expect(later.ids).toEqual(['5', '6']);
});

test('a feed from now on shows later changes only', async () => {
  const container = await fixture.createContainer();
  await container.items.create({ id: 'before', pk: 'a' });
  const iterator = container.items.getChangeFeedIterator({ changeFeedStartFrom: ChangeFeedStartFrom.Now() });
  expect((await iterator.readNext()).statusCode).toBe(304);
  await container.items.create({ id: 'after', pk: 'a' });
  const page = await iterator.readNext();
  expect(page.result).toMatchObject([{ id: 'after', _lsn: expect.any(Number) as number }]);
});

test('a feed may be limited to a partition key', async () => {
  const container = await fixture.createContainer();
  for (const id of ['1', '2', '3']) await container.items.create({ id, pk: id === '2' ? 'b' : 'a' });
  const { ids } = await drain(container, { changeFeedStartFrom: ChangeFeedStartFrom.Beginning('a') });
  expect(ids).toEqual(['1', '3']);
});

test('a feed may be limited to the prefix of a hierarchical key', async () => {
  const partitionKey = { paths: ['/tenant', '/user'], kind: 'MultiHash', version: 2 };
  const container = await fixture.createContainer({ partitionKey } as object);
  const tenants = ['t1', 't2', 'tenant with a name of more than sixteen bytes', 'ä€😀', 7, true, null];
  for (const tenant of tenants) await container.items.create({ id: String(tenant), tenant, user: 1 });
  for (const tenant of tenants) {
    const { ids } = await drain(container, { changeFeedStartFrom: ChangeFeedStartFrom.Beginning([tenant]) });
    expect(ids).toEqual([String(tenant)]);
  }
});

test('a feed may start at a point in time', async () => {
  const container = await fixture.createContainer();
  await container.items.create({ id: 'before', pk: 'a' });
  fixture.clock.advance(60_000);
  const start = new Date(fixture.clock.now());
  await container.items.create({ id: 'after', pk: 'a' });
  const { ids } = await drain(container, { changeFeedStartFrom: ChangeFeedStartFrom.Time(start) });
  expect(ids).toEqual(['after']);
});
