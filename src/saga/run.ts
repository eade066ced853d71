import type { DurableOrchestrationContext, OrchestrationContext } from 'durable-functions';
import { type ClaimDesk, claimMembers } from './claim-desk.ts';
import { SagaFailure, stepOf } from './errors.ts';
import { type Execution, type GateMode, refuseAfterEnd, report, rootOf, tell } from './execution.ts';
import { openGate } from './gate.ts';
import { findKnownSecrets } from './known-secrets.ts';
import { LeftToParent, type SubSagaOutcome } from './leave-to-parent.ts';
import { openScope, withoutNeedless } from './ledger.ts';
import { describeEvent, type LogFormat, renderLine, type SagaEvent } from './narrate.ts';
import { carryOver, NextGeneration } from './next-generation.ts';
import type { ObservedSaga, SagaObserver } from './observer.ts';
import type { Operation } from './operation.ts';
import { createSaga, type PreparedSaga, type Saga, type SagaDefinition } from './saga.ts';
import { compensate } from './scope.ts';
import { readStart, type Start, wrapInput } from './start.ts';
import { computeStatus } from './status.ts';
import { cancelEvent, forgetCancels } from './wait.ts';

export interface SagaSurroundings {
  readonly activities: Execution['activities'];
  readonly sagas: Execution['sagas'];
  readonly gateMode: GateMode;
  readonly observer: SagaObserver | undefined;
  readonly logFormat: LogFormat;
  readonly deskOf: (context: OrchestrationContext) => ClaimDesk;
}

/**
 * The orchestrator function of a saga, at the top or as a sub-saga.
 * @throws anything but a SagaFailure that the saga's code throws: a bug fails the instance natively, effects kept, so that
 * mended code goes on from there after a rewind
 */
export function* runSaga(
  context: OrchestrationContext,
  definition: SagaDefinition,
  surroundings: SagaSurroundings,
): Operation<unknown> {
  const desk = surroundings.deskOf(context);
  const start = readStart(context, desk);
  const { input, commission } = start;
  const prepared = definition.prepare(input);
  const execution = createExecution(context, definition, prepared, { ...surroundings, ...start, desk });
  if (start.carried === undefined) tell(execution, { kind: 'started', correlationId: execution.correlationId });
  try {
    const value = yield* runUntilItEndsWell(execution, definition, prepared);
    if (commission === undefined) return desk.claim(value);
    const { pivoted, ledger } = execution;
    const outcome: SubSagaOutcome = { ok: true, value, pivoted, ledger: ledger.map(withoutNeedless) };
    return claimMembers(desk, outcome);
  } catch (thrown) {
    if (thrown instanceof LeftToParent) return claimMembers(desk, thrown.outcome);
    if (!(thrown instanceof NextGeneration)) throw thrown;
    const carried = claimMembers(desk, carryOver(execution));
    context.df.continueAsNew(wrapInput(desk.claim(thrown.input), { commission, carried }));
    return undefined;
  }
}

/**
 * Runs the saga's code; when that fails it compensates, runs `onFailed`, and stops at a gate; when it is rewound there it starts
 * again from the top, in the same instance with its whole history. The top is that of the first generation: what earlier ones did
 * has been undone too.
 */
function* runUntilItEndsWell(
  execution: Execution,
  definition: SagaDefinition,
  newest: PreparedSaga<unknown>,
): Operation<unknown> {
  const saga = createSaga(execution, definition);
  for (let prepared = newest; ; prepared = definition.prepare(execution.first)) {
    report(execution, { phase: 'running', percent: 0, step: undefined, attempt: undefined, error: undefined });
    try {
      const output = yield* prepared.run(saga);
      refuseAfterEnd(execution);
      const done = { percent: 100, step: undefined, attempt: undefined, error: undefined } as const;
      report(execution, { phase: 'completed', ...done });
      tell(execution, { kind: 'completed' });
      return output;
    } catch (error) {
      if (!(error instanceof SagaFailure)) throw error;
      refuseAfterEnd(execution);
      yield* failSaga(execution, saga, prepared, error);
      yield* forgetCancels(execution);
      const { df, commission } = execution;
      Object.assign(execution, beginRun(df, definition, { commission }));
    }
  }
}

