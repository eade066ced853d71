import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AppWorker } from '../../../src/host/worker/app-worker.ts';
import { type TestEngine, createFastClock, createTestEngine, startTestApp } from './engine-harness.ts';

let worker: AppWorker;
let engine: TestEngine;

beforeAll(async () => {
  worker = await startTestApp();
  const { functions, invoke } = worker;
  engine = createTestEngine({ functions, invoke, clock: createFastClock(25), settings: { defaultVersion: '2.0' } });
  engine.start();
});

afterAll(async () => {
  await engine.stop();
  await worker.stop();
});

const run = async (name: string) => {
  await engine.call('POST', `/orchestrators/${name}/${name}`);
  return engine.ended(name);
};

test("a sub-orchestration has the version that it is given, or else the host's", async () => {
  const { output } = await run('AsksVersions');
  expect(output).toEqual(['2.0', '', '1.5']);
});

test('an error with properties of its own comes with them, also through a sub-orchestration', async () => {
  const { output, historyEvents } = await run('CatchesRefusals');
  const refusal = { errorType: 'RefusedError', errorMessage: 'not today', properties: { code: 7, nothing: null } };
  expect(output).toEqual([refusal, refusal]);
  const failed = historyEvents.find(({ EventType }) => EventType === 'TaskFailed');
  expect(failed).toMatchObject({
    Reason: "Activity function 'RefuseWithCode' failed: not today",
    FailureDetails: { ErrorType: 'RefusedError', ErrorMessage: 'not today', IsNonRetriable: false, InnerFailure: null },
  });
});
