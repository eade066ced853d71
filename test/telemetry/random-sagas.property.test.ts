import * as fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { createInstruments } from '../../src/telemetry/instruments.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { observeSagas } from '../../src/telemetry/observe-sagas.ts';
import { computeTrace } from '../../src/telemetry/saga-spans.ts';
import { startSagaApp } from '../saga/kit/saga-app.ts';
import { turns } from '../saga/kit/turns.ts';
import { bindProgramActivities, programSaga, type Stage, subSaga } from '../saga/program-saga.ts';
import { type Fate, findStep, type Program, programArbitrary } from '../saga/random-program.ts';
import { recordSpans } from './recorded-spans.ts';

/**
 * Past a pivot of its own, a sub-saga waits in place for an operator, and a review that nobody answers may reject again and again: then
 * the saga does not end by itself.
 */
const endingPrograms = programArbitrary.filter(
  (program) => !/"pivot":true|"otherwise":"reject"/.test(JSON.stringify(program)),
);

/** Everything fails as the program says, until it is healed. */
function perform(program: Program, cancel: () => Promise<void>) {
  const met = new Map<string, number>();
  let calls = 0;
  return {
    isHealed: false,
    async meet(node: string, isUndo: boolean): Promise<Fate> {
      if (++calls === program.cancelAt) await cancel();
      const place = isUndo ? `undo ${node}` : node;
      const n = met.get(place) ?? 0;
      met.set(place, n + 1);
      const { fates, undoFates } = findStep(program, node);
      return this.isHealed ? 'works' : ((isUndo ? undoFates : fates)[n] ?? 'works');
    },
  };
}

test('whatever fails, is undone, cancelled and rewound: each span is told once, and has a parent in the same trace', async () => {
  const recorder = recordSpans();
  const performances = new Map<string, ReturnType<typeof perform>>();
  const stage: Stage = {
    meet: (call, node, doneKey) => performances.get(call.instanceId)!.meet(node, doneKey !== undefined),
    apply: () => {},
    undo: () => {},
  };
  const app = await startSagaApp({
    sagas: [programSaga, subSaga],
    activities: bindProgramActivities(stage),
    observer: observeSagas(createMetrics(createInstruments()), recorder, () => 0),
  });
  onTestFinished(() => app.close());
  let told = 0;
  const property = fc.asyncProperty(endingPrograms, async (program) => {
    const id = crypto.randomUUID();
    const cancel = async (): Promise<void> => {
      await app.cancel(id, 'ann');
      await turns();
    };
    const performance = perform(program, cancel);
    performances.set(id, performance);
    await app.start(programSaga, program, id);
    for (let end = await app.runToEnd(id); end.runtimeStatus !== 'Completed'; end = await app.runToEnd(id)) {
      performance.isHealed = true;
      await app.passGate(id, { action: 'retry', by: 'ann' });
    }
    const { traceId } = computeTrace(id, undefined);
    const spans = recorder.spans.filter((span) => span.traceId === traceId);
    const ids = new Set(spans.map(({ spanId }) => spanId));
    expect(ids.size).toBe(spans.length);
    const roots = spans.filter(({ parentSpanId }) => parentSpanId === undefined);
    expect(roots.map(({ name }) => name)).toEqual([programSaga.name]);
    expect(spans.filter(({ parentSpanId = '' }) => parentSpanId !== '' && !ids.has(parentSpanId))).toEqual([]);
    told += spans.length;
  });
  await fc.assert(property, { numRuns: 100 });
  expect(told).toBe(recorder.spans.length);
});
