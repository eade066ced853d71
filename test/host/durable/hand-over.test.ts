import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/host/clock.ts';
import { type OrchestratorAnswer, parseAnswer } from '../../../src/host/durable/orchestrator-answer.ts';
import { type AppWorker, createAppWorker } from '../../../src/host/worker/app-worker.ts';
import type { Invoke, SettledHistory } from '../../../src/host/worker/contract.ts';
import { makeApp, makeFolder } from '../run-app.ts';
import { createFastClock, createTestEngine } from './engine-harness.ts';

/** Its histories are long enough to be sent in parts, and its values are more than flat events. */
const index = `
  const df = require('durable-functions');
  const { existsSync, rmSync } = require('node:fs');
  const isThere = (file) => existsSync(file) && (rmSync(file), true);
  df.app.activity('work', { handler: ({ n, deep }) => ({ n, deep }) });
  df.app.activity('gate', { handler: (file) => { if (isThere(file)) throw new Error('closed'); } });
  df.app.activity('lives', { handler: (file) => { if (isThere(file)) process.exit(1); } });
  df.app.orchestration('long', function* ({ df }) {
    const { gate, death, generations } = df.getInput();
    const work = (n) => df.callActivity('work', { n, deep: { text: 'ä"\\\\', list: [n, null, { n }] } });
    const results = [];
    for (let n = 0; n < 20; n++) {
      results.push(yield work(n));
      df.setCustomStatus({ n });
    }
    results.push(yield df.waitForExternalEvent('go'));
    yield df.callActivity('lives', death);
    results.push(...(yield df.Task.all(Array.from({ length: 20 }, (_, n) => work(n === 10 ? new Date(n) : n)))));
    yield df.callActivity('gate', gate);
    results.push(yield df.waitForExternalEvent('go'));
    if (generations > 1) df.continueAsNew({ gate, death, generations: generations - 1 });
    return results;
  });
`;

/** Calls orchestrators twice, once with the whole text, and holds what came of the parts to it. */
function createDoubleInvoke(worker: AppWorker) {
  const answers = new WeakMap<SettledHistory, OrchestratorAnswer>();
  const answerPairs: { readonly parts: OrchestratorAnswer; readonly whole: OrchestratorAnswer }[] = [];
  let shortened = 0;
  const invoke: Invoke = async (invocation) => {
    const [value] = invocation.inputs.values();
    if (value === undefined || !('string' in value) || value.replay === undefined) return worker.invoke(invocation);
    const { settled } = value.replay;
    const inputs = new Map([...invocation.inputs.keys()].map((name) => [name, { string: value.string }]));
    const whole = await worker.invoke({ ...invocation, inputs });
    const result = await worker.invoke(invocation);
    const parts = parseAnswer('long', result, answers.get(settled));
    answers.set(settled, parts);
    answerPairs.push({ parts: { ...parts, size: 0 }, whole: { ...parseAnswer('long', whole), size: 0 } });
    if (result.ok && (result.keptActions ?? 0) > 0) shortened++;
    return result;
  };
  return { invoke, answerPairs, shortened: () => shortened };
}

test('an orchestrator that is sent parts answers as one that is sent all, whatever becomes of its instance', async () => {
  const worker = await createAppWorker({
    appDir: makeApp({ 'index.js': index }),
    env: {},
    log: () => undefined,
    clock: systemClock,
  });
  onTestFinished(() => worker.stop());
  const { invoke, answerPairs, shortened } = createDoubleInvoke(worker);
  const engine = createTestEngine({ functions: worker.functions, invoke, clock: createFastClock(20) });
  engine.start();
  onTestFinished(() => engine.stop());
  const folder = makeFolder();

  const live = async (id: string) => {
    const [gate, death] = [join(folder, `${id}-gate`), join(folder, `${id}-death`)];
    const is = (status: string) =>
      expect
        .poll(async () => (await engine.call('GET', `/instances/${id}`)).body, { interval: 5, timeout: 10_000 })
        .toContain(status);
    const post = async (what: string, body?: string) =>
      expect((await engine.call('POST', `/instances/${id}/${what}`, { body })).status).toBe(202);
    writeFileSync(death, '');
    await engine.call('POST', `/orchestrators/long/${id}`, { body: JSON.stringify({ gate, death, generations: 2 }) });
    for (const generation of [1, 2]) {
      writeFileSync(gate, '');
      await is('"customStatus":{"n":19}');
      await post('suspend');
      await is('Suspended');
      await post('raiseEvent/go', String(generation));
      await post('resume');
      await is('Failed');
      await post('rewind');
      await post('raiseEvent/go', String(generation));
    }
    const { runtimeStatus, output } = await engine.ended(id);
    expect({ runtimeStatus, count: (output as unknown[]).length }).toEqual({ runtimeStatus: 'Completed', count: 42 });
  };

  const id = 'one';
  await Promise.all([live(id), live('other')]);
  await engine.call('DELETE', `/instances/${id}`);
  worker.rest();
  await live(id);
  expect(answerPairs.map(({ parts }) => parts)).toEqual(answerPairs.map(({ whole }) => whole));
  expect(shortened()).toBeGreaterThan(20);
});
