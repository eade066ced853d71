import type { Server } from 'node:http';
import { delayAnswers } from './delay-answers.ts';
import type { Keeper } from './keep-in-sqlite.ts';

/**
 * Azurite saves its metadata every five seconds and answers at once, so a kill loses what was written last. Here a write is
 * answered once its metadata is on disk. A refused write waits as well: "exists already" may speak of a blob that is not on disk yet.
 */
export function answerWhenDurable(server: Server, keepers: readonly Keeper[]): void {
  delayAnswers(server, async () => {
    for (const keeper of keepers) keeper.save();
  });
}
