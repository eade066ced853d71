import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { AppSettings } from './app-settings.ts';
import { claimDataFolder } from './claim-data-folder.ts';
import { systemClock, type Clock } from './clock.ts';
import { collectGarbage } from './collect-garbage.ts';
import { readHostJson } from './host-json.ts';
import { startHttpServer } from './http/http-server.ts';
import { createConsoleLog, type FormatLine, type Log } from './log.ts';
import type { HostFunction } from './host-function.ts';
import type { CorsSettings } from './http/cors.ts';
import { restWhenIdle } from './rest-when-idle.ts';
import { type RunningFunctions, runFunctions } from './run-functions.ts';
import { createAppWorker } from './worker/app-worker.ts';

export interface HostOptions {
  /** The folder with the app's package.json and host.json. */
  readonly appDir: string;
  /** Where the host keeps what must outlive it. One host at a time may use it. */
  readonly dataDir: string;
  /** On 127.0.0.1; 0 for any free one. */
  readonly port: number;
  /** The app settings. */
  readonly env: AppSettings;
  /** Whether requests need the keys that lie in the data folder, as on Azure; by default they need none, as with Core Tools. */
  readonly asksForKeys?: boolean;
  /** Pages of which origins may call; by default none but the app's own. */
  readonly cors?: CorsSettings;
  readonly clock?: Clock;
  /** UUIDs. */
  readonly newId?: () => string;
  /** Short paths for pages of the app: `/console` for `/api/console`. */
  readonly redirects?: Readonly<Record<string, string>>;
  /** By default lines on standard output, filtered by `logging.logLevel` of host.json. */
  readonly log?: Log;
  /** How these lines are written, each with its line break; by default time, level, origin and message. */
  readonly formatLine?: FormatLine;
}

export interface Host {
  readonly url: string;
  readonly port: number;
  readonly functions: readonly HostFunction[];
  /** Takes no new work, gives the work under way `graceMs` (by default 10 s) to end, and stops. */
  close(graceMs?: number): Promise<void>;
}

const address = '127.0.0.1';

/** Until the host gives back memory. */
const idleMs = 5_000;

/** What the real host sets for a function app of Node.js; settings of the app's own go first. */
const appEnvironment = (appDir: string, port: number, env: AppSettings) => ({
  AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
  AzureWebJobsScriptRoot: appDir,
  FUNCTIONS_WORKER_RUNTIME: 'node',
  ...env,
  // Without it, the durable client writes another port into the URLs that it shows.
  WEBSITE_HOSTNAME: env['WEBSITE_HOSTNAME'] ?? `${address}:${port}`,
});

/**
 * Runs an app until `close`. Resolves when the app is loaded and its triggers run.
 *
 * @throws for a host.json, port or data folder that cannot be used; AppLoadError, with the app's own stack, when the app does not load.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const { dataDir, asksForKeys = false, redirects = {}, cors, clock = systemClock, newId = randomUUID } = options;
  const appDir = resolve(options.appDir);
  const settings = readHostJson(appDir, options.env);
  const log =
    options.log ?? createConsoleLog(settings.logLevel, (line) => process.stdout.write(line), options.formatLine);
  for (const warning of settings.warnings) log('warning', 'Host.Startup', warning);

  await using opened = new AsyncDisposableStack();
  opened.defer(claimDataFolder(dataDir));
  const main = await startHttpServer({ host: address, port: options.port, log });
  opened.defer(() => main.close(0));
  const rpc = await startHttpServer({ host: address, port: 0, log });
  opened.defer(() => rpc.close(0));
  const env = appEnvironment(appDir, main.port, options.env);
  const { functionTimeout } = settings;
  // Restarts of a crashed app wait in real time, and functions run in it, whatever time they live in.
  const worker = await createAppWorker({ appDir, env, functionTimeout, clock: systemClock, log });
  opened.defer(() => worker.stop());
  // Triggers may take their time to start while functions run and end.
  let running: RunningFunctions | undefined;
  const resting = restWhenIdle(worker.invoke, idleMs, () => {
    running?.rest();
    worker.rest();
    collectGarbage();
  });
  opened.defer(resting.stop);
  const started = await runFunctions({
    main,
    rpc,
    worker: { ...worker, invoke: resting.invoke },
    settings,
    dataDir,
    asksForKeys,
    redirects,
    env,
    clock,
    newId,
    log,
    ...(cors && { cors }),
  });
  running = started;

  log('information', 'Host.Singleton', `Host lock lease acquired by instance ID '${newId().replaceAll('-', '')}'.`);

  const toClose = opened.move();
  const closeAll = async (graceMs: number) => {
    await started.stop(graceMs);
    await toClose.disposeAsync();
  };
  let closed: Promise<void> | undefined;
  return {
    url: main.url,
    port: main.port,
    functions: started.functions,
    close: (graceMs = 10_000) => (closed ??= closeAll(graceMs)),
  };
}
