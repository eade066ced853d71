/**
 * Runs what is added, at most `limit` at a time, first come first served. A piece of work that rejects has been interrupted (the
 * worker is gone): it is handed to `interrupted`, which may add it again.
 */
export interface WorkQueue<T> {
  add(work: T): void;
  /** Starts nothing more, and resolves when what runs has ended. */
  stop(): Promise<void>;
}

export const createWorkQueue = <T>(
  limit: number,
  run: (work: T) => Promise<void>,
  interrupted: (work: T, error: unknown) => void,
): WorkQueue<T> => {
  const waiting: T[] = [];
  let head = 0;
  let isStopped = false;
  const running = new Set<Promise<void>>();

  const next = (): void => {
    while (!isStopped && running.size < limit && head < waiting.length) {
      const work = waiting[head++] as T;
      const ended = run(work)
        .catch((error: unknown) => interrupted(work, error))
        .finally(() => {
          running.delete(ended);
          next();
        });
      running.add(ended);
    }
    if (head > 1000 && head * 2 > waiting.length) (waiting.splice(0, head), (head = 0));
  };

  return {
    add(work) {
      waiting.push(work);
      next();
    },
    async stop() {
      isStopped = true;
      await Promise.all(running);
    },
  };
};
