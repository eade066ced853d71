import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';

/** `collection` is `payments/charges`. An entry that is `void` was undone before it was done, so it never will be. */
const schema = `
  CREATE TABLE IF NOT EXISTS entry (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('done', 'undone', 'void')),
    request TEXT NOT NULL,
    answer TEXT NOT NULL,
    at TEXT NOT NULL,
    UNIQUE (collection, key)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS attempt (
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (collection, key)
  ) STRICT, WITHOUT ROWID;
`;

/** Something that happened, as the listings show it. */
export interface Entry {
  readonly key: string;
  readonly state: 'done' | 'undone' | 'void';
  readonly at: string;
  readonly request: unknown;
  readonly answer: unknown;
}

export interface Entries {
  find(collection: string, key: string): Entry | undefined;
  add(collection: string, key: string, entry: Pick<Entry, 'state' | 'request' | 'answer'>): void;
  markUndone(collection: string, key: string): void;
  /** 1 for the first request with the key. */
  countAttempt(collection: string, key: string): number;
  list(collection: string, keyPrefix: string): Entry[];
}

export function openEntries(database: DatabaseSync, now: () => Date): Entries {
  database.exec(schema);
  const findOne = database.prepare('SELECT * FROM entry WHERE collection = ? AND key = ?');
  const insert = database.prepare(
    'INSERT INTO entry (collection, key, state, request, answer, at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const markUndone = database.prepare("UPDATE entry SET state = 'undone' WHERE collection = ? AND key = ?");
  const count = database.prepare(
    'INSERT INTO attempt VALUES (?, ?, 1) ON CONFLICT (collection, key) DO UPDATE SET count = count + 1 RETURNING count',
  );
  const list = database.prepare('SELECT * FROM entry WHERE collection = ? AND substr(key, 1, ?) = ? ORDER BY n');
  return {
    find(collection, key) {
      const row = findOne.get(collection, key);
      return row && toEntry(row);
    },
    add(collection, key, { state, request, answer }) {
      insert.run(collection, key, state, JSON.stringify(request), JSON.stringify(answer), now().toISOString());
    },
    markUndone: (collection, key) => void markUndone.run(collection, key),
    countAttempt: (collection, key) => Number(count.get(collection, key)?.['count']),
    list: (collection, keyPrefix) => list.all(collection, keyPrefix.length, keyPrefix).map(toEntry),
  };
}

function toEntry(row: Record<string, SQLOutputValue>): Entry {
  const { key, state, at, request, answer } = row as Record<keyof Entry, string>;
  return {
    key,
    state: state as Entry['state'],
    at,
    request: JSON.parse(request) as unknown,
    answer: JSON.parse(answer) as unknown,
  };
}
