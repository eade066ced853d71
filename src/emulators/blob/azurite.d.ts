// Azurite publishes no types; these are the parts of 3.37.0 that are used. Private paths: the version is pinned exactly.

declare module 'azurite/dist/src/blob/BlobConfiguration.js' {
  import type { Writable } from 'node:stream';

  interface PersistencePath {
    readonly locationId: string;
    readonly locationPath: string;
    readonly maxConcurrency: number;
  }

  type BlobConfiguration = new (
    host: string,
    port: number,
    keepAliveTimeout: number,
    metadataDBPath: string,
    extentDBPath: string,
    persistencePathArray: PersistencePath[],
    enableAccessLog: boolean,
    accessLogWriteStream: Writable | undefined,
    enableDebugLog: boolean,
    debugLogFilePath: string | undefined,
    loose: boolean,
    skipApiVersionCheck: boolean,
  ) => object;
  const module: { readonly default: BlobConfiguration };
  export default module;
}

declare module 'azurite/dist/src/blob/BlobServer.js' {
  import type { Server } from 'node:http';

  /** lokijs 1.5, which publishes no types either. */
  export interface LokiCollection {
    readonly name: string;
    readonly uniqueNames: readonly string[];
    readonly binaryIndices: Readonly<Record<string, unknown>>;
    /** Whether a save is due, and of which documents; a removed one is among them. */
    readonly dirty: boolean;
    readonly dirtyIds: readonly number[];
    get(id: number): object | null;
  }

  export interface LokiDatabase {
    readonly filename: string;
    readonly collections: readonly LokiCollection[];
    /** Whether collections that are made from now on note the ids of what changes. */
    isIncremental: boolean;
    persistenceAdapter: {
      readonly mode: 'incremental';
      loadDatabase(name: string, done: (database: object) => void): void;
      saveDatabase(name: string, copy: () => object, done: (error?: Error) => void): void;
    };
  }

  interface LokiStore {
    readonly db: LokiDatabase;
  }

  interface BlobServer {
    readonly httpServer: Server;
    readonly metadataStore: LokiStore;
    readonly extentMetadataStore: LokiStore;
    start(): Promise<void>;
    close(): Promise<void>;
    getHttpServerAddress(): string;
  }
  const module: { readonly default: new (configuration: object) => BlobServer };
  export default module;
}
