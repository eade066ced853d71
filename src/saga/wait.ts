import type { Task } from 'durable-functions';
import { z } from 'zod';
import { days } from './duration.ts';
import { SagaCancelled, type SagaFailure } from './errors.ts';
import { type Execution, refuseAfterEnd } from './execution.ts';
import type { Operation } from './operation.ts';

// Waiting, with one cooperative cancel. The rules of the platform that shape this file:
// 1. An orchestrator sees an event only while it waits for it, so every wait that a cancel may end is a race with the one cancel task.
// 2. The host starts each task that a race lists, so no task but an event may be listed in two races.
// 3. A pending timer would keep the instance from ending, so a timer that lost is cancelled.
// 4. durable-functions cuts a timer beyond six days into parts and goes on numbering them after it was cancelled, which the host
//    does not: from then on results reach the wrong tasks. So no timer here is that long.
// 5. The host cuts it, too, by its own clock, which lags: in a replay it starts what follows a race as soon as the race is over for
//    it, and that is at once where a cancelled timer is listed, or early where an event of the same name came. The first part then
//    ends the whole wait days too early. So before a timer that could seem long to the host, it is made to catch up: see catchUp.
// 6. Operations that run side by side leave the cancel to their driver (branches.ts), which wakes those that may be interrupted.

const longestTimerMs = days(5);
/** What the host does not cut: six days, with some to spare for its clock. */
const hostHorizonMs = days(5.5);

export const cancelEvent = 'cancel';

const cancelSchema = z.object({ by: z.string(), reason: z.string().optional() }).catch({ by: 'unknown' });

/** Waits for a task that has an effect: a cancel does not abandon it, its result must be known; but the task may be told. */
export function* settled(execution: Execution, task: Task, onCancel?: () => Operation<void>): Operation<void> {
  yield* race(execution, [task]);
  noteCaughtUp(execution);
  if (!isSettled(task) && onCancel !== undefined) yield* onCancel();
  if (isSettled(task)) return;
  try {
    yield task;
  } catch {
    // A failed task throws here; the caller reads its result from the task all the same.
  }
}

/**
 * Waits until the time has come, or until the event has.
 * @throws SagaCancelled when a cancel or the saga's deadline came before
 */
export function* waitUntil(execution: Execution, due: Date, event?: Task): Operation<void> {
  const { df } = execution;
  for (;;) {
    refuseAfterEnd(execution);
    throwIfCancelled(execution);
    if (event?.isCompleted === true) return;
    const now = df.currentUtcDateTime.getTime();
    const until = isCancellable(execution) ? earliest(due, execution.deadline ?? due) : due;
    const reach = earliest(until, new Date(now + longestTimerMs));
    if (reach.getTime() <= now) return;
    if (reach.getTime() - execution.hostTime > hostHorizonMs) {
      yield* catchUp(execution);
      continue;
    }
    const timer = df.createTimer(reach);
    try {
      yield* race(execution, event === undefined ? [timer] : [event, timer]);
    } finally {
      if (!timer.isCompleted) timer.cancel();
    }
    // An event that an earlier wait has had can end this one for the host: it goes on from then.
    if (timer.isCompleted && event === undefined) noteCaughtUp(execution);
    // A timer of the real host may fire a little early; that counts as its time all the same.
    if (timer.isCompleted && reach.getTime() === due.getTime()) return;
    if (timer.isCompleted && reach.getTime() === until.getTime()) throw deadlineExceeded(until);
  }
}

/**
 * Waits for an event, for as long as it takes.
 * @throws SagaCancelled when a cancel came before
 */
export function* waitForEvent(execution: Execution, event: Task): Operation<void> {
  while (!event.isCompleted) yield* race(execution, [event]);
}

/**
 * Takes in the cancels that came before a run from the top: they are not for that one. The first had a waiter, so that without it
 * there are no others.
 */
export function* forgetCancels({ df, cancel }: Execution): Operation<void> {
  for (let isMore = cancel.isCompleted; isMore;) {
    const another = df.waitForExternalEvent(cancelEvent);
    const now = df.createTimer(df.currentUtcDateTime);
    yield df.Task.any([another, now]);
    isMore = another.isCompleted;
    if (!now.isCompleted) now.cancel();
  }
}

/** A timer that is due at once and is never cancelled: the host awaits it by itself, and so comes to the present. */
function* catchUp(execution: Execution): Operation<void> {
  const { df, catchUps } = execution;
  const timer = df.createTimer(df.currentUtcDateTime);
  catchUps.add(timer);
  yield timer;
  execution.hostTime = df.currentUtcDateTime.getTime();
}

/** Beside other operations the host starts everything where their group began. */
function noteCaughtUp(execution: Execution): void {
  if (!execution.inBranch) execution.hostTime = execution.df.currentUtcDateTime.getTime();
}

/**
 * @throws SagaCancelled when somebody has cancelled the saga, or its deadline is over, and it can still be undone
 * @throws SagaFailure when this operation is to stop because of another beside it
 */
export function throwIfCancelled(execution: Execution): void {
  const because = findReasonToStop(execution);
  if (because !== undefined) throw because;
}

export function findReasonToStop(execution: Execution): SagaFailure | undefined {
  if (execution.stop !== undefined && execution.direction === 'forward') return execution.stop;
  if (!isCancellable(execution)) return undefined;
  const { cancel, deadline, df } = execution;
  if (cancel.isCompleted) {
    const { by, reason } = cancelSchema.parse(cancel.result);
    return new SagaCancelled(by, reason);
  }
  return deadline !== undefined && df.currentUtcDateTime >= deadline ? deadlineExceeded(deadline) : undefined;
}

const deadlineExceeded = (deadline: Date) => new SagaCancelled('deadline', `not done by ${deadline.toISOString()}`);

function* race(execution: Execution, tasks: Task[]): Operation<void> {
  refuseAfterEnd(execution);
  throwIfCancelled(execution);
  const { df, inBranch, interruptible, cancel, direction } = execution;
  const any = df.Task.any(!inBranch && isCancellable(execution) ? [...tasks, cancel] : tasks);
  if (direction === 'forward') interruptible.add(any);
  yield any;
}

export const isCancellable = (execution: Execution): boolean => execution.direction === 'forward' && !execution.pivoted;

export const isSettled = (task: Task): boolean => task.isCompleted || task.isFaulted;

const earliest = (one: Date, other: Date): Date => (one.getTime() <= other.getTime() ? one : other);
