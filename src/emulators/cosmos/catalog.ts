import type { DatabaseSync } from 'node:sqlite';
import type { ContainerDefinition } from './container-definition.ts';
import { CosmosError, ownerMissing } from './errors.ts';
import type { Json, JsonObject } from './json.ts';
import { parsePropertyPath } from './partition-key.ts';
import { computeContainerRid, computeDatabaseRid, computeOfferRid } from './resource-id.ts';
import type { Stamp } from './write-clock.ts';

/** A database, container or offer: its number in the store and the body the client gets. */
export interface Resource {
  readonly number: number;
  readonly id: string;
  readonly body: JsonObject;
  readonly rid: string;
  readonly self: string;
}

export interface Container extends Resource {
  readonly database: Resource;
  readonly keyPaths: readonly (readonly string[])[];
  readonly uniqueKeys: readonly (readonly (readonly string[])[])[];
  /** Seconds; -1 when items live for ever unless they say otherwise; undefined when nothing expires. */
  readonly defaultTtl: number | undefined;
}

/** Stored definitions were checked on their way in. */
interface Row {
  n: number;
  id: string;
  body: string;
}

const parseBody = (text: string) => JSON.parse(text) as JsonObject & ContainerDefinition;

function toDatabase({ n, id, body }: Row): Resource {
  const rid = computeDatabaseRid(n);
  return { number: n, id, rid, self: `dbs/${rid}/`, body: parseBody(body) };
}

function toContainer(database: Resource, { n, id, body }: Row): Container {
  const definition = parseBody(body);
  const rid = computeContainerRid(database.number, n);
  return {
    number: n,
    id,
    rid,
    self: `${database.self}colls/${rid}/`,
    body: definition,
    database,
    keyPaths: definition.partitionKey.paths.map(parsePropertyPath),
    uniqueKeys: (definition.uniqueKeyPolicy?.uniqueKeys ?? []).map(({ paths }) => paths.map(parsePropertyPath)),
    defaultTtl: definition.defaultTtl,
  };
}

const withSystemProperties = (
  body: JsonObject,
  rid: string,
  self: string,
  { etag, seconds }: Stamp,
  more = {},
): string => JSON.stringify({ ...body, _rid: rid, _self: self, _etag: etag, ...more, _ts: seconds });

const databaseLinks = { _colls: 'colls/', _users: 'users/' };
const containerLinks = {
  _docs: 'docs/',
  _sprocs: 'sprocs/',
  _triggers: 'triggers/',
  _udfs: 'udfs/',
  _conflicts: 'conflicts/',
};

export type Catalog = ReturnType<typeof createCatalog>;

/** Databases, containers and offers. What it changes must run in a transaction. */
export function createCatalog(store: DatabaseSync) {
  const rows = (sql: string, ...values: (string | number)[]) => store.prepare(sql).all(...values) as unknown[] as Row[];
  const insert = (sql: string, ...values: (string | number | null)[]) =>
    Number(store.prepare(sql).run(...values).lastInsertRowid);
  const findDatabaseRow = store.prepare('SELECT n, id, body FROM database WHERE id = ?');
  const findContainerRow = store.prepare('SELECT n, id, body FROM container WHERE database = ? AND id = ?');

  function findDatabase(id: string): Resource | undefined {
    const row = findDatabaseRow.get(id) as Row | undefined;
    return row && toDatabase(row);
  }

  function findContainer(database: Resource, id: string): Container | undefined {
    const row = findContainerRow.get(database.number, id) as Row | undefined;
    return row && toContainer(database, row);
  }

  /** @throws CosmosError 404 */
  function getDatabase(id: string): Resource {
    const database = findDatabase(id);
    if (database) return database;
    throw ownerMissing(`The database "${id}"`);
  }

  /** @throws CosmosError 404 */
  function getContainer(databaseId: string, id: string): Container {
    const container = findContainer(getDatabase(databaseId), id);
    if (container) return container;
    throw ownerMissing(`The container "${id}" in the database "${databaseId}"`);
  }

  const setBody = (table: 'database' | 'container' | 'offer', number: number, body: string) =>
    store.prepare(`UPDATE ${table} SET body = ? WHERE n = ?`).run(body, number);

  return {
    getDatabase,
    getContainer,
    listDatabases: () => rows('SELECT n, id, body FROM database ORDER BY n').map(toDatabase),
    listContainers: (database: Resource) =>
      rows('SELECT n, id, body FROM container WHERE database = ? ORDER BY n', database.number).map((row) =>
        toContainer(database, row),
      ),
    createDatabase(body: JsonObject & { id: string }, stamp: Stamp): Resource {
      if (findDatabase(body.id)) throw new CosmosError(409, `The database "${body.id}" exists already.`);
      const number = insert("INSERT INTO database (id, body) VALUES (?, '{}')", body.id);
      const { rid, self } = toDatabase({ n: number, id: body.id, body: '{}' });
      setBody('database', number, withSystemProperties(body, rid, self, stamp, databaseLinks));
      return getDatabase(body.id);
    },
    createContainer(database: Resource, body: ContainerDefinition, stamp: Stamp): Container {
      if (findContainer(database, body.id)) throw new CosmosError(409, `The container "${body.id}" exists already.`);
      const number = insert(
        'INSERT INTO container (database, id, body) VALUES (?, ?, ?)',
        database.number,
        body.id,
        '{}',
      );
      const rid = computeContainerRid(database.number, number);
      const definition = body as JsonObject;
      setBody(
        'container',
        number,
        withSystemProperties(definition, rid, `${database.self}colls/${rid}/`, stamp, containerLinks),
      );
      return getContainer(database.id, body.id);
    },
    replaceContainer(container: Container, body: ContainerDefinition, stamp: Stamp): Container {
      const definition = body as JsonObject;
      setBody(
        'container',
        container.number,
        withSystemProperties(definition, container.rid, container.self, stamp, containerLinks),
      );
      return getContainer(container.database.id, container.id);
    },
    /** Removes what is inside, too. */
    remove: (table: 'database' | 'container', { number }: Resource) =>
      void store.prepare(`DELETE FROM ${table} WHERE n = ?`).run(number),

    listOffers: (): JsonObject[] =>
      rows('SELECT n, body FROM offer ORDER BY n').map(({ body }) => JSON.parse(body) as JsonObject),
    createOffer(owner: { database: Resource; container?: Container }, content: JsonObject, stamp: Stamp): void {
      const { database, container } = owner;
      const number = insert(
        'INSERT INTO offer (database, container, body) VALUES (?, ?, ?)',
        database.number,
        container?.number ?? null,
        '{}',
      );
      const rid = computeOfferRid(number);
      const { self: resource, rid: offerResourceId } = container ?? database;
      const offer = { id: rid, offerVersion: 'V2', offerType: 'Invalid', resource, offerResourceId, content };
      setBody('offer', number, withSystemProperties(offer, rid, `offers/${rid}/`, stamp));
    },
    replaceOffer(offer: JsonObject, content: Json, stamp: Stamp): JsonObject {
      const body = JSON.stringify({ ...offer, content, _etag: stamp.etag, _ts: stamp.seconds });
      store.prepare("UPDATE offer SET body = ? WHERE json_extract(body, '$.id') = ?").run(body, String(offer['id']));
      return JSON.parse(body) as JsonObject;
    },
  };
}
