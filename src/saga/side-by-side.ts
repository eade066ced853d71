import { type Branch, type BranchEnd, createBranch, runBranches, stopBranch } from './branches.ts';
import { businessError, SagaFailure } from './errors.ts';
import type { Execution } from './execution.ts';
import type { Operation } from './operation.ts';

/**
 * Runs operations until all have ended, in their order, as many at the same time as the limit allows. When one fails the others
 * begin nothing more; what they are doing is awaited.
 * @throws SagaFailure the first one
 */
export function* runSideBySide<T>(
  execution: Execution,
  operations: Iterator<Operation<T>>,
  limit: number,
): Operation<T[]> {
  const branches: Branch<T>[] = [];
  const begin = (): void => {
    const next = operations.next();
    if (next.done !== true) branches.push(createBranch(execution, next.value));
  };
  for (let n = 0; n < limit; n++) begin();
  let failed: BranchEnd<T> | undefined;
  yield* runBranches(execution, branches, ({ end }) => {
    if (failed !== undefined) return;
    if (end?.ok === true) return begin();
    failed = end;
    stopAll(execution, branches, 'another operation beside it has failed');
  });
  if (failed !== undefined) resultOf(failed);
  return branches.map(({ end }) => resultOf(end));
}

/** Nobody need be asked whether to undo what was stopped. */
export function stopAll<T>({ conceded }: Execution, branches: readonly Branch<T>[], because: string): void {
  const stopped = new SagaFailure(businessError('OperationStopped', 'stopped', because));
  conceded.add(stopped);
  for (const branch of branches) stopBranch(branch, stopped);
}

export function resultOf<T>(end: BranchEnd<T> | undefined): T {
  if (end === undefined) throw new Error('invariant: every branch has ended');
  if (end.ok) return end.value;
  throw end.failure;
}
