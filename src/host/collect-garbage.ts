import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Node has it, but shows it to contexts alone that are made while the flag is set. The flag stays, because it is that of all threads,
 * and another may be about to make its context.
 */
function findCollector(): NodeJS.GCFunction {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as NodeJS.GCFunction;
}

let collector: NodeJS.GCFunction | undefined;

/** Gives back to the system what this thread's heap does not need; takes some tens of milliseconds. */
export function collectGarbage(): void {
  collector ??= findCollector();
  collector({ type: 'major', flavor: 'last-resort' });
}
