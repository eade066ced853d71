import { setImmediate as turn } from 'node:timers/promises';
import type { Invoke } from '../host/worker/contract.ts';

export interface InvocationCount {
  readonly invoke: Invoke;
  /**
   * Resolves when everything has happened that needs no time. `afterTurn` is called again and again meanwhile, and told whether a
   * function may have run; it answers whether it has made others run.
   */
  readonly settle: (afterTurn: (hasRun: boolean) => Promise<boolean>) => Promise<void>;
  /** How many have ended with a result. */
  readonly ended: () => number;
}

/** What takes no time is over after a few turns of the event loop (commit-queue.ts of the durable engine). */
const quietTurns = 6;

export function countInvocations(invoke: Invoke): InvocationCount {
  let running = 0;
  let begun = 0;
  let ended = 0;
  return {
    async invoke(invocation) {
      running++;
      begun++;
      try {
        const result = await invoke(invocation);
        ended++;
        return result;
      } finally {
        running--;
      }
    },
    ended: () => ended,
    async settle(afterTurn) {
      for (let quiet = 0, last = begun; quiet < quietTurns; quiet++) {
        await turn();
        const hasRun = begun > last;
        last = begun;
        const isDisturbed = await afterTurn(hasRun);
        if (running > 0 || hasRun || isDisturbed) quiet = 0;
      }
    },
  };
}
