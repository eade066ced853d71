/** Work that runs at most so many at a time, first come first served. */
export interface WorkQueue<T> {
  add(work: T): void;
  /** Starts nothing more, and resolves when what runs has ended. */
  stop(): Promise<void>;
}

/** @param interrupted told of work that rejects; it may add it again. */
export function createWorkQueue<T>(
  limit: number,
  run: (work: T) => Promise<void>,
  interrupted: (work: T, error: unknown) => void,
): WorkQueue<T> {
  let waiting: T[] = [];
  let taken = 0;
  let isStopped = false;
  const running = new Set<Promise<void>>();

  const take = (): T | undefined => {
    const work = waiting[taken++];
    if (taken < 1024 && taken < waiting.length) return work;
    // Shifting one by one would move a long queue each time.
    waiting = waiting.slice(taken);
    taken = 0;
    return work;
  };

  const fill = (): void => {
    while (running.size < limit && waiting.length > 0) {
      const work = take();
      if (work !== undefined) start(work);
    }
  };

  const start = (work: T): void => {
    const ended = run(work)
      .catch((error: unknown) => interrupted(work, error))
      .finally(() => {
        running.delete(ended);
        if (!isStopped) fill();
      });
    running.add(ended);
  };

  return {
    add(work) {
      waiting.push(work);
      if (!isStopped) fill();
    },
    async stop() {
      isStopped = true;
      await Promise.all(running);
    },
  };
}
