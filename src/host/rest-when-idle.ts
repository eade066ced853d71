import type { Invoke } from './worker/contract.ts';

export interface RestingInvoke {
  readonly invoke: Invoke;
  /** No rest will begin any more. */
  readonly stop: () => void;
}

/**
 * Calls `rest` when functions have run and then none has for `idleMs` of real time: a host whose instances wait for days need not keep
 * the memory of its busy hours, and V8 does not look for garbage while nothing happens.
 */
export function restWhenIdle(invoke: Invoke, idleMs: number, rest: () => void): RestingInvoke {
  let running = 0;
  let timer: NodeJS.Timeout | undefined;
  const stop = () => clearTimeout(timer);
  return {
    async invoke(invocation) {
      stop();
      running++;
      try {
        return await invoke(invocation);
      } finally {
        running--;
        if (running === 0) timer = setTimeout(rest, idleMs).unref();
      }
    },
    stop,
  };
}
