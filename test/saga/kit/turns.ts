import { setImmediate } from 'node:timers/promises';

/** Long enough for the engine to run an episode, if it runs one. */
export async function turns(): Promise<void> {
  for (let n = 0; n < 20; n++) await setImmediate();
}
