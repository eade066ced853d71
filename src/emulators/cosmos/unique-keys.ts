import type { DatabaseSync } from 'node:sqlite';
import type { Container } from './catalog.ts';
import { CosmosError } from './errors.ts';
import { canonicalJson, type Json, type JsonObject } from './json.ts';
import { readPath } from './partition-key.ts';

/** A missing value counts as null. */
const listValues = ({ uniqueKeys }: Container, document: JsonObject) =>
  uniqueKeys.map((paths, index) =>
    canonicalJson([index, ...paths.map((path): Json => readPath(document, path) ?? null)]),
  );

/** Keeps the values that must be unique within a partition. */
export function createUniqueKeys(store: DatabaseSync) {
  const hold = store.prepare('INSERT INTO unique_value (container, pk, value, item) VALUES (?, ?, ?, ?)');
  const findHolder = store.prepare('SELECT item FROM unique_value WHERE container = ? AND pk = ? AND value = ?');
  const release = store.prepare('DELETE FROM unique_value WHERE item = ?');

  return {
    /** @throws CosmosError 409 when another item of the partition has one of the document's values */
    check(container: Container, pk: string, item: number, document: JsonObject): void {
      for (const value of listValues(container, document)) {
        const holder = findHolder.get(container.number, pk, value);
        if (!holder || holder['item'] === item) continue;
        throw new CosmosError(409, `Another item of the partition ${pk} has the same unique key ${value}.`);
      }
    },
    /** Instead of the values that the item held before. */
    hold(container: Container, pk: string, item: number, document: JsonObject): void {
      if (container.uniqueKeys.length === 0) return;
      release.run(item);
      for (const value of listValues(container, document)) hold.run(container.number, pk, value, item);
    },
  };
}
