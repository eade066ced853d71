import type { DatabaseSync } from 'node:sqlite';
import type { Container } from './catalog.ts';
import { CosmosError } from './errors.ts';
import { canonicalJson, type Json, type JsonObject } from './json.ts';
import { type PartitionFilter, readPath } from './partition-key.ts';
import { computeItemRid } from './resource-id.ts';
import type { WriteClock } from './write-clock.ts';

export interface StoredItem {
  readonly pk: string;
  readonly n: number;
  readonly lsn: number;
  readonly etag: string;
  /** JSON with the system properties, as the client gets it. */
  readonly body: string;
}

export interface ItemKey {
  /** Canonical text of the partition key. */
  readonly pk: string;
  readonly id: string;
}

const systemProperties = new Set(['_rid', '_self', '_etag', '_attachments', '_ts', '_lsn']);

/** Every unique key of the container with the values this document has for it; missing ones count as null. */
const listUniqueValues = (container: Container, document: JsonObject) =>
  container.uniqueKeys.map((paths, index) =>
    canonicalJson([index, ...paths.map((path): Json => readPath(document, path) ?? null)]),
  );

export type ItemStore = ReturnType<typeof createItemStore>;

/** Items as of `now()`: what has expired is not there. What it changes must run in a transaction. */
export function createItemStore(store: DatabaseSync, clock: WriteClock, now: () => number) {
  const columns = 'n, pk, lsn, etag, body';
  const alive = '(expires IS NULL OR expires > ?)';
  const find = store.prepare(`SELECT ${columns} FROM item WHERE container = ? AND pk = ? AND id = ? AND ${alive}`);
  const scanAll = `SELECT ${columns} FROM item WHERE container = ? AND n >= ? AND ${alive}`;
  const scan = store.prepare(`${scanAll} ORDER BY n`);
  const scanPartition = store.prepare(`${scanAll} AND pk >= ? AND pk < ? ORDER BY n`);
  const changesAll = `SELECT ${columns} FROM item WHERE container = ? AND lsn > ? AND ${alive}`;
  const changes = store.prepare(`${changesAll} ORDER BY lsn`);
  const changesInPartition = store.prepare(`${changesAll} AND pk >= ? AND pk < ? ORDER BY lsn`);
  const insert = store.prepare(
    'INSERT INTO item (n, container, pk, id, lsn, etag, expires, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const update = store.prepare('UPDATE item SET lsn = ?, etag = ?, expires = ?, body = ? WHERE n = ?');
  const remove = store.prepare('DELETE FROM item WHERE n = ?');
  const removePartition = store.prepare('DELETE FROM item WHERE container = ? AND pk >= ? AND pk < ?');
  const removeExpired = store.prepare('DELETE FROM item WHERE expires <= ?');
  const nextItem = store.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'item'");
  const reserve = store.prepare('INSERT INTO unique_value (container, pk, value, item) VALUES (?, ?, ?, ?)');
  const holder = store.prepare('SELECT item FROM unique_value WHERE container = ? AND pk = ? AND value = ?');
  const release = store.prepare('DELETE FROM unique_value WHERE item = ?');
  const reschedule = store.prepare(
    `UPDATE item SET expires = CASE
       WHEN ?1 IS NULL OR coalesce(json_extract(body, '$.ttl'), ?1) = -1 THEN NULL
       ELSE (json_extract(body, '$._ts') + coalesce(json_extract(body, '$.ttl'), ?1)) * 1000 END
     WHERE container = ?2`,
  );

  /** @throws CosmosError 409 when another item of the partition has one of the values */
  function checkUniqueValues(container: Container, pk: string, values: readonly string[], item: number): void {
    for (const value of values) {
      const found = holder.get(container.number, pk, value);
      if (!found || found['item'] === item) continue;
      throw new CosmosError(409, `Another item of the partition ${pk} has the same unique key ${value}.`);
    }
  }

  const computeExpiry = ({ defaultTtl }: Container, { ttl = defaultTtl }: JsonObject): number | null =>
    defaultTtl === undefined || typeof ttl !== 'number' || ttl === -1 ? null : now() + ttl * 1000;

  return {
    find: (container: Container, { pk, id }: ItemKey) =>
      find.get(container.number, pk, id, now()) as StoredItem | undefined,

    /** In the order of creation, from item number `from` on. */
    scan: (container: Container, from: number, filter?: PartitionFilter) =>
      (filter
        ? scanPartition.iterate(container.number, from, now(), filter.from, filter.to)
        : scan.iterate(container.number, from, now())) as Iterable<unknown> as Iterable<StoredItem>,

    /** The latest version of everything written after `lsn`, oldest write first. */
    changes: (container: Container, lsn: number, filter?: PartitionFilter) =>
      (filter
        ? changesInPartition.iterate(container.number, lsn, now(), filter.from, filter.to)
        : changes.iterate(container.number, lsn, now())) as Iterable<unknown> as Iterable<StoredItem>,

    /** Creates the item, or replaces `previous`, which keeps its number. */
    put(container: Container, key: ItemKey, document: JsonObject, previous?: StoredItem): StoredItem {
      const { lsn, etag, seconds } = clock.advance();
      const n = previous?.n ?? Number((nextItem.get() as { seq: number } | undefined)?.seq ?? 0) + 1;
      const rid = computeItemRid(container.database.number, container.number, n);
      const own = Object.entries(document).filter(([name]) => !systemProperties.has(name));
      const body = JSON.stringify({
        ...Object.fromEntries(own),
        _rid: rid,
        _self: `${container.self}docs/${rid}/`,
        _etag: etag,
        _attachments: 'attachments/',
        _ts: seconds,
      });
      const expires = computeExpiry(container, document);
      const uniqueValues = listUniqueValues(container, document);
      checkUniqueValues(container, key.pk, uniqueValues, n);
      if (previous) update.run(lsn, etag, expires, body, n);
      else insert.run(n, container.number, key.pk, key.id, lsn, etag, expires, body);
      if (uniqueValues.length > 0) release.run(n);
      for (const value of uniqueValues) reserve.run(container.number, key.pk, value, n);
      return { n, pk: key.pk, lsn, etag, body };
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
