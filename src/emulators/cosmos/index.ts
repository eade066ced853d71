import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { accountKey } from './account.ts';
import { startServer } from './server.ts';
import { openService } from './service.ts';

export interface CosmosEmulatorOptions {
  /** The file that keeps everything; created when it is not there. */
  databaseFile?: string;
  /** Instead of `databaseFile`: a folder to keep `cosmos.sqlite` in. */
  dataDir?: string;
  /** 0 takes a free one. */
  port: number;
  /** Default: 127.0.0.1. */
  host?: string;
  /** For `_ts` and the time to live. */
  clock?: { now(): number };
}

export interface CosmosEmulator {
  readonly endpoint: string;
  readonly connectionString: string;
  readonly port: number;
  close(): Promise<void>;
}

/** A local Cosmos DB for NoSQL. A write that was answered is on disk. */
export async function startCosmosEmulator(options: CosmosEmulatorOptions): Promise<CosmosEmulator> {
  const { dataDir, port, host = '127.0.0.1', clock = Date } = options;
  const databaseFile = options.databaseFile ?? (dataDir === undefined ? undefined : join(dataDir, 'cosmos.sqlite'));
  if (databaseFile === undefined) throw new TypeError('startCosmosEmulator needs databaseFile or dataDir.');
  mkdirSync(dirname(databaseFile), { recursive: true });
  const service = openService(databaseFile, () => clock.now());
  try {
    const server = await startServer(service, { port, host });
    return {
      endpoint: server.endpoint,
      connectionString: `AccountEndpoint=${server.endpoint};AccountKey=${accountKey};`,
      port: server.port,
      async close() {
        await server.close();
        await service.close();
      },
    };
  } catch (error) {
    await service.close();
    throw error;
  }
}
