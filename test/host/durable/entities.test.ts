import type { Server } from 'node:http';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AppWorker } from '../../../src/host/worker/app-worker.ts';
import type { Invocation, InvocationResult, Invoke } from '../../../src/host/worker/contract.ts';
import {
  type TestEngine,
  createFastClock,
  createTestEngine,
  newDatabaseFile,
  serveRpc,
  startTestApp,
} from './engine-harness.ts';

let worker: AppWorker;
let engine: TestEngine;
let server: Server;

beforeAll(async () => {
  worker = await startTestApp();
  const rpc = await serveRpc(() => engine);
  server = rpc.server;
  const clock = createFastClock(25);
  engine = createTestEngine({ functions: worker.functions, invoke: worker.invoke, clock, rpcBaseUrl: rpc.url });
  engine.start();
});

afterAll(async () => {
  server.close();
  await engine.stop();
  await worker.stop();
});

const start = (name: string, id: string, input: unknown) =>
  engine.call('POST', `/orchestrators/${name}/${id}`, { body: JSON.stringify(input) });

const run = async (name: string, id: string, input: unknown) => {
  await start(name, id, input);
  return engine.ended(id);
};

const signal = (key: string, amount: number) =>
  engine.call('POST', `/entities/CounterEntity/${key}?op=add`, { body: `${amount}` });

const read = async (entity: string): Promise<unknown> => {
  const { status, body } = await engine.call('GET', `/entities/${entity}`);
  return status === 200 ? JSON.parse(body) : status;
};

const statusOf = async (path: string) =>
  JSON.parse((await engine.call('GET', path)).body) as Readonly<Record<string, unknown>>;

test('an entity can be purged, and begins anew', async () => {
  await signal('purged', 5);
  await expect.poll(() => read('CounterEntity/purged')).toBe(5);
  const path = `/instances/${encodeURIComponent('@counterentity@purged')}`;
  expect(await engine.call('DELETE', path)).toMatchObject({ status: 200, body: '{"instancesDeleted":1}' });
  expect((await engine.call('DELETE', path)).status).toBe(404);
  expect(await read('CounterEntity/purged')).toBe(404);
  await signal('purged', 1);
  await expect.poll(() => read('CounterEntity/purged')).toBe(1);
});

test('transfers between accounts that are locked keep the sum, whoever comes first', async () => {
  const key = fc.constantFrom('a', 'b', 'c');
  const transfer = fc.record({ from: key, to: key, amount: fc.integer({ min: 1, max: 9 }) });
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(transfer, { minLength: 2, maxLength: 8 }), async (drawn) => {
      const named = `r${++round}`;
      const transfers = drawn.filter(({ from, to }) => from !== to);
      const balances = new Map(['a', 'b', 'c'].map((name) => [name, 100]));
      for (const { from, to, amount } of transfers) {
        balances.set(from, (balances.get(from) ?? 0) - amount);
        balances.set(to, (balances.get(to) ?? 0) + amount);
      }
      const runs = transfers.map(({ from, to, amount }, index) =>
        run('Transfer', `${named}-${index}`, { from: named + from, to: named + to, amount }),
      );
      for (const { runtimeStatus } of await Promise.all(runs)) expect(runtimeStatus).toBe('Completed');
      for (const [name, balance] of balances) {
        const found = await read(`Account/${named}${name}`);
        expect(found === 404 || found === null ? 100 : found).toBe(balance);
      }
    }),
    { numRuns: 5 },
  );
});

test('a lock that an orchestration has not given back is free when it ends', async () => {
  await run('Transfer', 'forgetful', { from: 'f1', to: 'f2', amount: 1, leave: 'without release' });
  expect(await run('Transfer', 'next', { from: 'f1', to: 'f2', amount: 1 })).toMatchObject({ output: [98, 102] });
});

test('a lock is free again when its holder, or who waits for it, is terminated', async () => {
  const waiting = { from: 't1', to: 't2', amount: 1, leave: 'by waiting' };
  await start('Transfer', 'holder', waiting);
  await expect.poll(() => statusOf('/instances/@account@t2')).toMatchObject({ customStatus: { lockedBy: 'holder' } });
  await start('Transfer', 'waiter', waiting);
  await start('Transfer', 'third', { from: 't1', to: 't2', amount: 1 });
  await engine.call('POST', '/instances/waiter/terminate');
  await engine.ended('waiter');
  await engine.call('POST', '/instances/holder/terminate');
  expect(await engine.ended('third')).toMatchObject({ output: [99, 101] });
});

test('signals that come together are one call of the function, in their order', async () => {
  const batches: unknown[] = [];
  const gate = Promise.withResolvers<void>();
  const invoke: Invoke = async (invocation) => {
    batches.push(operationsOf(invocation));
    await gate.promise;
    return worker.invoke(invocation);
  };
  const slow = createTestEngine({ functions: worker.functions, invoke });
  slow.start();
  for (const amount of [1, 2, 3])
    await slow.call('POST', '/entities/counterEntity/batch?op=add', { body: `${amount}` });
  gate.resolve();
  await expect.poll(async () => (await slow.call('GET', '/entities/counterentity/batch')).body).toBe('6');
  expect(batches).toEqual([['1'], ['2', '3']]);
  await slow.stop();
});

