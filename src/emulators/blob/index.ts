import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import BlobConfiguration from 'azurite/dist/src/blob/BlobConfiguration.js';
import BlobServer from 'azurite/dist/src/blob/BlobServer.js';
import { answerWhenDurable } from './answer-when-durable.ts';
import { type BlobCreated, watchCreatedBlobs } from './created-blobs.ts';
import { keepInSqlite } from './keep-in-sqlite.ts';

export type { BlobCreated } from './created-blobs.ts';

export interface BlobEmulatorOptions {
  /** The folder that keeps everything; created when it is not there. */
  readonly dataDir: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Called for each blob that was written, before the writer gets its answer; it waits for the promise. */
  readonly onBlobCreated?: (event: BlobCreated) => Promise<void>;
}

export interface BlobEmulator {
  readonly connectionString: string;
  readonly port: number;
  close(): Promise<void>;
}

/** The account of every local storage emulator, published with its key. */
const account = 'devstoreaccount1';
const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

const keepAliveSeconds = 60;

/** Azurite's blob service in this process. A write that was answered survives a kill of the process. */
export async function startBlobEmulator({ dataDir, port, onBlobCreated }: BlobEmulatorOptions): Promise<BlobEmulator> {
  mkdirSync(dataDir, { recursive: true });
  const server = new BlobServer.default(
    new BlobConfiguration.default(
      '127.0.0.1',
      port,
      keepAliveSeconds,
      join(dataDir, 'blobs.db'),
      join(dataDir, 'extents.db'),
      [{ locationId: 'Default', locationPath: join(dataDir, 'content'), maxConcurrency: 50 }],
      false,
      undefined,
      false,
      undefined,
      true,
      true,
    ),
  );
  const keepers = [server.extentMetadataStore, server.metadataStore].map(({ db }) => keepInSqlite(db));
  // An answer waits for the disk first, then for the watcher: whoever acts on the event finds the blob after a crash too.
  answerWhenDurable(server.httpServer, keepers);
  if (onBlobCreated !== undefined) watchCreatedBlobs(server.httpServer, onBlobCreated);
  await server.start();
  const usedPort = Number(new URL(server.getHttpServerAddress()).port);
  const endpoint = `http://127.0.0.1:${usedPort}/${account}`;
  return {
    connectionString: `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${accountKey};BlobEndpoint=${endpoint};`,
    port: usedPort,
    async close() {
      await server.close();
      for (const keeper of keepers) keeper.close();
    },
  };
}
