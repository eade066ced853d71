import type { DatabaseSync } from 'node:sqlite';

export interface GroupCommit {
  /** Call before every write: opens the transaction of this event-loop turn. Throws once a commit has failed. */
  join(): void;
  /** Resolves when everything written so far is on disk. */
  committed(): Promise<void>;
  /** Commits at once; for the last writes before the file is closed. */
  flush(): void;
}

/**
 * One transaction for all writes of one event-loop turn, so that a hundred sends cost one fsync.
 *
 * After a failed commit memory and file differ, hence nothing is written any more: whoever holds the file must start anew.
 */
export function createGroupCommit(database: DatabaseSync): GroupCommit {
  let failure: unknown;
  let turn: { done: PromiseWithResolvers<void>; timer: NodeJS.Immediate } | undefined;

  const commit = () => {
    if (turn === undefined) return;
    const { done, timer } = turn;
    turn = undefined;
    clearImmediate(timer);
    try {
      database.exec('COMMIT');
      done.resolve();
    } catch (error) {
      failure = new Error('The message file could not be written; restart the emulator.', { cause: error });
      done.reject(failure);
    }
  };

  return {
    join() {
      if (failure !== undefined) throw failure;
      if (turn !== undefined) return;
      database.exec('BEGIN IMMEDIATE');
      const done = Promise.withResolvers<void>();
      done.promise.catch(() => {});
      turn = { done, timer: setImmediate(commit) };
    },
    committed: () => turn?.done.promise ?? (failure === undefined ? Promise.resolve() : Promise.reject(failure)),
    flush: commit,
  };
}
