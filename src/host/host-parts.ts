import type { AppSettings } from './app-settings.ts';
import type { Clock } from './clock.ts';
import type { HostJson } from './host-json.ts';
import type { CorsSettings } from './http/cors.ts';
import type { HttpServer } from './http/http-server.ts';
import type { Log } from './log.ts';
import type { AppWorker } from './worker/app-worker.ts';

/** What the host is made of before any function runs. */
export interface HostParts {
  /** Open to the outside. */
  readonly main: HttpServer;
  /** For the app's durable clients. */
  readonly rpc: HttpServer;
  readonly worker: Pick<AppWorker, 'functions' | 'httpStreamUri' | 'invoke' | 'stop'>;
  readonly settings: HostJson;
  readonly dataDir: string;
  /** A path, or `:memory:`; by default in the data folder. */
  readonly durableDatabase?: string;
  /** Whether requests need the keys of the data folder. */
  readonly redirects?: Readonly<Record<string, string>>;
  readonly asksForKeys?: boolean;
  readonly cors?: CorsSettings;
  readonly env: AppSettings;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Log;
}
