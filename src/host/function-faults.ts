import type { Log } from './log.ts';
import type { AppFunction } from './worker/contract.ts';

export interface FunctionFaults {
  /** Names a function that does not run, and why. */
  readonly add: (fn: AppFunction, error: unknown) => void;
  readonly of: (functionName: string) => string | undefined;
}

/** A function that cannot run does not keep the others from running, but it is told of. */
export function createFunctionFaults(log: Log): FunctionFaults {
  const faults = new Map<string, string>();
  return {
    add(fn, error) {
      const reason = error instanceof Error ? error.message : String(error);
      faults.set(fn.name, reason);
      log('error', 'Host.Startup', `Function "${fn.name}" does not run: ${reason}`);
    },
    of: (functionName) => faults.get(functionName),
  };
}
