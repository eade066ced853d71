import type { Task } from 'durable-functions';
import { SagaFailure } from './errors.ts';
import type { BranchState, Execution } from './execution.ts';
import type { Operation } from './operation.ts';
import { createTaskGroup } from './task-group.ts';
import { isCancellable, isSettled } from './wait.ts';

// Operations side by side.
// 1. Branches take turns: one runs until it waits. Between its turns its scopes, direction and reason to stop are put aside.
// 2. The outermost driver alone waits on the platform, in one task group and with the one cancel waiter; an inner driver hands
//    what it waits for to the one around it.
// 3. A branch in an interruptible wait can be woken before its task has ended; it finds out by itself why.
// 4. A gate must be the last event of the history, so it waits until no branch waits for anything but gates.

export type BranchEnd<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: SagaFailure };

export interface Branch<T> {
  readonly operation: Operation<T>;
  readonly state: BranchState;
  /** Undefined before its first turn. */
  waitsFor?: Task;
  end?: BranchEnd<T>;
}

export function createBranch<T>({ scopes, direction, stop }: Execution, operation: Operation<T>): Branch<T> {
  return { operation, state: { scopes: [...scopes], direction, stop } };
}

/** Asks a branch to end: it begins nothing more, and what it is doing is awaited. */
export function stopBranch<T>({ state }: Branch<T>, because: SagaFailure): void {
  state.stop ??= because;
}

/**
 * Runs branches until all have ended. `onEnd` is told of each; it may stop others and add new ones.
 * @throws at once what a branch throws that is no SagaFailure: it is a bug, or the end of the instance
 */
export function* runBranches<T>(
  execution: Execution,
  branches: Branch<T>[],
  onEnd: (branch: Branch<T>) => void,
): Operation<void> {
  const { inBranch } = execution;
  const wait = inBranch ? handUp : createPlatformWait(execution);
  execution.inBranch = true;
  try {
    for (;;) {
      const tasks = takeTurns(execution, branches, onEnd);
      if (tasks.length === 0) return;
      yield* wait(execution, tasks);
      const { stop } = execution;
      if (stop !== undefined) for (const branch of branches) stopBranch(branch, stop);
    }
  } finally {
    execution.inBranch = inBranch;
  }
}

/** Gives turns, the first that is ready first, until all wait; answers what they wait for. */
function takeTurns<T>(
  execution: Execution,
  branches: readonly Branch<T>[],
  onEnd: (branch: Branch<T>) => void,
): Task[] {
  let tasks: Task[] = [];
  for (let n = 0; n < branches.length; n++) {
    const branch = branches[n];
    if (branch === undefined || branch.end !== undefined) continue;
    if (!isReady(execution, branch)) {
      if (branch.waitsFor !== undefined) tasks.push(branch.waitsFor);
      continue;
    }
    takeTurn(execution, branch);
    n--;
    if (!hasEnded(branch)) continue;
    onEnd(branch);
    // It may have stopped those before it.
    tasks = [];
    n = -1;
  }
  return tasks;
}

const hasEnded = <T>({ end }: Branch<T>): boolean => end !== undefined;

function isReady<T>(execution: Execution, { waitsFor, state }: Branch<T>): boolean {
  if (waitsFor === undefined || isSettled(waitsFor)) return true;
  return execution.interruptible.has(waitsFor) && (state.stop !== undefined || isCancelDue(execution));
}

function takeTurn<T>(execution: Execution, branch: Branch<T>): void {
  const { operation, waitsFor } = branch;
  const driver = stateOf(execution);
  Object.assign(execution, branch.state);
  try {
    const turn = waitsFor?.isFaulted === true ? operation.throw(waitsFor.result) : operation.next(waitsFor?.result);
    if (turn.done === true) branch.end = { ok: true, value: turn.value };
    else branch.waitsFor = turn.value;
  } catch (failure) {
    if (!(failure instanceof SagaFailure)) throw failure;
    branch.end = { ok: false, failure };
  } finally {
    Object.assign(branch.state, stateOf(execution));
    Object.assign(execution, driver);
  }
}

const stateOf = ({ scopes, direction, stop }: Execution): BranchState => ({ scopes, direction, stop });

type Wait = (execution: Execution, tasks: readonly Task[]) => Operation<void>;

const createPlatformWait = ({ df }: Execution): Wait => {
  let group = createTaskGroup(df);
  return function* (execution, tasks) {
    const catchUp = findCatchUp(execution, tasks);
    if (catchUp !== undefined) {
      yield catchUp;
      // What is listed from now on, the host starts after it.
      group = createTaskGroup(df);
      return;
    }
    const open = tasks.filter((task) => !execution.gateTasks.has(task));
    if (open.length > 0) {
      yield group.any(canBeCancelled(execution) ? [...open, execution.cancel] : open);
      return;
    }
    try {
      const [gate] = tasks;
      if (gate === undefined) return;
      execution.gateTasks.get(gate)?.();
      if (isSettled(gate)) return;
      yield gate;
    } catch {
      // A failed gate throws here; the branch that opened it is told by the task in its turn.
    }
    // What is listed after the gate is numbered after it.
    group = createTaskGroup(df);
  };
};

function* handUp(execution: Execution, tasks: readonly Task[]): Operation<void> {
  const catchUp = findCatchUp(execution, tasks);
  if (catchUp !== undefined) {
    yield catchUp;
    return;
  }
  const open = tasks.filter((task) => !execution.gateTasks.has(task));
  const [gate] = tasks;
  if (open.length === 0 && gate !== undefined) {
    yield gate;
    return;
  }
  const any = execution.df.Task.any(open);
  if (execution.direction === 'forward' && execution.stop === undefined && !isCancelDue(execution)) {
    execution.interruptible.add(any);
  }
  yield any;
}

const findCatchUp = ({ catchUps }: Execution, tasks: readonly Task[]): Task | undefined =>
  tasks.find((task) => catchUps.has(task));

const canBeCancelled = (execution: Execution): boolean => isCancellable(execution) && !execution.cancel.isCompleted;
const isCancelDue = ({ pivoted, cancel }: Execution): boolean => !pivoted && cancel.isCompleted;
