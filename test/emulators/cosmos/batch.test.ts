import type { OperationInput } from '@azure/cosmos';
import { expect, test } from 'vitest';
import { useEmulator } from './emulator-fixture.ts';

const fixture = useEmulator();

test('a transactional batch applies all of its operations', async () => {
  const container = await fixture.createContainer();
  await container.items.create({ id: 'old', pk: 'a', n: 1 });
  const { code, result } = await container.items.batch(
    [
      { operationType: 'Create', resourceBody: { id: 'new', pk: 'a' } },
      { operationType: 'Upsert', resourceBody: { id: 'new', pk: 'a', n: 1 } },
      { operationType: 'Replace', id: 'old', resourceBody: { id: 'old', pk: 'a', n: 2 } },
      { operationType: 'Patch', id: 'old', resourceBody: { operations: [{ op: 'incr', path: '/n', value: 1 }] } },
      { operationType: 'Read', id: 'old' },
      { operationType: 'Delete', id: 'new' },
    ],
    'a',
  );
  expect(code).toBe(200);
  expect(result?.map(({ statusCode }) => statusCode)).toEqual([201, 200, 200, 200, 200, 204]);
  expect(result?.[4]?.resourceBody).toMatchObject({ id: 'old', n: 3 });
  expect((await container.item('new', 'a').read()).statusCode).toBe(404);
});

test('a batch with a failing operation leaves nothing behind', async () => {
  const container = await fixture.createContainer();
  const { resource } = await container.items.create({ id: 'there', pk: 'a', n: 1 });
  const failing: { operation: OperationInput; status: number }[] = [
    { operation: { operationType: 'Create', resourceBody: { id: 'there', pk: 'a' } }, status: 409 },
    { operation: { operationType: 'Read', id: 'missing' }, status: 404 },
    { operation: { operationType: 'Delete', id: 'there', ifMatch: '"other"' } as OperationInput, status: 412 },
    { operation: { operationType: 'Create', resourceBody: { id: 'x', pk: 'b' } }, status: 400 },
  ];
  for (const { operation, status } of failing) {
    const { code, result } = await container.items.batch(
      [
        { operationType: 'Create', resourceBody: { id: 'before', pk: 'a' } },
        { operationType: 'Patch', id: 'there', resourceBody: [{ op: 'set', path: '/n', value: 2 }] as never },
        operation,
        { operationType: 'Create', resourceBody: { id: 'after', pk: 'a' } },
      ],
      'a',
    );
    expect(code).toBe(207);
    expect(result?.map(({ statusCode }) => statusCode)).toEqual([424, 424, status, 424]);
    const { resources } = await container.items.readAll().fetchAll();
    expect(resources).toEqual([resource]);
  }
});

test('bulk operations succeed and fail one by one, across partitions', async () => {
  const container = await fixture.createContainer();
  await container.items.create({ id: 'there', pk: 'a' });
  const results = await container.items.executeBulkOperations([
    { operationType: 'Create', partitionKey: 'a', resourceBody: { id: 'there', pk: 'a' } },
    { operationType: 'Create', partitionKey: 'b', resourceBody: { id: 'new', pk: 'b' } },
    { operationType: 'Read', partitionKey: 'a', id: 'there' },
    { operationType: 'Delete', partitionKey: 'c', id: 'missing' },
  ]);
  expect(results.map(({ response, error }) => response?.statusCode ?? error?.code)).toEqual([409, 201, 200, 404]);
  expect((await container.item('new', 'b').read()).statusCode).toBe(200);
});
