import type { DatabaseSync } from 'node:sqlite';
import type { Container } from './catalog.ts';
import type { JsonObject } from './json.ts';
import type { PartitionFilter } from './partition-key.ts';
import { computeItemRid } from './resource-id.ts';
import { createUniqueKeys } from './unique-keys.ts';
import type { Stamp, WriteClock } from './write-clock.ts';

export interface StoredItem {
  readonly n: number;
  readonly pk: string;
  readonly lsn: number;
  readonly etag: string;
  /** JSON with the system properties, as the client gets it. */
  readonly body: string;
}

interface ItemKey {
  /** Canonical text of the partition key. */
  readonly pk: string;
  readonly id: string;
}

const columns = 'n, pk, lsn, etag, body';
const alive = '(expires IS NULL OR expires > ?)';

/** Items as of `now()`: what has expired is not there. */
function createReader(store: DatabaseSync, now: () => number) {
  const find = store.prepare(`SELECT ${columns} FROM item WHERE container = ? AND pk = ? AND id = ? AND ${alive}`);
  const all = `SELECT ${columns} FROM item WHERE container = ? AND ${alive}`;
  const partition = `${all} AND pk >= ? AND pk < ?`;
  const scanAll = store.prepare(`${all} AND n >= ? ORDER BY n`);
  const scanPartition = store.prepare(`${partition} AND n >= ? ORDER BY n`);
  const changesInAll = store.prepare(`${all} AND lsn > ? ORDER BY lsn`);
  const changesInPartition = store.prepare(`${partition} AND lsn > ? ORDER BY lsn`);

  return {
    find: ({ number }: Container, { pk, id }: ItemKey) => find.get(number, pk, id, now()) as StoredItem | undefined,

    /** In the order of creation, from item number `from` on. */
    scan: ({ number }: Container, from: number, filter?: PartitionFilter) =>
      (filter
        ? scanPartition.iterate(number, now(), filter.from, filter.to, from)
        : scanAll.iterate(number, now(), from)) as Iterable<unknown> as Iterable<StoredItem>,

    /** The latest version of everything written after `lsn`, oldest write first. */
    changes: ({ number }: Container, lsn: number, filter?: PartitionFilter) =>
      (filter
        ? changesInPartition.iterate(number, now(), filter.from, filter.to, lsn)
        : changesInAll.iterate(number, now(), lsn)) as Iterable<unknown> as Iterable<StoredItem>,
  };
}

const systemProperties = new Set(['_rid', '_self', '_etag', '_attachments', '_ts', '_lsn']);

function writeBody({ self, number, database }: Container, n: number, document: JsonObject, stamp: Stamp): string {
  const rid = computeItemRid(database.number, number, n);
  return JSON.stringify({
    ...Object.fromEntries(Object.entries(document).filter(([name]) => !systemProperties.has(name))),
    _rid: rid,
    _self: `${self}docs/${rid}/`,
    _etag: stamp.etag,
    _attachments: 'attachments/',
    _ts: stamp.seconds,
  });
}

/** All of it must run in a transaction. */
function createWriter(store: DatabaseSync, clock: WriteClock, now: () => number) {
  const insert = store.prepare(
    'INSERT INTO item (n, container, pk, id, lsn, etag, expires, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const update = store.prepare('UPDATE item SET lsn = ?, etag = ?, expires = ?, body = ? WHERE n = ?');
  const remove = store.prepare('DELETE FROM item WHERE n = ?');
  const removePartition = store.prepare('DELETE FROM item WHERE container = ? AND pk >= ? AND pk < ?');
  const removeExpired = store.prepare('DELETE FROM item WHERE expires <= ?');
  const lastNumber = store.prepare("SELECT coalesce(max(seq), 0) AS n FROM sqlite_sequence WHERE name = 'item'");
  const reschedule = store.prepare(
    `UPDATE item SET expires = CASE
       WHEN ?1 IS NULL OR coalesce(json_extract(body, '$.ttl'), ?1) = -1 THEN NULL
       ELSE (json_extract(body, '$._ts') + coalesce(json_extract(body, '$.ttl'), ?1)) * 1000 END
     WHERE container = ?2`,
  );
  const uniqueKeys = createUniqueKeys(store);

  const computeExpiry = ({ defaultTtl }: Container, { ttl = defaultTtl ?? -1 }: JsonObject): number | null =>
    defaultTtl === undefined || typeof ttl !== 'number' || ttl === -1 ? null : now() + ttl * 1000;

  return {
    /** Creates the item, or replaces `previous`, which keeps its number. */
    put(container: Container, { pk, id }: ItemKey, document: JsonObject, previous?: StoredItem): StoredItem {
      const stamp = clock.advance();
      const n = previous?.n ?? (lastNumber.get() as { n: number }).n + 1;
      const { lsn, etag } = stamp;
      const body = writeBody(container, n, document, stamp);
      const expires = computeExpiry(container, document);
      uniqueKeys.check(container, pk, n, document);
      if (previous) update.run(lsn, etag, expires, body, n);
      else insert.run(n, container.number, pk, id, lsn, etag, expires, body);
      uniqueKeys.hold(container, pk, n, document);
      return { n, pk, lsn, etag, body };
    },
    remove({ n }: StoredItem): void {
      clock.advance();
      remove.run(n);
    },
    removePartition({ number }: Container, filter: PartitionFilter): void {
      clock.advance();
      removePartition.run(number, filter.from, filter.to);
    },
    removeExpired: () => void removeExpired.run(now()),
    /** After the container's default time to live has changed. */
    reschedule: ({ number, defaultTtl }: Container) => void reschedule.run(defaultTtl ?? null, number),
  };
}

export type ItemStore = ReturnType<typeof createItemStore>;

export const createItemStore = (store: DatabaseSync, clock: WriteClock, now: () => number) => ({
  ...createReader(store, now),
  ...createWriter(store, clock, now),
});
