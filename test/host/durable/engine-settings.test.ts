import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AppWorker } from '../../../src/host/worker/app-worker.ts';
import type { Invoke } from '../../../src/host/worker/contract.ts';
import {
  type TestEngineOptions,
  createFastClock,
  createTestEngine,
  newDatabaseFile,
  startTestApp,
} from './engine-harness.ts';

let worker: AppWorker;
beforeAll(async () => {
  worker = await startTestApp();
});
afterAll(() => worker.stop());

const startEngine = (options: Partial<TestEngineOptions> = {}) => {
  const engine = createTestEngine({ functions: worker.functions, invoke: worker.invoke, ...options });
  engine.start();
  return engine;
};

const activities = (count: number) => {
  const steps = [{ kind: 'all', steps: Array.from({ length: count }, (_, id) => ({ kind: 'activity', id: `${id}` })) }];
  return JSON.stringify({ steps, results: [] });
};

test('no more activities run at once than host.json allows', async () => {
  let running = 0;
  let most = 0;
  const invoke: Invoke = async (invocation) => {
    if (invocation.functionName !== 'Do') return worker.invoke(invocation);
    most = Math.max(most, ++running);
    const result = await worker.invoke(invocation);
    running--;
    return result;
  };
  const engine = startEngine({ invoke, settings: { maxConcurrentActivityFunctions: 3 } });
  await engine.call('POST', '/orchestrators/Script/limited', { body: activities(20) });
  await engine.ended('limited');
  expect(most).toBe(3);
  await engine.stop();
});

test('the history keeps inputs when host.json says so', async () => {
  const engine = startEngine({ settings: { storeInputsInOrchestrationHistory: true } });
  await engine.call('POST', '/orchestrators/Parent/inputs');
  const { historyEvents } = await engine.ended('inputs');
  const inputs = historyEvents.filter(({ FunctionName }) => FunctionName === 'Child').map(({ Input }) => Input);
  expect(inputs).toEqual(['{"n":1}', '{"n":2}']);
  const child = await engine.ended('inputs-child2');
  expect(child.historyEvents.find(({ FunctionName }) => FunctionName === 'Echo')?.['Input']).toBe('[20]');
  await engine.stop();
});

test('an instance of another version waits until a host of that version takes it up', async () => {
  const databaseFile = newDatabaseFile();
  const first = startEngine({ databaseFile });
  await first.call('POST', '/orchestrators/NoActions/versioned?version=2.0', { body: '1' });
  await first.stop();
  const second = startEngine({ databaseFile, settings: { defaultVersion: '2.0' } });
  expect(await second.ended('versioned')).toMatchObject({ version: '2.0', runtimeStatus: 'Completed' });
  await second.stop();
});

test.each([
  [
    'is of a version that may not run here',
    { settings: { defaultVersion: '2.0', versionMatchStrategy: 'Strict', versionFailureStrategy: 'Fail' } },
    "The orchestration's version '' does not match this host's version '2.0' (versionMatchStrategy Strict).",
  ],
  [
    'has lost its function',
    { functions: [] },
    "The function 'Script' doesn't exist, is disabled, or is not an orchestrator function.",
  ],
] satisfies [string, Partial<TestEngineOptions>, string][])(
  'an instance that goes on and %s fails with that reason, not for its code, and can be rewound',
  async (_what, options, reason) => {
    const databaseFile = newDatabaseFile();
    const first = startEngine({ databaseFile });
    const steps = [
      { kind: 'activity', id: 'one' },
      { kind: 'event', name: 'Go' },
    ];
    await first.call('POST', '/orchestrators/Script/refused', { body: JSON.stringify({ steps, results: [] }) });
    const history = async () => (await first.call('GET', '/instances/refused?showHistory=true')).body;
    await expect.poll(history, { interval: 5 }).toContain('TaskCompleted');
    await first.stop();
    const second = startEngine({ databaseFile, ...options });
    await second.call('POST', '/instances/refused/raiseEvent/Go', { body: '1' });
    const { runtimeStatus, output } = await second.ended('refused');
    expect(runtimeStatus).toBe('Failed');
    expect(output).toContain(`Orchestrator function 'Script' failed: ${reason}`);
    await second.stop();
    const third = startEngine({ databaseFile });
    await third.call('POST', '/instances/refused/rewind');
    expect(await third.ended('refused')).toMatchObject({ runtimeStatus: 'Completed', output: ['done one', 1] });
    await third.stop();
  },
);

test('AnyState lets a start replace an instance that runs', async () => {
  const engine = startEngine({ settings: { overridableExistingInstanceStates: 'AnyState' } });
  await engine.call('POST', '/orchestrators/WaitsOnce/replaced');
  expect((await engine.call('POST', '/orchestrators/NoActions/replaced', { body: '7' })).status).toBe(202);
  expect(await engine.ended('replaced')).toMatchObject({ name: 'NoActions', output: 7 });
  await engine.stop();
});

test('what a lost worker did not answer is asked again', async () => {
  let losses = 2;
  const invoke: Invoke = (invocation) => {
    if (losses-- > 0) return Promise.reject(new Error('The worker is gone.'));
    return worker.invoke(invocation);
  };
  const engine = startEngine({ invoke, clock: createFastClock(50) });
  await engine.call('POST', '/orchestrators/HelloCities/lost');
  expect((await engine.ended('lost')).output).toEqual(['Hello Tokyo!', 'Hello Seattle!', 'Hello Cairo!']);
  await engine.stop();
});

test('a result that is on its way when its instance is rewound counts once', async () => {
  const beside = Promise.withResolvers<void>();
  const other = Promise.withResolvers<void>();
  const invoke: Invoke = async (invocation) => {
    if (invocation.functionName === 'Do') await beside.promise;
    if (invocation.functionName === 'NoActions') await other.promise;
    return worker.invoke(invocation);
  };
  const engine = startEngine({ invoke, settings: { maxConcurrentOrchestratorFunctions: 1 } });
  await engine.call('POST', '/orchestrators/FailsBeside/rewound-early');
  await engine.ended('rewound-early');
  await engine.call('POST', '/orchestrators/NoActions/occupies', { body: '1' });
  beside.resolve();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await engine.call('POST', '/instances/rewound-early/rewind');
  other.resolve();
  const { output, historyEvents } = await engine.ended('rewound-early');
  expect(output).toEqual(['second time', 'done beside']);
  expect(historyEvents.filter(({ FunctionName }) => FunctionName === 'Do')).toHaveLength(1);
  await engine.stop();
});

test('a file of another version of the host is refused', () => {
  const databaseFile = newDatabaseFile();
  const database = new DatabaseSync(databaseFile);
  database.exec('PRAGMA user_version = 99');
  database.close();
  expect(() => startEngine({ databaseFile })).toThrow('was written by another version of this host (tables 99');
});
