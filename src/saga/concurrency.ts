import { type BranchEnd, createBranch, runBranches } from './branches.ts';
import { SagaDefinitionError } from './errors.ts';
import type { Execution } from './execution.ts';
import type { Operation } from './operation.ts';
import { runScope } from './scope.ts';
import { resultOf, runSideBySide, stopAll } from './side-by-side.ts';
import { throwIfCancelled } from './wait.ts';

/** The results of operations, in their order. */
export type ResultsOf<Operations extends readonly Operation<unknown>[]> = {
  -readonly [N in keyof Operations]: Operations[N] extends Operation<infer T> ? T : never;
};

/**
 * Runs operations side by side until all have ended. When one fails the others begin nothing more; what they are doing is
 * awaited, so that the scope around can undo it.
 * @throws SagaFailure the first one
 */
export function* runAll<T>(execution: Execution, operations: readonly Operation<T>[]): Operation<T[]> {
  return yield* runSideBySide(execution, operations.values(), operations.length);
}

export interface MapOptions {
  /** At most this many at the same time. Default: all. */
  readonly limit?: number;
}

/**
 * Runs one operation for each item, in the order of the items, as many side by side as the limit allows.
 * @throws SagaFailure the first one; SagaDefinitionError for a limit that is no whole number of 1 or more
 */
export function* runMap<Item, T>(
  execution: Execution,
  items: readonly Item[],
  operate: (item: Item, index: number) => Operation<T>,
  { limit = Math.max(1, items.length) }: MapOptions,
): Operation<T[]> {
  if (!Number.isInteger(limit) || limit < 1) {
    throw new SagaDefinitionError(`saga.map: limit is ${limit}; it must be a whole number, 1 or more`);
  }
  const operations = items.values().map(function* (item, index) {
    return yield* operate(item, index);
  });
  return yield* runSideBySide(execution, operations, Math.min(limit, items.length));
}

/**
 * Runs operations side by side until the first has ended, well or not; the others are stopped, and what they did is undone.
 * @throws SagaFailure when the first to end has failed
 */
export function* runRace<T>(execution: Execution, operations: readonly Operation<T>[]): Operation<T> {
  if (operations.length === 0) throw new SagaDefinitionError('saga.race needs at least one operation');
  const branches = operations.map((operation) =>
    createBranch(
      execution,
      runScope(execution, 'race', () => unlessStopped(execution, operation)),
    ),
  );
  let first: BranchEnd<T> | undefined;
  yield* runBranches(execution, branches, ({ end }) => {
    if (first !== undefined) return;
    first = end;
    stopAll(execution, branches, 'another operation of the race has ended first');
  });
  return resultOf(first);
}

/** What ends well once it was stopped has lost all the same: it fails, so that its scope is undone. */
function* unlessStopped<T>(execution: Execution, operation: Operation<T>): Operation<T> {
  const result = yield* operation;
  throwIfCancelled(execution);
  return result;
}