/** A run from the top has an empty ledger, its whole time, and no cancel; a next generation has what was left of the ones before. */
function beginRun(
  df: DurableOrchestrationContext,
  { withinMs }: SagaDefinition,
  { commission, carried }: Partial<Pick<Start, 'commission' | 'carried'>>,
) {
  const { ledger = [], starts = 0 } = carried ?? {};
  const main = openScope(commission?.path ?? 'main', { onFailure: 'compensate', order: 'serial' });
  main.entries.push(...ledger);
  return {
    direction: 'forward' as const,
    stop: undefined,
    ledger,
    starts,
    scopes: [main],
    cancel: df.waitForExternalEvent(cancelEvent),
    deadline: carried?.deadline ?? computeDeadline(df.currentUtcDateTime, withinMs, commission?.deadline),
  };
}

/** A sub-saga has its own time, but not longer than its parent's. */
function computeDeadline(now: Date, withinMs = Infinity, parents?: string): Date | undefined {
  const deadline = Math.min(now.getTime() + withinMs, parents === undefined ? Infinity : Date.parse(parents));
  return Number.isFinite(deadline) ? new Date(deadline) : undefined;
}

/** Ends when the failure is to be forgotten and the saga starts again. */
function* failSaga(
  execution: Execution,
  saga: Saga,
  prepared: PreparedSaga<unknown>,
  failure: SagaFailure,
): Operation<void> {
  const [main] = execution.scopes;
  if (main === undefined) throw new Error('invariant: an execution always has its main scope');
  if (!execution.pivoted) yield* compensate(execution, main, failure);
  execution.direction = 'backward';
  try {
    yield* prepared.onFailed(saga, failure);
  } catch (error) {
    if (!(error instanceof SagaFailure)) throw error;
    tell(execution, { kind: 'on-failed-failed', error: error.data });
  }
  const kind = execution.pivoted ? 'failed-past-pivot' : 'failed';
  yield* openGate(execution, kind, failure.data, stepOf(failure));
}

function createExecution(
  context: OrchestrationContext,
  definition: SagaDefinition,
  { correlationId, traceparent }: PreparedSaga<unknown>,
  { input, commission, carried, origin, ...surroundings }: SagaSurroundings & Start & Pick<Execution, 'desk'>,
): Execution {
  const { df } = context;
  const execution: Execution = {
    ...surroundings,
    commission,
    first: carried === undefined ? input : carried.first,
    ...beginRun(df, definition, { commission, carried }),
    df,
    saga: definition.name,
    version: definition.version,
    correlationId: (commission ?? carried)?.correlationId ?? correlationId ?? origin?.correlationId ?? df.instanceId,
    traceparent: (commission ?? carried ?? { traceparent: traceparent ?? origin?.traceparent }).traceparent,
    findSecrets: () => findKnownSecrets(definition.input, input, execution),
    narrate: (event) => {
      write(context, execution, event, surroundings.logFormat);
      surroundings.observer?.noted(event, describe(execution));
    },
    counts: new Map(Object.entries(carried?.counts ?? {})),
    gates: carried?.gates ?? 0,
    stretch: carried?.stretch ?? { number: 0, since: df.currentUtcDateTime },
    hostFailures: 0,
    pivots: new Set((carried ?? commission)?.pivoted === true ? ['before'] : []),
    get pivoted() {
      return this.pivots.size > 0;
    },
    conceded: new WeakSet(),
    inBranch: false,
    hostTime: df.currentUtcDateTime.getTime(),
    catchUps: new WeakSet(),
    interruptible: new WeakSet(),
    gateTasks: new WeakMap(),
    progress: { phase: 'running', percent: 0, reviews: [], running: [], decided: [], asked: [], gates: [] },
  };
  // Computed when the episode has ended, once.
  df.setCustomStatus({ toJSON: () => computeStatus(execution) });
  return execution;
}

function write(context: OrchestrationContext, execution: Execution, event: SagaEvent, format: LogFormat): void {
  const line = describeEvent(event);
  if (line !== undefined) context[line.level](renderLine(line, event, describe(execution), format));
}

function describe(execution: Execution): ObservedSaga {
  const { df, saga, version, correlationId, traceparent, stretch, commission } = execution;
  return {
    instanceId: df.instanceId,
    root: rootOf(execution),
    path: commission?.path,
    saga,
    version,
    correlationId,
    traceparent,
    stretch,
    now: df.currentUtcDateTime,
  };
}
