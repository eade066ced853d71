/** The one source of time and timers in the host; tests bring their own. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `fire` once at or after `at` (epoch milliseconds, any distance). The answer cancels it. */
  at(at: number, fire: () => void): () => void;
}

/** Node rejects delays over 2^31-1 ms by firing at once, so longer waits are taken in parts. */
const longestDelay = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  at(at, fire) {
    let timer: NodeJS.Timeout;
    const arm = () => {
      const delay = Math.max(0, at - Date.now());
      timer = setTimeout(delay > longestDelay ? arm : fire, Math.min(delay, longestDelay));
    };
    arm();
    return () => clearTimeout(timer);
  },
};
