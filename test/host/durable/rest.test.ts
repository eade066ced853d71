import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AppWorker } from '../../../src/host/worker/app-worker.ts';
import { type Step, expectedResults } from './app/script.ts';
import { createTestEngine, startTestApp } from './engine-harness.ts';

let worker: AppWorker;
beforeAll(async () => {
  worker = await startTestApp();
});
afterAll(() => worker.stop());

const activities = (name: string): Step[] =>
  Array.from({ length: 20 }, (_, n) => ({ kind: 'activity' as const, id: `${name} ${n}` }));

test('a long history that engine and thread have both given up in a rest is replayed as ever', async () => {
  const steps: Step[] = [...activities('before'), { kind: 'event', name: 'Go' }, ...activities('after')];
  const engine = createTestEngine({ functions: worker.functions, invoke: worker.invoke });
  engine.start();
  await engine.call('POST', '/orchestrators/Script/rests', { body: JSON.stringify({ steps, results: [] }) });
  const completed = async () =>
    (await engine.call('GET', '/instances/rests?showHistory=true')).body.match(/TaskCompleted/g)?.length;
  await expect.poll(completed, { interval: 5 }).toBe(20);
  engine.rest();
  worker.rest();
  await engine.call('POST', '/instances/rests/raiseEvent/Go', { body: '"raised Go"' });
  const { output, runtimeStatus } = await engine.ended('rests');
  expect({ output, runtimeStatus }).toEqual({ output: expectedResults(steps), runtimeStatus: 'Completed' });
  await engine.stop();
});
