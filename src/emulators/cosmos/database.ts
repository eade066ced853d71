import { DatabaseSync } from 'node:sqlite';

/**
 * `lsn` (log sequence number) counts writes: it orders the change feed and is never used twice. `pk` is the canonical
 * text of the partition key. `expires` is in epoch milliseconds.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS clock (lsn INTEGER NOT NULL) STRICT;
  INSERT INTO clock SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM clock);
  CREATE TABLE IF NOT EXISTS database (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS container (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    database INTEGER NOT NULL REFERENCES database ON DELETE CASCADE,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (database, id)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS offer (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    database INTEGER NOT NULL REFERENCES database ON DELETE CASCADE,
    container INTEGER REFERENCES container ON DELETE CASCADE,
    body TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS item (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    container INTEGER NOT NULL REFERENCES container ON DELETE CASCADE,
    pk TEXT NOT NULL,
    id TEXT NOT NULL,
    lsn INTEGER NOT NULL,
    expires INTEGER,
    etag TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (container, pk, id)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS item_by_number ON item (container, n);
  CREATE INDEX IF NOT EXISTS item_by_lsn ON item (container, lsn);
  CREATE INDEX IF NOT EXISTS item_by_expiry ON item (expires) WHERE expires IS NOT NULL;
  CREATE TABLE IF NOT EXISTS unique_value (
    container INTEGER NOT NULL,
    pk TEXT NOT NULL,
    value TEXT NOT NULL,
    item INTEGER NOT NULL REFERENCES item ON DELETE CASCADE,
    PRIMARY KEY (container, pk, value)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS unique_value_by_item ON unique_value (item);
`;

/** Full synchronisation: a committed write survives the end of the process and of the power. */
export function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 5000 });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
  database.exec(schema);
  return database;
}
