import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeDataFolder } from './make-data-folder.ts';

/**
 * Makes the folder where it is missing and keeps others who would claim it out of it until the answer is called or the process ends, in
 * whatever way: the claim is a lock of the operating system, taken by SQLite.
 *
 * @throws where it cannot be written, or another has claimed it.
 */
export function claimDataFolder(folder: string): () => void {
  makeDataFolder(folder);
  const lock = new DatabaseSync(join(folder, 'host.lock'));
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    throw new Error(
      `The data folder ${folder} is in use by another program. Stop that one, or give another folder with --data.`,
      { cause },
    );
  }
  return () => lock.close();
}
