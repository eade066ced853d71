import { SagaCancelled, SagaFailure, StepFailed } from './errors.ts';
import { count, currentScope, type Execution, refuseAfterGate, report, tell } from './execution.ts';
import { openGate } from './gate.ts';
import { computeUndoOrder, openScope, type Scope } from './ledger.ts';
import type { Operation } from './operation.ts';
import { undoEntry } from './step.ts';

export interface ScopeOptions {
  /** `compensate` (default) undoes what the scope did; `hold` fails the instance in place, effects kept. */
  readonly onFailure?: Scope['onFailure'];
}

/** Runs a body whose effects are undone together when it fails; the failure then goes on. */
export function* runScope<T>(
  execution: Execution,
  name: string,
  body: () => Operation<T>,
  options: ScopeOptions = {},
): Operation<T> {
  refuseAfterGate(execution);
  const parent = currentScope(execution);
  const n = count(execution, `scope ${name}`);
  const path = `${parent.path}/${n === 1 ? name : `${name}#${n}`}`;
  const scope = openScope(path, options.onFailure ?? parent.onFailure);
  execution.scopes.push(scope);
  try {
    const result = yield* body();
    parent.entries.push(...scope.entries);
    return result;
  } catch (error) {
    if (!(error instanceof SagaFailure)) throw error;
    if (scope.onFailure === 'hold' && !decidedToFail(error)) yield* openGate(execution, 'held-scope', error.data);
    if (!execution.pivoted) yield* compensate(execution, scope, error);
    throw error;
  } finally {
    execution.scopes = execution.scopes.filter((open) => open !== scope);
  }
}

/** A held step fails its scope only when an operator chose to compensate; a cancel was somebody's choice too. */
const decidedToFail = (error: SagaFailure): boolean => error instanceof StepFailed || error instanceof SagaCancelled;

/**
 * Undoes what a scope did, last started first. It is never interrupted, and never given up silently: an undo that fails for
 * good stops the instance at a gate, where an operator has it tried again or skipped with a reason.
 */
export function* compensate(execution: Execution, scope: Scope, failure: SagaFailure): Operation<void> {
  const pending = computeUndoOrder(scope.entries);
  const direction = execution.direction;
  execution.direction = 'backward';
  report(execution, { phase: 'compensating', error: failure.data, review: undefined });
  tell(execution, { kind: 'compensating', scope: scope.path, error: failure.data });
  for (const entry of pending) {
    while (entry.undo !== 'done' && entry.undo !== 'skipped') {
      const result = yield* undoEntry(execution, entry);
      if (result.ok) {
        entry.undo = 'done';
      } else {
        entry.undo = 'failed';
        const decision = yield* openGate(execution, 'compensation-failed', result.error);
        if (decision.action === 'skip') {
          entry.undo = 'skipped';
          entry.skipped = { by: decision.by, reason: decision.reason };
        }
        report(execution, { phase: 'compensating' });
      }
    }
  }
  execution.direction = direction;
}
