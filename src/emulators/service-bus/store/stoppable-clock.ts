import type { Clock } from '../../../host/clock.ts';

export interface StoppableClock extends Clock {
  /** Cancels every timer that has not fired. */
  stop(): void;
}

/** A broker's share of a clock: once its file is closed, nothing may fire that would write to it. */
export function createStoppableClock(clock: Clock): StoppableClock {
  const cancels = new Set<() => void>();
  return {
    now: () => clock.now(),
    at(at, fire) {
      const cancel = clock.at(at, () => {
        cancels.delete(cancel);
        fire();
      });
      cancels.add(cancel);
      return () => {
        cancels.delete(cancel);
        cancel();
      };
    },
    stop() {
      for (const cancel of cancels) cancel();
      cancels.clear();
    },
  };
}
