import type { Clock } from '../../src/host/clock.ts';

export interface VirtualClock extends Clock {
  /** Goes forward, firing what is due on the way, in order. */
  advance(milliseconds: number): void;
}

export function createVirtualClock(start: number): VirtualClock {
  let now = start;
  const waiting = new Set<{ readonly at: number; readonly fire: () => void }>();
  return {
    now: () => now,
    at(at, fire) {
      const entry = { at, fire };
      waiting.add(entry);
      return () => void waiting.delete(entry);
    },
    advance(milliseconds) {
      const end = now + milliseconds;
      for (;;) {
        const [next] = [...waiting].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        waiting.delete(next);
        now = Math.max(now, next.at);
        next.fire();
      }
      now = end;
    },
  };
}
