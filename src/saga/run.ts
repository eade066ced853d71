import type { DurableOrchestrationContext, OrchestrationContext } from 'durable-functions';
import { SagaFailure, stepOf } from './errors.ts';
import { type Execution, type GateMode, refuseAfterEnd, report, rootOf, tell } from './execution.ts';
import { openGate } from './gate.ts';
import { LeftToParent, type SubSagaOutcome } from './leave-to-parent.ts';
import { openScope } from './ledger.ts';
import { describeEvent, type LogFormat, renderLine, type SagaEvent } from './narrate.ts';
import type { ObservedSaga, SagaObserver } from './observer.ts';
import type { Operation } from './operation.ts';
import { createSaga, type PreparedSaga, type Saga, type SagaDefinition } from './saga.ts';
import { compensate } from './scope.ts';
import { findSecrets, maskSecrets } from './sensitive.ts';
import { type Commission, readStart, type Start } from './start.ts';
import { computeStatus } from './status.ts';
import { cancelEvent, forgetCancels } from './wait.ts';

export interface SagaSurroundings {
  readonly activities: Execution['activities'];
  readonly sagas: Execution['sagas'];
  readonly gateMode: GateMode;
  readonly observer: SagaObserver | undefined;
  readonly logFormat: LogFormat;
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
  const start = readStart(context);
  const { input, commission } = start;
  const prepared = definition.prepare(input);
  const execution = createExecution(context, definition, prepared, { ...surroundings, ...start });
  try {
    const value = yield* runUntilItEndsWell(execution, definition, prepared);
    if (commission === undefined) return value;
    const { pivoted, ledger } = execution;
    return { ok: true, value, pivoted, ledger } satisfies SubSagaOutcome;
  } catch (thrown) {
    if (thrown instanceof LeftToParent) return thrown.outcome;
    throw thrown;
  }
}

/**
 * Runs the saga's code; when that fails it compensates, runs `onFailed`, and stops at a gate; when it is rewound there it starts
 * again from the top, in the same instance with its whole history.
 */
function* runUntilItEndsWell(
  execution: Execution,
  definition: SagaDefinition,
  prepared: PreparedSaga<unknown>,
): Operation<unknown> {
  const saga = createSaga(execution, definition.reviews);
  tell(execution, { kind: 'started', correlationId: execution.correlationId });
  for (;;) {
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
      Object.assign(execution, beginRun(execution.df, definition, execution.commission));
    }
  }
}

/** A run from the top has an empty ledger, its whole time, and no cancel. */
const beginRun = (
  df: DurableOrchestrationContext,
  { withinMs }: SagaDefinition,
  commission: Commission | undefined,
) => ({
  direction: 'forward' as const,
  stop: undefined,
  ledger: [],
  starts: 0,
  scopes: [openScope(commission?.path ?? 'main', { onFailure: 'compensate', order: 'serial' })],
  cancel: df.waitForExternalEvent(cancelEvent),
  deadline: computeDeadline(df.currentUtcDateTime, withinMs, commission?.deadline),
});

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
  { input, commission, ...surroundings }: SagaSurroundings & Start,
): Execution {
  const { df } = context;
  const execution: Execution = {
    ...surroundings,
    commission,
    ...beginRun(df, definition, commission),
    df,
    saga: definition.name,
    version: definition.version,
    correlationId: commission?.correlationId ?? correlationId ?? df.instanceId,
    traceparent: commission === undefined ? traceparent : commission.traceparent,
    narrate: (event) => {
      const shown = maskSecrets(event, findSecrets(definition.input, input));
      write(context, execution, shown, surroundings.logFormat);
      surroundings.observer?.noted(shown, describe(execution));
    },
    counts: new Map(),
    gates: 0,
    stretch: { number: 0, since: df.currentUtcDateTime },
    hostFailures: 0,
    pivoted: commission?.pivoted ?? false,
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
