import type { DatabaseSync } from 'node:sqlite';

/**
 * Group commit: everything that is written in one turn of the event loop shares one transaction and one sync to disk. Reads on the
 * same connection see what is not committed yet, so decisions are always taken on the latest state; whoever promises anything to
 * the outside awaits `committed` first.
 */
export interface CommitQueue {
  /** Runs `work` inside the open transaction, which commits at the end of this turn. */
  write<T>(work: () => T): T;
  /**
   * The same for what could be found out again: unless somebody waits for it, it may stay open a little longer, so that the result
   * of an activity and the episode that follows from it share a commit.
   */
  writeSoon<T>(work: () => T): T;
  /** Resolves when everything written so far is on disk; rejects when it cannot be. */
  committed(): Promise<void>;
  /** Commits now. */
  flush(): void;
  /** Nothing can be written any more. */
  isBroken(): boolean;
}

/** Milliseconds; about what the episode of a long history takes. */
const longestDelay = 10;

interface Batch {
  /** Its commit is under way. */
  isDue: boolean;
  readonly done: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

function createBatch(): Batch {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // A batch that nobody awaits must not end the process by itself: the queue is broken and says so at the next call.
  promise.catch(() => undefined);
  return { isDue: false, done: promise, resolve, reject };
}

/** @param onFailure told once, when a transaction could not be written: from then on the queue refuses everything. */
export function createCommitQueue(database: DatabaseSync, onFailure: (error: unknown) => void): CommitQueue {
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

  const begin = (): Batch => {
    if (broken !== undefined) throw broken;
    if (open !== undefined) return open;
    database.exec('BEGIN IMMEDIATE');
    open = createBatch();
    return open;
  };

  const run = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      breakDown(error);
      throw error;
    }
  };

  const flushThisTurn = (batch: Batch): void => {
    if (!batch.isDue) setImmediate(flush);
    batch.isDue = true;
  };

  // A timer of writeSoon may find its batch committed already; then it commits the next one early, which does no harm.
  return {
    write(work) {
      flushThisTurn(begin());
      return run(work);
    },
    writeSoon(work) {
      if (open === undefined) setTimeout(flush, longestDelay);
      begin();
      return run(work);
    },
    async committed() {
      if (broken !== undefined) throw broken;
      if (open === undefined) return;
      flushThisTurn(open);
      await open.done;
    },
    flush,
    isBroken: () => broken !== undefined,
  };
}
