import { type ErrorData, ReviewRejected, SagaCancelled, SagaDefinitionError, SagaFailure, stepOf } from './errors.ts';
import { count, currentScope, type Execution, refuseAfterEnd, report, tell } from './execution.ts';
import { openGate } from './gate.ts';
import { leaveToParent } from './leave-to-parent.ts';
import { computeUndoOrder, type LedgerEntry, openScope, type Scope } from './ledger.ts';
import type { Operation } from './operation.ts';
import { runSideBySide } from './side-by-side.ts';
import { undoEntry } from './step.ts';

export interface ScopeOptions {
  /** `compensate` undoes what the scope did; `hold` fails the instance in place, effects kept. Default: as the scope around it. */
  readonly onFailure?: Scope['onFailure'];
  /** `parallel` undoes what the scope did side by side. Default: `serial`, last started first. */
  readonly order?: Scope['order'];
}

const scopeName = /^[A-Za-z][A-Za-z0-9_-]{0,60}$/;

/**
 * Runs a body whose effects are undone together when it fails; the failure then goes on.
 * @throws SagaDefinitionError for a name that cannot be part of an idempotency key, or is a sub-saga's
 */
export function* runScope<T>(
  execution: Execution,
  name: string,
  body: () => Operation<T>,
  options: ScopeOptions = {},
): Operation<T> {
  refuseAfterEnd(execution);
  if (!scopeName.test(name)) {
    throw new SagaDefinitionError(
      `scope '${name}': a name is a letter followed by up to 60 letters, digits, '-' or '_'`,
    );
  }
  if (execution.sagas.has(name)) {
    throw new SagaDefinitionError(
      `scope '${name}' has the name of a saga that others run, so that steps of both could get the same idempotency key: rename one of them`,
    );
  }
  const parent = currentScope(execution);
  const n = count(execution, `scope ${name}`);
  const path = `${parent.path}/${n === 1 ? name : `${name}#${n}`}`;
  const scope = openScope(path, { onFailure: parent.onFailure, order: 'serial', ...options });
  execution.scopes.push(scope);
  try {
    return yield* body();
  } catch (error) {
    if (!(error instanceof SagaFailure)) throw error;
    if (scope.onFailure === 'hold' && !execution.pivoted && !isDecided(execution, error)) {
      yield* openGate(execution, 'held-scope', error.data, stepOf(error));
      execution.conceded.add(error);
    }
    if (!execution.pivoted) yield* compensate(execution, scope, error);
    throw error;
  } finally {
    execution.scopes.pop();
    parent.entries.push(...scope.entries);
  }
}

/** A person has chosen that this is to be undone: a scope that holds need not ask again. */
const isDecided = ({ conceded }: Execution, error: SagaFailure): boolean =>
  error instanceof SagaCancelled || error instanceof ReviewRejected || conceded.has(error);

/** Neither the outside nor the history is to be flooded. */
const mostUndosAtOnce = 10;

/**
 * Undoes what a scope did, last started first, or side by side where the scope says so. It is never interrupted, and never given
 * up silently: an undo that fails for good stops the instance at a gate, where an operator has it tried again or skipped with a
 * reason; of those side by side, the others are done by then.
 */
export function* compensate(execution: Execution, scope: Scope, failure: SagaFailure): Operation<void> {
  const { direction } = execution;
  execution.direction = 'backward';
  reportCompensating(execution, failure);
  tell(execution, { kind: 'compensating', scope: scope.path, error: failure.data });
  const undos = computeUndoOrder(scope.entries).map((entry) => compensateEntry(execution, entry, failure));
  if (scope.order === 'parallel') yield* runSideBySide(execution, undos.values(), mostUndosAtOnce);
  else for (const undo of undos) yield* undo;
  execution.direction = direction;
}

function* compensateEntry(execution: Execution, entry: LedgerEntry, failure: SagaFailure): Operation<void> {
  while (entry.undo !== 'done' && entry.undo !== 'skipped') {
    const result = yield* undoEntry(execution, entry);
    entry.undo = result.ok ? 'done' : 'failed';
    if (!result.ok) yield* decideFailedUndo(execution, entry, result.error, failure);
    reportCompensating(execution, failure);
  }
}

function* decideFailedUndo(
  execution: Execution,
  entry: LedgerEntry,
  error: ErrorData,
  failure: SagaFailure,
): Operation<void> {
  if (execution.commission !== undefined) {
    return yield* leaveToParent(execution, { phase: 'compensation_failed', error: failure.data });
  }
  const { action, by, reason } = yield* openGate(execution, 'compensation-failed', error, `undo of ${entry.id}`);
  if (action === 'retry') return;
  entry.undo = 'skipped';
  entry.skipped = { by, reason };
}

const reportCompensating = (execution: Execution, { data }: SagaFailure): void =>
  report(execution, { phase: 'compensating', error: data });
