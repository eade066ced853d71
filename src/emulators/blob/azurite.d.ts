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

  interface LokiStore {
    readonly db: { saveDatabase(done: (error?: Error | null) => void): void };
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
