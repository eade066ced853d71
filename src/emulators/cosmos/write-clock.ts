import type { DatabaseSync } from 'node:sqlite';

/** The version and the moment of a write. */
export interface Stamp {
  /** Log sequence number: grows with every write of the whole store and is never used twice. */
  readonly lsn: number;
  /** Quoted, as it stands both in the header and in `_etag`. */
  readonly etag: string;
  /** `_ts`: since the epoch. */
  readonly seconds: number;
}

export interface WriteClock {
  /** To be called in a transaction. */
  advance(): Stamp;
  /** The number of the latest write. */
  currentLsn(): number;
}

export function createWriteClock(store: DatabaseSync, now: () => number): WriteClock {
  const advance = store.prepare('UPDATE clock SET lsn = lsn + 1 RETURNING lsn');
  const read = store.prepare('SELECT lsn FROM clock');
  return {
    advance() {
      const { lsn } = advance.get() as { lsn: number };
      const etag = `"00000000-0000-0000-0000-${lsn.toString(16).padStart(12, '0')}"`;
      return { lsn, etag, seconds: Math.floor(now() / 1000) };
    },
    currentLsn: () => (read.get() as { lsn: number }).lsn,
  };
}
