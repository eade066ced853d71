import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AppWorker } from '../../../src/host/worker/app-worker.ts';
import type { Invoke } from '../../../src/host/worker/contract.ts';
import { type TestEngine, createFastClock, createTestEngine, startTestApp } from './engine-harness.ts';

/** What the real engine does otherwise, and worse: every line of the README's table has its test here. */

let worker: AppWorker;
let engine: TestEngine;
/** Calls of the activity with this input wait until it is opened. */
const gates = new Map<string, PromiseWithResolvers<void>>();

beforeAll(async () => {
  worker = await startTestApp();
  const invoke: Invoke = async (invocation) => {
    const [input] = invocation.inputs.values();
    if (invocation.functionName === 'Do' && input && 'string' in input) await gates.get(input.string)?.promise;
    return worker.invoke(invocation);
  };
  engine = createTestEngine({ functions: worker.functions, invoke, clock: createFastClock(25) });
  engine.start();
});

afterAll(async () => {
  for (const gate of gates.values()) gate.resolve();
  await engine.stop();
  await worker.stop();
});

const closeGate = (input: string) => {
  const gate = Promise.withResolvers<void>();
  gates.set(JSON.stringify(input), gate);
  return gate;
};

const start = (name: string, id: string, body?: string) =>
  engine.call('POST', `/orchestrators/${name}/${encodeURIComponent(id)}`, { body });

const runToEnd = async (name: string, id: string, body?: string) => {
  await start(name, id, body);
  return engine.ended(id);
};

test('an activity or sub-orchestrator that does not exist fails, and the orchestrator can catch it', async () => {
  const { output } = await runToEnd('CatchesMissing', 'missing');
  const [activity, sub] = output as string[];
  expect(activity).toContain("The function 'Nowhere' doesn't exist, is disabled, or is not an activity function.");
  expect(sub).toContain("The function 'Nowhere' doesn't exist, is disabled, or is not an orchestrator function.");
});

test('a start of an unknown orchestrator is refused at once, with the names that are known', async () => {
  const { status, body } = await start('Helo', 'unknown');
  expect(status).toBe(404);
  expect(body).toContain("'HelloCities'");
  expect((await engine.call('GET', '/instances/unknown')).status).toBe(404);
});

test('a start in another task hub is refused, since nobody would run it', async () => {
  const { status, body } = await engine.call('POST', '/orchestrators/WaitsOnce/elsewhere?taskHub=Other');
  expect([status, body]).toEqual([400, expect.stringContaining("nobody would run what goes to 'Other'")]);
});

test('a retry time-out that ends the attempts fails the instance instead of leaving it waiting', async () => {
  const { runtimeStatus, output } = await runToEnd('RetryTimeout', 'retry-timeout');
  expect(runtimeStatus).toBe('Failed');
  expect(output).toContain('retryTimeoutInMilliseconds of 3000 ms is over');
});

test('events that an execution has not consumed are there after continueAsNew', async () => {
  await start('CanKeepsEvents', 'can');
  for (const event of [1, 2, 3]) await engine.call('POST', '/instances/can/raiseEvent/E', { body: `${event}` });
  expect((await engine.ended('can')).output).toEqual([1, 2, 3]);
});

test('an event that is raised as soon as the start is accepted arrives', async () => {
  const ids = Array.from({ length: 20 }, (_, index) => `early-${index}`);
  const outputs = ids.map(async (id) => {
    await start('WaitsOnce', id);
    await engine.call('POST', `/instances/${id}/raiseEvent/Go`, { body: `"${id}"` });
    return (await engine.ended(id)).output;
  });
  expect(await Promise.all(outputs)).toEqual(ids);
});

test('of several parallel starts of one id one is accepted', async () => {
  const answers = await Promise.all(Array.from({ length: 5 }, () => start('WaitsOnce', 'once')));
  expect(answers.map(({ status }) => status).sort((one, other) => one - other)).toEqual([202, 409, 409, 409, 409]);
});

