import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeReplay } from '../../src/replay/describe-replay.ts';
import { openApp } from '../../src/replay/open-app.ts';
import { parseRecordedHistory } from '../../src/replay/recorded-history.ts';
import { replayHistory, type RunOrchestrator } from '../../src/replay/replay-history.ts';
import { gateEvent, registerSagas, sagaStatusSchema } from '../../src/saga/operate.ts';
import { createSagaTestHost, recordHistory, type SagaTestHost } from '../../src/testing/index.ts';
import { createInMemoryDecisions } from '../../src/testing/in-memory-decisions.ts';
import { startInProcessApp } from '../../src/testing/load-in-process.ts';
import { bindProgramActivities, programSaga, type Stage, subSaga } from '../saga/program-saga.ts';
import { type Fate, findStep, type Program, programArbitrary } from '../saga/random-program.ts';

// Random sagas, which fail, are cancelled, killed, undone and passed on at their gates at random: code that has not changed must repeat
// whatever is on record, and no record that was altered.

const runs = 25;
const mostRounds = 6;

const performances = new Map<string, Stage>();
let host: SagaTestHost;
let run: RunOrchestrator;

beforeAll(async () => {
  const stage: Stage = {
    meet: (call, node, doneKey) => performances.get(call.instanceId)!.meet(call, node, doneKey),
    apply() {},
    undo() {},
    isKilled: (call) => performances.get(call.instanceId)!.isKilled?.(call) === true,
  };
  const registration = { sagas: [programSaga, subSaga], activities: bindProgramActivities(stage) };
  const hostJson = { version: '2.0', extensions: { durableTask: { storeInputsInOrchestrationHistory: true } } };
  host = await createSagaTestHost({ ...registration, hostJson, inMemory: true });
  const decisions = createInMemoryDecisions();
  run = await openApp(startInProcessApp, () => registerSagas({ ...registration, decisions }));
});
afterAll(() => host.close({ leavesWork: true }));

function perform(program: Program): Stage {
  const met = new Map<string, number>();
  const killed = new Set<string>();
  let calls = 0;
  return {
    apply() {},
    undo() {},
    isKilled: ({ idempotencyKey }) => killed.delete(idempotencyKey),
    async meet({ instanceId, idempotencyKey }, node, doneKey): Promise<Fate> {
      if (program.killedAt.includes(++calls)) killed.add(idempotencyKey);
      if (calls === program.cancelAt) await host.cancel(instanceId, 'ann', 'by chance');
      const place = `${doneKey !== undefined} ${node}`;
      const n = met.get(place) ?? 0;
      met.set(place, n + 1);
      const step = findStep(program, node);
      return (doneKey === undefined ? step.fates : step.undoFates)[n] ?? 'works';
    },
  };
}

/** Runs until the instance has ended, or waits for an operator and nothing else. */
async function runOn(id: string): Promise<void> {
  while (await host.jump()) {
    const { runtimeStatus } = await host.status(id);
    if (runtimeStatus === 'Completed' || runtimeStatus === 'Failed') return;
  }
}

/** False where there is nothing to decide. */
async function passGate(id: string, choice: number): Promise<boolean> {
  const { runtimeStatus, customStatus } = await host.status(id);
  const { gate } = sagaStatusSchema.parse(customStatus);
  const actions = (gate?.actions ?? []).filter((action) => action !== 'abort');
  if (gate === undefined || actions.length === 0) return false;
  const decision = { action: actions[choice % actions.length] as 'retry', by: 'ann', data: { key: 'skipped' } };
  if (gate.mode === 'event') await host.raise(id, gateEvent(gate.number), decision);
  else if (runtimeStatus === 'Failed') await host.passGate(id, decision);
  return true;
}

interface Shown {
  readonly historyEvents: readonly {
    readonly EventType: string;
    readonly InstanceId?: string;
    readonly Input?: string | undefined;
  }[];
}

/** Of the instance and its sub-sagas; one that was rewound and runs on shows none. */
async function recordAll(id: string): Promise<Shown[]> {
  const shown = (await recordHistory(host, id)) as Shown;
  const children = shown.historyEvents.flatMap(({ EventType, InstanceId }) =>
    EventType.startsWith('SubOrchestration') && InstanceId !== undefined ? [InstanceId] : [],
  );
  const theirs = await Promise.all(children.map(recordAll));
  return [...(shown.historyEvents.length > 0 ? [shown] : []), ...theirs.flat()];
}

/** As if the code had called something with another input; undefined where it has called nothing. */
function alter(shown: Shown, choice: number): Shown | undefined {
  const calls = shown.historyEvents.filter(({ EventType }) => EventType.startsWith('Task'));
  const altered = calls[choice % calls.length];
  return (
    altered && {
      ...shown,
      historyEvents: shown.historyEvents.map((event) =>
        event === altered ? { ...event, Input: event.Input?.replace('"instanceId":"', '"instanceId":"not-') } : event,
      ),
    }
  );
}

test('unchanged code repeats the record of any saga, and no altered one', async () => {
  const choices = fc.array(fc.nat(11), { minLength: mostRounds, maxLength: mostRounds });
  await fc.assert(
    fc.asyncProperty(programArbitrary, choices, async (program, choices) => {
      const id = crypto.randomUUID();
      performances.set(id, perform(program));
      await host.start(programSaga.name, program, id);
      await host.settle();
      for (const choice of choices) {
        await runOn(id);
        for (const shown of await recordAll(id)) {
          const recorded = parseRecordedHistory(shown);
          const replay = await replayHistory(recorded, run);
          expect(describeReplay(recorded, replay)).toContain('replays the same');
          const altered = alter(shown, choice);
          if (altered === undefined) continue;
          expect(await replayHistory(parseRecordedHistory(altered), run)).toMatchObject({ kind: 'different' });
        }
        if (!(await passGate(id, choice))) break;
      }
    }),
    { numRuns: runs },
  );
});
