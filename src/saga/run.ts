import type { OrchestrationContext } from 'durable-functions';
import { SagaFailure, stepOf } from './errors.ts';
import { type Execution, type GateMode, refuseAfterEnd, report, tell } from './execution.ts';
import { openGate } from './gate.ts';
import { openScope } from './ledger.ts';
import { describeEvent } from './narrate.ts';
import type { Operation } from './operation.ts';
import { createSaga, type PreparedSaga, type Saga, type SagaDefinition } from './saga.ts';
import { compensate } from './scope.ts';
import { findSecrets, maskSecrets } from './sensitive.ts';
import { cancelEvent } from './wait.ts';

export interface SagaSurroundings {
  /** Names of the activities that are registered with the host. */
  readonly activities: ReadonlySet<string>;
  readonly gateMode: GateMode;
}

/**
 * The orchestrator function of a saga. It runs the saga's code; when that fails it compensates, runs `onFailed`, and stops at a
 * gate; when it is rewound there it starts again from the top, in the same instance with its whole history.
 * @throws anything but a SagaFailure that the saga's code throws: a bug fails the instance natively, effects kept, so that
 * mended code goes on from there after a rewind
 */
export function* runSaga(
  context: OrchestrationContext,
  definition: SagaDefinition,
  surroundings: SagaSurroundings,
): Operation<unknown> {
  const prepared = definition.prepare(context.df.getInput());
  const execution = createExecution(context, definition, prepared.correlationId, surroundings);
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
      Object.assign(execution, beginRun(context, definition));
    }
  }
}

/** A run from the top has an empty ledger, its whole time, and no cancel. */
const beginRun = ({ df }: OrchestrationContext, { withinMs }: SagaDefinition) => ({
  direction: 'forward' as const,
  stop: undefined,
  ledger: [],
  scopes: [openScope('main', 'compensate')],
  cancel: df.waitForExternalEvent(cancelEvent),
  deadline: withinMs === undefined ? undefined : new Date(df.currentUtcDateTime.getTime() + withinMs),
});

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
  correlationId: string | undefined,
  surroundings: SagaSurroundings,
): Execution {
  const { df } = context;
  return {
    ...surroundings,
    ...beginRun(context, definition),
    df,
    saga: definition.name,
    version: definition.version,
    correlationId: correlationId ?? df.instanceId,
    narrate: (event) => {
      const { level, text } = describeEvent(event);
      context[level](`${df.instanceId} ${maskSecrets(text, findSecrets(definition.input, df.getInput()))}`);
    },
    counts: new Map(),
    gates: 0,
    hostFailures: 0,
    pivoted: false,
    conceded: new WeakSet(),
    inBranch: false,
    hostTime: df.currentUtcDateTime.getTime(),
    catchUps: new WeakSet(),
    interruptible: new WeakSet(),
    gateTasks: new WeakMap(),
    progress: { phase: 'running', percent: 0, decided: [] },
  };
}
