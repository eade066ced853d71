import type { ReplayState } from './replay-state.ts';
import type { Settle } from './scheduled-tasks.ts';
import { addMilliseconds, millisecondsBetween, type Timestamp } from './timestamp.ts';

/** Azure Storage's limits: a timer beyond six days is cut into parts of three, and durable-functions counts the same parts. */
const maxTimerMs = 6 * 86_400_000;
const timerPartMs = 3 * 86_400_000;

export function startTimer(state: ReplayState, fireAt: Timestamp, isCanceled: boolean, settle: Settle): void {
  const isLong = millisecondsBetween(state.now, fireAt) > maxTimerMs;
  const startPart = (partAt: Timestamp): void => {
    const id = state.tasks.schedule(
      (id) => ({ kind: 'timer', id, fireAt: partAt }),
      (succeeded) => {
        const remaining = millisecondsBetween(state.now, fireAt);
        if (!isLong || isCanceled || remaining <= 0) settle(succeeded);
        else startPart(remaining < timerPartMs ? fireAt : addMilliseconds(state.now, timerPartMs));
      },
    );
    if (isCanceled) state.tasks.settle(id, false);
  };
  startPart(isLong ? addMilliseconds(state.now, timerPartMs) : fireAt);
}
