import type { DatabaseSync } from 'node:sqlite';

interface Write {
  /** Whether to keep what was written. */
  readonly run: () => boolean;
  readonly settle: (failure: unknown) => void;
}

export interface CommitQueue {
  /**
   * Runs `work` in a transaction; resolves once it is on disk. Nothing of it remains when it throws or when `keep`
   * answers false to its result.
   */
  readonly write: <T>(work: () => T, keep?: (result: T) => boolean) => Promise<T>;
  /** Resolves when every write asked for so far is settled. */
  readonly drain: () => Promise<void>;
}

const undo = 'ROLLBACK TO write; RELEASE write';

/**
 * Group commit: the writes that arrive in one turn of the event loop share a transaction and its one wait for the disk,
 * each in a savepoint of its own.
 */
export function createCommitQueue(database: DatabaseSync, beginTransaction: () => void): CommitQueue {
  let pending: Write[] = [];
  let flushed: Promise<void> = Promise.resolve();

  function runOne({ run, settle }: Write): void {
    database.exec('SAVEPOINT write');
    try {
      database.exec(run() ? 'RELEASE write' : undo);
    } catch (failure) {
      database.exec(undo);
      settle(failure);
    }
  }

  function flush(): void {
    const writes = pending;
    pending = [];
    try {
      database.exec('BEGIN IMMEDIATE');
      beginTransaction();
      writes.forEach(runOne);
      database.exec('COMMIT');
    } catch (failure) {
      if (database.isOpen && database.isTransaction) database.exec('ROLLBACK');
      for (const { settle } of writes) settle(failure);
      return;
    }
    for (const { settle } of writes) settle(undefined);
  }

  function enqueue(write: Write): void {
    pending.push(write);
    if (pending.length > 1) return;
    flushed = new Promise((resolve) => {
      setImmediate(() => {
        flush();
        resolve();
      });
    });
  }

  return {
    write: (work, keep = () => true) =>
      new Promise((resolve, reject) => {
        let result: { value: ReturnType<typeof work> } | undefined;
        enqueue({
          run() {
            result = { value: work() };
            return keep(result.value);
          },
          settle: (failure) => (failure === undefined && result ? resolve(result.value) : reject(failure)),
        });
      }),
    drain: () => flushed,
  };
}
