import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTrail } from '../../src/audit/create-trail.ts';
import type { ChainedEntry } from '../../src/audit/chain.ts';
import { computeStateAt } from '../../src/audit/compute-state-at.ts';
import { renderJsonLines } from '../../src/audit/render-trail.ts';
import { verifyTrail } from '../../src/audit/verify-trail.ts';
import { days } from '../../src/saga/index.ts';
import { type GateDecision, type SagaStatus, sagaStatusSchema } from '../../src/saga/operate.ts';
import { createSagaTestHost, type SagaTestHost } from '../../src/testing/index.ts';
import { bindProgramActivities, programSaga, type Stage } from '../saga/program-saga.ts';
import { type Fate, findStep, type Node, type Program, programArbitrary } from '../saga/random-program.ts';

// The trails of random sequential sagas, which fail, compensate and are rewound at random, beside what the sagas say of themselves and what
// their activities saw.

const performances = new Map<string, Performance>();
let host: SagaTestHost;

beforeAll(async () => {
  const stage: Stage = {
    meet: (call, node, doneKey) => performances.get(call.instanceId)!.meet(call, node, doneKey),
    apply() {},
    undo() {},
  };
  host = await createSagaTestHost({
    sagas: [programSaga],
    activities: bindProgramActivities(stage),
    hostJson: { version: '2.0', extensions: { durableTask: { storeInputsInOrchestrationHistory: true } } },
    inMemory: true,
  });
});
afterAll(() => host.close({ leavesWork: true }));

interface Performance {
  /** What the activities were called for, in order: the step's id. */
  readonly calls: string[];
  cancels: number;
  isHealed: boolean;
  meet: Stage['meet'];
}

function perform(program: Program): Performance {
  const met = new Map<string, number>();
  const performance: Performance = {
    calls: [],
    cancels: 0,
    isHealed: false,
    async meet({ instanceId, idempotencyKey }, node, doneKey): Promise<Fate> {
      const isUndo = doneKey !== undefined;
      performance.calls.push(idempotencyKey);
      if (performance.calls.length === program.cancelAt) {
        performance.cancels++;
        await host.cancel(instanceId, 'ann', 'by chance');
      }
      const place = `${isUndo} ${node}`;
      const n = met.get(place) ?? 0;
      met.set(place, n + 1);
      const step = findStep(program, node);
      return performance.isHealed ? 'works' : ((isUndo ? step.undoFates : step.fates)[n] ?? 'works');
    },
  };
  return performance;
}

async function trailOf(id: string) {
  const status = await host.status(id);
  const instance = { ...status, createdTime: new Date(status.createdTime), historyEvents: await host.history(id) };
  return {
    trail: createTrail(instance),
    status: sagaStatusSchema.parse(status.customStatus),
    runtimeStatus: status.runtimeStatus,
  };
}

/** What the trail may say of a step of which the ledger says this; what an operator skipped counts as succeeded there. */
function expectedStates({ outcome, undo }: SagaStatus['ledger'][number]): string[] {
  if (undo === 'done') return ['undone'];
  if (undo === 'skipped') return ['undo_skipped'];
  if (undo === 'failed') return ['undo_failed'];
  return [outcome === 'succeeded' ? 'done' : outcome, 'skipped'];
}

/** Side by side, the history has no single order in which calls began; what a sub-saga does is in a trail of its own, and nobody answers reviews here. */
const isSequential = (node: Node): boolean => {
  switch (node.kind) {
    case 'all':
      return node.nodes.length < 2 && node.nodes.every(isSequential);
    case 'scope':
      return node.order !== 'parallel' && node.nodes.every(isSequential);
    case 'race':
    case 'review':
    case 'sub':
      return false;
    case 'step':
    case 'attempt':
    case 'sleep':
      return true;
  }
};
const sequentialPrograms = programArbitrary.filter(({ nodes }) => nodes.every(isSequential));

const healedAfter = 3;
const moreThanEnough = 40;

test('a trail says of any sequential saga what it did, in what order, who decided, and where it stands', async () => {
  await fc.assert(
    fc.asyncProperty(
      sequentialPrograms,
      fc.array(fc.nat(11), { minLength: 8, maxLength: 8 }),
      async (program, choices) => {
        const performance = perform(program);
        const id = crypto.randomUUID();
        performances.set(id, performance);
        await host.start(programSaga.name, program, id);
        const decisions: string[] = [];
        let before: readonly ChainedEntry[] = [];
        for (let round = 0; ; round++) {
          await host.runToEnd(id, days(365));
          const { trail, status, runtimeStatus } = await trailOf(id);
          const { entries } = trail;
          expect(round).toBeLessThan(moreThanEnough);
          expect(verifyTrail(renderJsonLines(trail)).ok).toBe(true);
          expect(entries.slice(0, before.length)).toEqual(before);
          before = entries;

          const of = (...kinds: string[]) => entries.filter(({ kind }) => kinds.includes(kind));
          expect(of('attempt', 'undo').map(({ idempotencyKey }) => idempotencyKey)).toEqual(performance.calls);
          expect(of('rewound').map(({ action }) => action)).toEqual(decisions);
          expect(of('cancel-requested')).toHaveLength(performance.cancels);
          expect(of('erased', 'event-received')).toEqual([]);

          const state = computeStateAt(entries, host.now());
          expect(state.phase).toBe(status.phase);
          const states = new Map(state.steps.map((step) => [step.step, step.state]));
          for (const line of status.ledger) {
            expect([line.step, states.get(line.step)]).toEqual([line.step, expect.toBeOneOf(expectedStates(line))]);
          }
          if (runtimeStatus === 'Completed') break;
          expect(of('gate-failed')).toHaveLength(round + 1);
          expect(state.gate).toEqual({ number: status.gate?.number, actions: status.gate?.actions });
          performance.isHealed = round >= healedAfter;
          decisions.push(await passGate(id, status, performance.isHealed, choices[round % choices.length]!));
        }
      },
    ),
  );
});

async function passGate(id: string, { gate }: SagaStatus, isHealed: boolean, choice: number): Promise<string> {
  const actions = (gate?.actions ?? []).filter((action) => action !== 'abort');
  const action = (
    isHealed && actions.includes('retry') ? 'retry' : actions[choice % actions.length]!
  ) as GateDecision['action'];
  await host.passGate(id, { action, by: 'ann', reason: 'at random', data: { key: 'skipped' } });
  return action;
}
