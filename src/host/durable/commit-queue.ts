import type { DatabaseSync } from 'node:sqlite';

/**
 * Group commit: everything that is written in one turn of the event loop shares one transaction and one sync to disk. Reads on the
 * same connection see what is not committed yet, so decisions are always taken on the latest state; whoever promises anything to
 * the outside awaits `committed` first.
 */
export interface CommitQueue {
  /** Runs `work` inside the open transaction, which commits at the end of this turn. */
  write<T>(work: () => T): T;
  /** Resolves when everything written so far is on disk; rejects when it cannot be. */
  committed(): Promise<void>;
  /** Commits now. */
  flush(): void;
}

interface Batch {
  readonly done: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const createBatch = (): Batch => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // A batch that nobody awaits must not end the process by itself: the queue is broken and says so at the next call.
  promise.catch(() => undefined);
  return { done: promise, resolve, reject };
};

/** @param onFailure told once, when a transaction could not be written: from then on the queue refuses everything. */
export const createCommitQueue = (database: DatabaseSync, onFailure: (error: unknown) => void): CommitQueue => {
  let open: Batch | undefined;
  let broken: Error | undefined;

  const breakDown = (error: unknown): void => {
    broken = new Error('The durable store has failed; restart the host.', { cause: error });
    open?.reject(error);
    open = undefined;
    if (database.isTransaction) database.exec('ROLLBACK');
    onFailure(error);
  };

  const flush = (): void => {
    if (open === undefined) return;
    const batch = open;
    try {
      database.exec('COMMIT');
      open = undefined;
      batch.resolve();
    } catch (error) {
      breakDown(error);
    }
  };

  const begin = (): void => {
    if (broken !== undefined) throw broken;
    if (open !== undefined) return;
    database.exec('BEGIN IMMEDIATE');
    open = createBatch();
    setImmediate(flush);
  };

  return {
    write(work) {
      begin();
      try {
        return work();
      } catch (error) {
        breakDown(error);
        throw error;
      }
    },
    committed: () => open?.done ?? (broken === undefined ? Promise.resolve() : Promise.reject(broken)),
    flush,
  };
};
