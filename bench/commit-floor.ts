import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Figure } from './workload.ts';

/** What node:sqlite can put on disk for good, with nothing around it: WAL and synchronous FULL, rows of 1 KB. */
export interface CommitFloor {
  /** Rows a second, each in a transaction of its own. */
  readonly single: number;
  /** Rows a second, `groupSize` a transaction. */
  readonly grouped: number;
}

const groupSize = 50;
const measureMs = 500;

export function measureCommitFloor(folder: string): CommitFloor {
  const database = new DatabaseSync(join(folder, 'commit-floor.db'));
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT)',
  );
  const insert = database.prepare('INSERT INTO rows (text) VALUES (?)');
  const text = 'x'.repeat(1024);
  const rowsPerSecond = (rows: number): number => {
    const since = performance.now();
    let written = 0;
    while (performance.now() - since < measureMs) {
      database.exec('BEGIN IMMEDIATE');
      for (let row = 0; row < rows; row++) insert.run(text);
      database.exec('COMMIT');
      written += rows;
    }
    return written / ((performance.now() - since) / 1000);
  };
  rowsPerSecond(1);
  const floor = { single: rowsPerSecond(1), grouped: rowsPerSecond(groupSize) };
  database.close();
  return floor;
}

export const describeCommitFloor = ({ single, grouped }: CommitFloor): readonly Figure[] => [
  { what: 'SQLite, one row a commit', value: single, unit: '1/s' },
  { what: `SQLite, ${groupSize} rows a commit`, value: grouped, unit: '1/s' },
];
