import type { DatabaseSync } from 'node:sqlite';
import type { ContainerDefinition, DatabaseDefinition } from './container-definition.ts';
import { CosmosError, ownerMissing } from './errors.ts';
import type { JsonObject } from './json.ts';
import { parsePropertyPath } from './partition-key.ts';
import { computeContainerRid, computeDatabaseRid } from './resource-id.ts';
import type { Stamp } from './write-clock.ts';

/** A database or container: its number in the store and the body the client gets. */
export interface Resource {
  readonly number: number;
  readonly id: string;
  readonly rid: string;
  readonly self: string;
  readonly body: JsonObject & { readonly _etag: string };
}

export interface Container extends Resource {
  readonly database: Resource;
  readonly isHierarchical: boolean;
  readonly keyPaths: readonly (readonly string[])[];
  readonly uniqueKeys: readonly (readonly (readonly string[])[])[];
  /** Seconds; -1 when items live for ever unless they say otherwise; undefined when nothing expires. */
  readonly defaultTtl: number | undefined;
}

/** `body`: the definition, which was checked on its way in, and the stamp of its last write. */
interface Row {
  n: number;
  id: string;
  body: string;
}

const writeRow = (definition: DatabaseDefinition, { etag, seconds }: Stamp) =>
  JSON.stringify({ ...definition, _etag: etag, _ts: seconds });

function toDatabase({ n, id, body }: Row): Resource {
  const rid = computeDatabaseRid(n);
  const self = `dbs/${rid}/`;
  const stored = JSON.parse(body) as Resource['body'];
  return { number: n, id, rid, self, body: { ...stored, _rid: rid, _self: self, _colls: 'colls/', _users: 'users/' } };
}

const containerLinks = {
  _docs: 'docs/',
  _sprocs: 'sprocs/',
  _triggers: 'triggers/',
  _udfs: 'udfs/',
  _conflicts: 'conflicts/',
};

function toContainer(database: Resource, { n, id, body }: Row): Container {
  const stored = JSON.parse(body) as Resource['body'];
  const { partitionKey, uniqueKeyPolicy, defaultTtl } = JSON.parse(body) as ContainerDefinition;
  const rid = computeContainerRid(database.number, n);
  const self = `${database.self}colls/${rid}/`;
  return {
    number: n,
    id,
    rid,
    self,
    body: { ...stored, _rid: rid, _self: self, ...containerLinks },
    database,
    isHierarchical: partitionKey.kind === 'MultiHash',
    keyPaths: partitionKey.paths.map(parsePropertyPath),
    uniqueKeys: (uniqueKeyPolicy?.uniqueKeys ?? []).map(({ paths }) => paths.map(parsePropertyPath)),
    defaultTtl,
  };
}

export type Catalog = ReturnType<typeof createCatalog>;

/** Databases and containers. What it changes must run in a transaction. */
export function createCatalog(store: DatabaseSync) {
  const columns = 'n, id, body';
  const listDatabases = store.prepare(`SELECT ${columns} FROM database ORDER BY n`);
  const listContainers = store.prepare(`SELECT ${columns} FROM container WHERE database = ? ORDER BY n`);
  const findDatabase = store.prepare(`SELECT ${columns} FROM database WHERE id = ?`);
  const findContainer = store.prepare(`SELECT ${columns} FROM container WHERE database = ? AND id = ?`);
  const insertDatabase = store.prepare('INSERT INTO database (id, body) VALUES (?, ?)');
  const insertContainer = store.prepare('INSERT INTO container (database, id, body) VALUES (?, ?, ?)');
  const updateContainer = store.prepare('UPDATE container SET body = ? WHERE n = ?');
  const deleteDatabase = store.prepare('DELETE FROM database WHERE n = ?');
  const deleteContainer = store.prepare('DELETE FROM container WHERE n = ?');

  /** @throws CosmosError 404 */
  function getDatabase(id: string): Resource {
    const row = findDatabase.get(id) as Row | undefined;
    if (row) return toDatabase(row);
    throw ownerMissing(`The database "${id}"`);
  }

  /** @throws CosmosError 404 */
  function getContainer(databaseId: string, id: string): Container {
    const database = getDatabase(databaseId);
    const row = findContainer.get(database.number, id) as Row | undefined;
    if (row) return toContainer(database, row);
    throw ownerMissing(`The container "${id}" in the database "${databaseId}"`);
  }

  /**
   * For writes, which run a moment after their request was read: the container may be gone by then, or another one.
   * @throws CosmosError 404
   */
  function refresh({ database, id, rid }: Container): Container {
    const current = getContainer(database.id, id);
    if (current.rid === rid) return current;
    throw ownerMissing(`The container ${rid}`);
  }

  return {
    getDatabase,
    getContainer,
    refresh,
    listDatabases: () => (listDatabases.all() as unknown[] as Row[]).map(toDatabase),
    listContainers: (database: Resource) =>
      (listContainers.all(database.number) as unknown[] as Row[]).map((row) => toContainer(database, row)),
    createDatabase(definition: DatabaseDefinition, stamp: Stamp): Resource {
      if (findDatabase.get(definition.id)) {
        throw new CosmosError(409, `The database "${definition.id}" exists already.`);
      }
      insertDatabase.run(definition.id, writeRow(definition, stamp));
      return getDatabase(definition.id);
    },
    createContainer(databaseId: string, definition: ContainerDefinition, stamp: Stamp): Container {
      const { number } = getDatabase(databaseId);
      if (findContainer.get(number, definition.id)) {
        throw new CosmosError(409, `The container "${definition.id}" exists already.`);
      }
      insertContainer.run(number, definition.id, writeRow(definition, stamp));
      return getContainer(databaseId, definition.id);
    },
    replaceContainer(container: Container, definition: ContainerDefinition, stamp: Stamp): Container {
      updateContainer.run(writeRow(definition, stamp), container.number);
      return refresh(container);
    },
    /** With everything in it. */
    deleteDatabase: ({ number }: Resource) => void deleteDatabase.run(number),
    deleteContainer: ({ number }: Container) => void deleteContainer.run(number),
  };
}
