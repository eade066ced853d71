import type { Task } from 'durable-functions';
import { z } from 'zod';
import { SagaCancelled } from './errors.ts';
import { type Execution, refuseAfterGate } from './execution.ts';
import type { Operation } from './operation.ts';

// Waiting, with one cooperative cancel. The rules of the platform that shape this file:
// - An orchestrator sees an event only while it waits for it, so every wait that a cancel may end is a race with the one cancel task.
// - The host starts each task that a race lists, so no task but an event may be listed in two races.
// - A pending timer would keep the instance from ending, so a timer that lost is cancelled.

export const cancelEvent = 'cancel';

const cancelSchema = z.object({ by: z.string(), reason: z.string().optional() }).catch({ by: 'unknown' });

/**
 * Waits for the first of the tasks.
 * @throws SagaCancelled when a cancel came before them
 */
export function* firstOf(execution: Execution, tasks: Task[]): Operation<void> {
  yield* race(execution, tasks);
  if (!tasks.some(isSettled)) throwIfCancelled(execution);
}

/** Waits for a task that has an effect: a cancel does not abandon it, its result must be known. */
export function* settled(execution: Execution, task: Task): Operation<void> {
  yield* race(execution, [task]);
  if (isSettled(task)) return;
  try {
    yield task;
  } catch {
    // A failed task throws here; the caller reads its result from the task all the same.
  }
}

/** @throws SagaCancelled */
export function throwIfCancelled(execution: Execution): void {
  if (!isCancellable(execution) || !execution.cancel.isCompleted) return;
  const { by, reason } = cancelSchema.parse(execution.cancel.result);
  throw new SagaCancelled(by, reason);
}

/** @throws SagaCancelled */
export function* sleepUntil(execution: Execution, due: Date): Operation<void> {
  const timer = execution.df.createTimer(due);
  try {
    yield* firstOf(execution, [timer]);
  } finally {
    if (!timer.isCompleted) timer.cancel();
  }
}

function* race(execution: Execution, tasks: Task[]): Operation<void> {
  refuseAfterGate(execution);
  throwIfCancelled(execution);
  yield execution.df.Task.any(isCancellable(execution) ? [...tasks, execution.cancel] : tasks);
}

const isCancellable = (execution: Execution): boolean => execution.direction === 'forward' && !execution.pivoted;

const isSettled = (task: Task): boolean => task.isCompleted || task.isFaulted;
