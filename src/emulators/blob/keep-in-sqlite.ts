import { DatabaseSync } from 'node:sqlite';
import type { LokiCollection, LokiDatabase } from 'azurite/dist/src/blob/BlobServer.js';

/** What keeps a Loki database on disk. */
export interface Keeper {
  /** Writes what has changed since the last time; it survives a kill of the process from then on. */
  save(): void;
  close(): void;
}

/**
 * Loki writes the whole of a database as one JSON text at each save. Here its file is one of SQLite with a row a document, and a save
 * writes the documents that have changed, in one transaction. Not synced, as the content is not, which Azurite writes to files.
 *
 * To be called before the database is loaded.
 */
export function keepInSqlite(loki: LokiDatabase): Keeper {
  const database = new DatabaseSync(loki.filename);
  database.exec(`
    PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS collections (name TEXT PRIMARY KEY, uniqueNames TEXT NOT NULL, indices TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS documents (
      collection TEXT NOT NULL, id INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (collection, id)
    ) STRICT;
  `);
  const write = createWriter(database);

  const save = (): void => {
    const changed = loki.collections.filter(({ dirty }) => dirty);
    if (changed.length === 0) return;
    database.exec('BEGIN IMMEDIATE');
    try {
      changed.forEach(write);
      database.exec('COMMIT');
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
    for (const collection of changed) Object.assign(collection, { dirty: false, dirtyIds: [] });
  };

  loki.isIncremental = true;
  loki.persistenceAdapter = {
    mode: 'incremental',
    loadDatabase: (_name, done) =>
      done({ name: loki.filename, databaseVersion: versionWithoutIndices, collections: readCollections(database) }),
    saveDatabase(_name, _copy, done) {
      try {
        save();
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  };
  return { save, close: () => database.close() };
}

/** Before 1.5 indices were made otherwise, so Loki makes them anew. */
const versionWithoutIndices = 1.4;

function createWriter(database: DatabaseSync) {
  const writeCollection = database.prepare('INSERT OR IGNORE INTO collections VALUES (?, ?, ?)');
  const writeDocument = database.prepare('INSERT OR REPLACE INTO documents VALUES (?, ?, ?)');
  const deleteDocument = database.prepare('DELETE FROM documents WHERE collection = ? AND id = ?');
  return (collection: LokiCollection): void => {
    const { name, uniqueNames, binaryIndices, dirtyIds } = collection;
    writeCollection.run(name, JSON.stringify(uniqueNames), JSON.stringify(Object.keys(binaryIndices)));
    for (const id of new Set(dirtyIds)) {
      const document = collection.get(id);
      if (document === null) deleteDocument.run(name, id);
      else writeDocument.run(name, id, JSON.stringify(document));
    }
  };
}

/** As Loki takes them from an adapter, with the options that Azurite leaves at their defaults. */
function readCollections(database: DatabaseSync): readonly object[] {
  const documents = database.prepare('SELECT document FROM documents WHERE collection = ? ORDER BY id');
  return database
    .prepare('SELECT * FROM collections')
    .all()
    .map(({ name, uniqueNames, indices }) => {
      const data = documents.all(name ?? null).map(({ document }) => JSON.parse(String(document)) as { $loki: number });
      return {
        name,
        data,
        maxId: data.at(-1)?.$loki ?? 0,
        uniqueNames: JSON.parse(String(uniqueNames)) as string[],
        binaryIndices: Object.fromEntries(
          (JSON.parse(String(indices)) as string[]).map((index) => [index, { name: index, dirty: true, values: [] }]),
        ),
        adaptiveBinaryIndices: true,
        disableChangesApi: true,
        disableDeltaChangesApi: true,
        disableMeta: false,
        transactional: false,
        asyncListeners: false,
        cloneObjects: false,
        autoupdate: false,
        changes: [],
        DynamicViews: [],
      };
    });
}
