import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Which versions of which blobs a function has had. */
export interface BlobReceipts {
  has(functionName: string, blob: string, etag: string): boolean;
  add(functionName: string, blob: string, etag: string): void;
  close(): void;
}

/** In `blob-receipts.db` of the data folder: a blob that was changed is another version. */
export function openBlobReceipts(dataDir: string): BlobReceipts {
  const database = new DatabaseSync(join(dataDir, 'blob-receipts.db'));
  database.exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS receipts (
      functionName TEXT, blob TEXT, etag TEXT, PRIMARY KEY (functionName, blob)
    ) WITHOUT ROWID`);
  const find = database.prepare('SELECT 1 FROM receipts WHERE functionName = ? AND blob = ? AND etag = ?');
  const put = database.prepare('INSERT OR REPLACE INTO receipts VALUES (?, ?, ?)');
  return {
    has: (functionName, blob, etag) => find.get(functionName, blob, etag) !== undefined,
    add: (functionName, blob, etag) => void put.run(functionName, blob, etag),
    close: () => database.close(),
  };
}
