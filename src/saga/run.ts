import type { OrchestrationContext } from 'durable-functions';
import { SagaFailure } from './errors.ts';
import { type Execution, refuseAfterGate, report, tell } from './execution.ts';
import { openGate } from './gate.ts';
import { openScope } from './ledger.ts';
import { describeEvent, type SagaEvent } from './narrate.ts';
import type { Operation } from './operation.ts';
import { createSaga, type PreparedSaga, type Saga, type SagaDefinition } from './saga.ts';
import { compensate } from './scope.ts';
import { cancelEvent } from './wait.ts';

/**
 * The orchestrator function of a saga. It runs the saga's code; when that fails it compensates, runs `onFailed`, and stops at a
 * gate; when it is rewound there it starts again from the top, in the same instance with its whole history.
 */
export function* runSaga(
  context: OrchestrationContext,
  definition: SagaDefinition,
  activities: ReadonlySet<string>,
): Operation<unknown> {
  const prepared = definition.prepare(context.df.getInput());
  const execution = createExecution(context, definition, prepared.correlationId, activities);
  const saga = createSaga(execution, definition.reviews);
  tell(execution, { kind: 'started' });
  for (;;) {
    try {
      const output = yield* prepared.run(saga);
      refuseAfterGate(execution);
      report(execution, { phase: 'completed', percent: 100, step: undefined, attempt: undefined, error: undefined });
      tell(execution, { kind: 'completed' });
      return output;
    } catch (error) {
      if (!(error instanceof SagaFailure)) throw error;
      yield* failSaga(execution, saga, prepared, error);
    }
  }
}

/** Ends when the failure is to be forgotten and the saga starts again. */
function* failSaga(
  execution: Execution,
  saga: Saga,
  prepared: PreparedSaga<unknown>,
  failure: SagaFailure,
): Operation<void> {
  const main = execution.scopes[0];
  if (main === undefined) throw new Error('invariant: an execution always has its main scope');
  if (!execution.pivoted) yield* compensate(execution, main, failure);
  execution.direction = 'backward';
  try {
    yield* prepared.onFailed(saga, failure);
  } catch (error) {
    if (!(error instanceof SagaFailure)) throw error;
    tell(execution, {
      kind: 'attempt-failed',
      step: 'onFailed',
      attempt: 1,
      of: 1,
      error: error.data,
      retryInMs: undefined,
    });
  }
  yield* openGate(execution, execution.pivoted ? 'failed-past-pivot' : 'failed', failure.data);
  execution.direction = 'forward';
  execution.cancel = execution.df.waitForExternalEvent(cancelEvent);
  execution.scopes = [openScope(main.path, main.onFailure)];
  report(execution, { percent: 0, error: undefined });
}

function createExecution(
  context: OrchestrationContext,
  definition: SagaDefinition,
  correlationId: string | undefined,
  activities: ReadonlySet<string>,
): Execution {
  const { df } = context;
  return {
    df,
    saga: definition.name,
    version: definition.version,
    correlationId: correlationId ?? df.instanceId,
    activities,
    cancel: df.waitForExternalEvent(cancelEvent),
    narrate: createNarrator(context),
    scopes: [openScope('main', 'compensate')],
    counts: new Map(),
    gates: 0,
    pivoted: false,
    direction: 'forward',
    progress: { phase: 'running', percent: 0, decided: [] },
  };
}

function createNarrator(context: OrchestrationContext): (event: SagaEvent) => void {
  return (event) => {
    const { level, text } = describeEvent(event);
    context[level](`${context.df.instanceId} ${text}`);
  };
}
