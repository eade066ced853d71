import type { Server } from 'node:http';
import { delayAnswers } from './delay-answers.ts';

interface LokiStore {
  readonly db: { saveDatabase(done: (error?: Error | null) => void): void };
}

/**
 * Azurite saves its metadata every five seconds and answers at once, so a kill loses what was written last. Here a write is
 * answered once its metadata is on disk; writes that wait at the same time share one save. A refused write waits as well:
 * "exists already" may speak of a blob that is not on disk yet.
 */
export function answerWhenDurable(server: Server, stores: readonly LokiStore[]): void {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  const saveAll = async (): Promise<void> => {
    for (const store of stores) await save(store);
  };
  /** A save that runs already may have missed this write, so it waits for the one after. */
  const saved = (): Promise<void> => {
    next ??= (running ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => {
        running = next;
        next = undefined;
        return saveAll();
      });
    return next;
  };
  delayAnswers(server, saved);
}

const save = ({ db }: LokiStore): Promise<void> =>
  new Promise((resolve, reject) => {
    db.saveDatabase((error) => (error instanceof Error ? reject(error) : resolve()));
  });