test('a purge by filter takes ended instances alone, and finding none is no error', async () => {
  const from = encodeURIComponent(new Date(Date.now() - 3_600_000).toISOString());
  const purge = (query: string) => engine.call('DELETE', `/instances?createdTimeFrom=${from}${query}`);
  await runToEnd('NoActions', 'purged', '1');
  await start('WaitsOnce', 'not-purged');
  expect(await purge('&runtimeStatus=Canceled')).toMatchObject({ status: 200, body: '{"instancesDeleted":0}' });
  expect((JSON.parse((await purge('')).body) as { instancesDeleted: number }).instancesDeleted).toBeGreaterThan(0);
  expect((await engine.call('GET', '/instances/purged')).status).toBe(404);
  expect((await engine.call('GET', '/instances/not-purged')).status).toBe(202);
});

test('a continuation token leads to the next page', async () => {
  const ids = ['page-a', 'page-b', 'page-c', 'page-d', 'page-é'];
  for (const id of ids) await runToEnd('NoActions', id, '1');
  const read: string[] = [];
  let token = '';
  do {
    const answer = await engine.call('GET', '/instances?instanceIdPrefix=page-&top=2', {
      headers: { 'x-ms-continuation-token': token.trim() },
    });
    read.push(...(JSON.parse(answer.body) as { instanceId: string }[]).map(({ instanceId }) => instanceId));
    token = answer.headers['x-ms-continuation-token'] ?? '';
  } while (token !== '');
  expect(read).toEqual(ids);
});

test.each(['a+b', 'a%2Bb', '100%', 'a/b', 'a b', 'ü', '@x', "it's"])('the id %s is taken as it is', async (id) => {
  await runToEnd('NoActions', id, '1');
  const { body } = await engine.call('GET', `/instances/${encodeURIComponent(id)}`);
  expect(JSON.parse(body)).toMatchObject({ instanceId: id, runtimeStatus: 'Completed' });
});

test('an id that is too long is refused with the limit', async () => {
  const { status, body } = await start('NoActions', 'x'.repeat(901), '1');
  expect(status).toBe(400);
  expect(body).toContain('must not exceed 900 characters');
});

test('a body that ends too early is refused as bad JSON', async () => {
  expect(await start('NoActions', 'truncated', '{"a":')).toMatchObject({ status: 400 });
});

const operate = (operation: string) => engine.call('POST', `/instances/suspended/${operation}`);

const until = async (status: string) => {
  while (!(await engine.call('GET', '/instances/suspended')).body.includes(`"${status}"`)) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};

test('a second suspend and a resume of what runs are conflicts', async () => {
  await start('WaitsOnce', 'suspended');
  await until('Running');
  expect((await operate('resume')).status).toBe(409);
  expect((await operate('suspend')).status).toBe(202);
  await until('Suspended');
  expect(await operate('suspend')).toMatchObject({
    status: 409,
    body: '{"Message":"Cannot suspend the orchestration instance suspended because instance is in the Suspended state."}',
  });
});

test('an orchestration is completed when its code is, whatever still runs', async () => {
  const gate = closeGate('slow');
  expect((await runToEnd('FirstOfTwo', 'any')).output).toBe(true);
  gate.resolve();
});

test('a rewind takes up what came after the failure', async () => {
  const gate = closeGate('beside');
  expect((await runToEnd('FailsBeside', 'beside')).runtimeStatus).toBe('Failed');
  gate.resolve();
  expect((await engine.call('POST', '/instances/beside/rewind?reason=again')).status).toBe(202);
  expect(await engine.ended('beside')).toMatchObject({
    runtimeStatus: 'Completed',
    output: ['second time', 'done beside'],
  });
});

test('a timer does not fire before its time', async () => {
  const { output, historyEvents } = await runToEnd('TimerOnly', 'timer');
  const created = historyEvents.find(({ EventType }) => EventType === 'TimerCreated');
  expect(Date.parse(String(output))).toBeGreaterThanOrEqual(Date.parse(String(created?.['FireAt'])));
});

test('a signal from an entity reaches the entity that everybody sees, however its name is written', async () => {
  expect((await runToEnd('RelayEntity', 'relay', '"relayed-to"')).output).toBe('relayed');
  await expect.poll(async () => (await engine.call('GET', '/entities/CounterEntity/relayed-to')).body).toBe('3');
});
