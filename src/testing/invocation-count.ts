import { setImmediate as turn } from 'node:timers/promises';
import type { Invoke } from '../host/worker/contract.ts';

export interface InvocationCount {
  readonly invoke: Invoke;
  /**
   * Resolves when everything has happened that needs no time. `afterEach` is called whenever a function may have run, and may
   * make others run.
   */
  readonly settle: (afterEach?: () => Promise<void>) => Promise<void>;
}

/** What takes no time is over after a few turns of the event loop (commit-queue.ts of the durable engine). */
const quietTurns = 6;

export function countInvocations(invoke: Invoke): InvocationCount {
  let running = 0;
  let begun = 0;
  return {
    async invoke(invocation) {
      running++;
      begun++;
      try {
        return await invoke(invocation);
      } finally {
        running--;
      }
    },
    async settle(afterEach) {
      for (let quiet = 0, last = begun; quiet < quietTurns; quiet++) {
        await turn();
        const hasRun = begun > last;
        last = begun;
        if (running > 0 || hasRun) quiet = 0;
        if (hasRun) await afterEach?.();
      }
    },
  };
}
