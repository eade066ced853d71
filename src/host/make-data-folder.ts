import { accessSync, constants, mkdirSync } from 'node:fs';

/** @throws naming the folder when it cannot be made or written. */
export function makeDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new Error(`The data folder ${folder} cannot be used: ${reason}. Give another one with --data.`, { cause });
  }
}
