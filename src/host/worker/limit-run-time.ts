import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { formatTimeSpan } from '../time-span.ts';
import type { Invocation, InvocationResult, Invoke } from './contract.ts';

/** How long a function that has been given up may still take before the app is started anew for it. */
const graceMs = 2_000;

/** An invocation under way. */
export interface Call {
  readonly result: Promise<InvocationResult>;
  /** False while another function keeps the thread. */
  readonly hasBegun: () => boolean;
}

export interface RunTimeLimits {
  /** Milliseconds; undefined for none. */
  readonly functionTimeout: number | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends the thread: a function cannot be ended in any other way. */
  readonly endThread: (reason: string) => void;
}

/** Fails functions that run for too long, as FunctionTimeoutException does it; one that goes on nevertheless is ended with its thread. */
export function limitRunTime(
  start: (invocation: Invocation) => Call,
  { functionTimeout, clock, log, endThread }: RunTimeLimits,
): Invoke {
  if (functionTimeout === undefined) return (invocation) => start(invocation).result;
  const span = formatTimeSpan(functionTimeout);

  const endAfterGrace = (result: Call['result'], id: string): void => {
    const cancel = clock.at(clock.now() + graceMs, () => {
      log(
        'warning',
        'Host',
        `A function timeout has occurred. Restarting worker process executing invocationId '${id}'.`,
      );
      endThread(`a function has run for more than ${span}`);
    });
    result.then(cancel, cancel);
  };

  return async (invocation) => {
    const { functionName: name, invocationId: id } = invocation;
    const { result, hasBegun } = start(invocation);
    const timedOut = Promise.withResolvers<InvocationResult>();
    let cancel: (() => void) | undefined;
    const expire = (): void => {
      if (!hasBegun()) return watch();
      const what = `exceeded by function 'Functions.${name}' (Id: '${id}')`;
      log('error', 'Host.Executor', `Timeout value of ${span} ${what}. Initiating cancellation.`);
      timedOut.resolve(timeoutOf(name, span));
      endAfterGrace(result, id);
    };
    const watch = (): void => {
      cancel = clock.at(clock.now() + functionTimeout, expire);
    };
    watch();
    try {
      return await Promise.race([result, timedOut.promise]);
    } finally {
      cancel?.();
    }
  };
}

const timeoutOf = (functionName: string, span: string): InvocationResult => ({
  ok: false,
  exception: {
    type: 'FunctionTimeoutException',
    message: `Timeout value of ${span} was exceeded by function: Functions.${functionName}`,
    stackTrace: '',
    source: '',
  },
});
