import type { EngineContext } from './context.ts';
import { insertMessage } from './instance-rows.ts';
import type { Message } from './store.ts';

export interface TimerAlarm {
  /** To be told of each timer that is written. */
  expect(dueAt: number): void;
  stop(): void;
}

/** Turns timers that are due into messages. The timers are in the store; only the time of the earliest is kept here. */
export function createTimerAlarm(context: EngineContext, deliver: (messages: readonly Message[]) => void): TimerAlarm {
  const { clock, commits, store } = context;
  let armedFor = Infinity;
  let disarm: (() => void) | undefined;

  const arm = (dueAt: number): void => {
    if (dueAt >= armedFor) return;
    disarm?.();
    armedFor = dueAt;
    disarm = clock.at(dueAt, ring);
  };

  const ring = (): void => {
    armedFor = Infinity;
    const fired = commits.writeSoon(() =>
      store.readTimersDue(clock.now()).map((timer) => {
        store.deleteTimer(timer.id);
        const { instanceId, executionId, event } = timer;
        return insertMessage(context, { instanceId, executionId, event });
      }),
    );
    const next = store.nextTimerDue();
    if (next !== undefined) arm(next);
    deliver(fired);
  };

  const first = store.nextTimerDue();
  if (first !== undefined) arm(first);
  return { expect: arm, stop: () => disarm?.() };
}
