import type { Clock } from '../../../src/host/clock.ts';

export interface VirtualClock extends Clock {
  /** Lets time pass and fires what falls due, in order. */
  advance(milliseconds: number): void;
}

/** Starts at the real time, so that tokens of real clients are valid, and stands still. */
export function createVirtualClock(): VirtualClock {
  let now = Date.now();
  const timers = new Set<{ at: number; fire: () => void }>();
  return {
    now: () => now,
    at(at, fire) {
      const timer = { at, fire };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(milliseconds) {
      now += milliseconds;
      for (const timer of [...timers].sort((a, b) => a.at - b.at)) {
        if (timer.at <= now && timers.delete(timer)) timer.fire();
      }
    },
  };
}
