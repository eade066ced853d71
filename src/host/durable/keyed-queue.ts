import { createWorkQueue, type WorkQueue } from './work-queue.ts';

/**
 * Work by key: one run at a time for each key, a limited number at once. A key that is added while it runs runs once more.
 *
 * @param interrupted told of a run that rejects; `resume` runs the key again.
 */
export function createKeyedQueue(
  limit: number,
  run: (key: string) => Promise<void>,
  interrupted: (key: string, error: unknown, resume: () => void) => void,
): WorkQueue<string> {
  const busy = new Set<string>();
  const again = new Set<string>();

  const runOnce = async (key: string): Promise<void> => {
    again.delete(key);
    await run(key);
    busy.delete(key);
    if (again.delete(key)) add(key);
  };

  const queue = createWorkQueue(limit, runOnce, (key, error) => interrupted(key, error, () => queue.add(key)));

  const add = (key: string): void => {
    if (busy.has(key)) again.add(key);
    else {
      busy.add(key);
      queue.add(key);
    }
  };

  return { add, stop: () => queue.stop() };
}