const operationsOf = ({ inputs }: Invocation): unknown => {
  const [input] = inputs.values();
  if (input === undefined || !('string' in input)) return undefined;
  const { batch = [] } = JSON.parse(input.string) as { readonly batch?: readonly { readonly input: unknown }[] };
  return batch.map(({ input }) => input);
};

test('a signal is delivered when it is due', async () => {
  const dueAt = Date.now() + 3_600_000;
  const calledAt: number[] = [];
  /** durable-functions has no such call of its own; other languages have. */
  const withDue = (result: InvocationResult): InvocationResult => {
    if (!result.ok || result.returnValue === undefined || !('json' in result.returnValue)) return result;
    const scheduled = `"actionType":10,"fireAt":"${new Date(dueAt).toISOString()}"`;
    return { ...result, returnValue: { json: result.returnValue.json.replace('"actionType":9', scheduled) } };
  };
  const invoke: Invoke = async (invocation) => {
    if (invocation.functionName === 'CounterEntity') calledAt.push(clock.now());
    return withDue(await worker.invoke(invocation));
  };
  const clock = createFastClock(20_000);
  const engine = createTestEngine({ functions: worker.functions, invoke, clock });
  engine.start();
  await engine.call('POST', '/orchestrators/SchedSignal/due', { body: '"due"' });
  expect((await engine.ended('due')).runtimeStatus).toBe('Completed');
  await expect.poll(async () => (await engine.call('GET', '/entities/counterentity/due')).body).toBe('1');
  expect(calledAt.map((at) => at >= dueAt)).toEqual([true]);
  await engine.stop();
});

test('an error of an operation reaches the orchestration that called it, and the state stays', async () => {
  expect((await run('CallsFailingEntity', 'failing', 'failing')).output).toEqual({
    // durable-functions makes this of an error; the entity's own words do not leave the worker.
    caught: '[object Object]',
    name: 'Error',
  });
  expect(await read('CounterEntity/failing')).toBe(404);
  expect(await statusOf('/instances/@counterentity@failing')).toMatchObject({
    input: { sorter: {} },
    customStatus: {},
  });
});

test('a call of an entity function that does not exist fails with the names that are known', async () => {
  expect((await run('CallsMissingEntity', 'missing', null)).output).toContain(
    "known entity functions: 'Account', 'CounterEntity', 'Relay'",
  );
});

test('the durable client signals and reads entities', async () => {
  expect((await run('Deposits', 'deposits', 5)).output).toEqual([false, 5]);
});

test('entities are listed as entities while they exist, and as instances', async () => {
  for (const key of ['l1', 'l2', 'l3']) await signal(key, 1);
  for (const key of ['l1', 'l2', 'l3']) await expect.poll(() => read(`CounterEntity/${key}`)).toBe(1);
  await engine.call('DELETE', '/entities/CounterEntity/l2');
  await expect.poll(() => read('CounterEntity/l2')).toBe(404);
  const list = async (path: string) => JSON.parse((await engine.call('GET', path)).body) as Record<string, unknown>[];
  const keys = (await list('/entities/CounterEntity')).map(({ entityId }) => (entityId as { key: string }).key);
  expect(keys.filter((key) => key.startsWith('l'))).toEqual(['l1', 'l3']);
  const instances = await list('/instances?instanceIdPrefix=@counterentity@l');
  expect(instances).toMatchObject([
    { instanceId: '@counterentity@l1', input: { exists: true, state: '1' }, customStatus: { entityExists: true } },
    { instanceId: '@counterentity@l2', input: { sorter: {} }, customStatus: {} },
    { instanceId: '@counterentity@l3', runtimeStatus: 'Running' },
  ]);
  const page = await engine.call('GET', '/entities/CounterEntity?top=1');
  expect(JSON.parse(page.body)).toHaveLength(1);
  expect(page.headers).toHaveProperty('x-ms-continuation-token');
  expect(await list(`/entities?lastOperationTimeFrom=2999-01-01`)).toEqual([]);
});

test('an entity is not controlled as an orchestration is, nor takes one its id', async () => {
  await signal('c', 1);
  await expect.poll(() => read('CounterEntity/c')).toBe(1);
  for (const operation of ['terminate', 'suspend', 'restart', 'raiseEvent/op']) {
    const answer = await engine.call('POST', `/instances/@counterentity@c/${operation}`, { body: '1' });
    expect(answer).toMatchObject({ status: 400 });
    expect(answer.body).toContain('@counterentity@c is an entity');
  }
  expect((await start('NoActions', '@counterentity@new', 1)).status).toBe(400);
});

const interrupted: Invoke = async () => Promise.reject(new Error('the worker is gone'));

test('what was accepted for an entity counts once, though the host is stopped in the middle', async () => {
  const databaseFile = newDatabaseFile();
  const first = createTestEngine({ functions: worker.functions, invoke: interrupted, databaseFile });
  first.start();
  for (const amount of [1, 2, 4]) await first.call('POST', '/entities/CounterEntity/k?op=add', { body: `${amount}` });
  await first.stop();
  const second = createTestEngine({ functions: worker.functions, invoke: worker.invoke, databaseFile });
  second.start();
  await expect.poll(async () => (await second.call('GET', '/entities/CounterEntity/k')).body).toBe('7');
  await second.stop();
});
