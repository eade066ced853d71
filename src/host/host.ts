import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppSettings } from './app-settings.ts';
import { systemClock, type Clock } from './clock.ts';
import { readHostJson, type HostJson } from './host-json.ts';
import { createDurableClientInput } from './http/durable-client-input.ts';
import { createHttpRoute, createRouteMatcher, type HttpRoute } from './http/http-routes.ts';
import { answer, startHttpServer, type HttpHandler, type HttpServer } from './http/http-server.ts';
import { createMainHandler, durableWebhooks } from './http/main-handler.ts';
import { defaultBodyLimit } from './http/read-body.ts';
import { createFunctionServer } from './http/serve-function.ts';
import { createConsoleLog, type Log } from './log.ts';
import { computeFunctionFault, triggerOf } from './triggers/function-fault.ts';
import { startTriggers } from './triggers/start-triggers.ts';
import { createAppWorker, type AppWorker } from './worker/app-worker.ts';
import type { AppFunction } from './worker/contract.ts';
import { createFunctionInvoker } from './worker/function-invoker.ts';

export interface HostOptions {
  /** The folder with the app's package.json and host.json. */
  readonly appDir: string;
  /** Where the host keeps what must outlive it. One host at a time may use it. */
  readonly dataDir: string;
  /** On 127.0.0.1; 0 for any free one. */
  readonly port: number;
  /** The app settings. */
  readonly env: AppSettings;
  readonly clock?: Clock;
  /** UUIDs. */
  readonly newId?: () => string;
  /** By default lines on standard output, filtered by `logging.logLevel` of host.json. */
  readonly log?: Log;
}

export interface HostFunction {
  readonly name: string;
  readonly trigger: string;
  /** Why the function does not run; the others do. */
  readonly fault?: string;
}

export interface Host {
  readonly url: string;
  readonly port: number;
  readonly functions: readonly HostFunction[];
  /** Takes no new work, gives the work under way `graceMs` (by default 10 s) to end, and stops. */
  close(graceMs?: number): Promise<void>;
}

const address = '127.0.0.1';

/** The version of Functions that apps are told. */
const hostVersion = '4.1040.300';

/** What the real host sets for a function app of Node.js; settings of the app's own go first. */
const appEnvironment = (appDir: string, port: number, env: AppSettings) => ({
  AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
  AzureWebJobsScriptRoot: appDir,
  FUNCTIONS_WORKER_RUNTIME: 'node',
  // Without it, the durable client writes another port into the URLs that it shows.
  WEBSITE_HOSTNAME: `${address}:${port}`,
  ...env,
});

/** The functions that cannot run, by name, with the reason. */
function createFaults(log: Log) {
  const faults = new Map<string, string>();
  return {
    of: (name: string) => faults.get(name),
    add(fn: AppFunction, error: unknown) {
      const reason = error instanceof Error ? error.message : String(error);
      faults.set(fn.name, reason);
      log('error', 'Host.Startup', `Function "${fn.name}" does not run: ${reason}`);
    },
  };
}

type Faults = ReturnType<typeof createFaults>;

function createRoutes(functions: readonly AppFunction[], routePrefix: string, faults: Faults): HttpRoute[] {
  return functions
    .filter((fn) => triggerOf(fn)?.type === 'httpTrigger')
    .flatMap((fn) => {
      try {
        return [createHttpRoute(fn, routePrefix)];
      } catch (error) {
        faults.add(fn, error);
        return [];
      }
    });
}

interface Running {
  readonly settings: HostJson;
  readonly main: HttpServer;
  readonly rpc: HttpServer;
  readonly worker: AppWorker;
}

/**
 * Runs an app until `close`. Resolves when the app is loaded and its triggers run.
 *
 * @throws for a host.json or port that cannot be used; AppLoadError, with the app's own stack, when the app does not load.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const appDir = resolve(options.appDir);
  const settings = readHostJson(appDir, options.env);
  const log = options.log ?? createConsoleLog(settings.logLevel, (line) => process.stdout.write(line));
  for (const warning of settings.warnings) log('warning', 'Host.Startup', warning);
  mkdirSync(options.dataDir, { recursive: true });
  const main = await startHttpServer({ host: address, port: options.port, log });
  const rpc = await startHttpServer({ host: address, port: 0, log });
  try {
    const env = appEnvironment(appDir, main.port, options.env);
    const worker = await createAppWorker({ appDir, env, hostVersion, clock: systemClock, log });
    return await runFunctions(
      { clock: systemClock, newId: randomUUID, ...options, env, log },
      { settings, main, rpc, worker },
    );
  } catch (error) {
    await Promise.all([main.close(0), rpc.close(0)]);
    throw error;
  }
}

async function runFunctions(
  { clock, newId, log, env, dataDir }: Required<HostOptions>,
  { settings, main, rpc, worker }: Running,
): Promise<Host> {
  const url = `http://${address}:${main.port}`;
  const durableClient = createDurableClientInput({
    baseUrl: `${url}${durableWebhooks}`,
    rpcBaseUrl: `http://${address}:${rpc.port}/durabletask/`,
    taskHubName: settings.durableTask.hubName,
  });
  const invoke = createFunctionInvoker({
    functions: worker.functions,
    invoke: worker.invoke,
    durableClient,
    clock,
    log,
  });
  const faults = createFaults(log);
  for (const fn of worker.functions) {
    const fault = computeFunctionFault(fn);
    if (fault !== undefined) faults.add(fn, fault);
  }
  const sound = worker.functions.filter(({ name }) => faults.of(name) === undefined);
  const serveDurable: HttpHandler = async (_request, response) => answer(response, 404);
  const serveFunction = createFunctionServer({
    invoke,
    httpStreamUri: () => worker.httpStreamUri(),
    newId,
    bodyLimit: Number(env['FUNCTIONS_REQUEST_BODY_SIZE_LIMIT'] ?? defaultBodyLimit),
  });
  const matchRoute = createRouteMatcher(createRoutes(sound, settings.routePrefix, faults));
  rpc.serve(serveDurable);
  main.serve(createMainHandler({ matchRoute, serveFunction, serveDurable }));
  const { serviceBus } = settings;
  const triggers = await startTriggers(sound, {
    invoke,
    clock,
    newId,
    log,
    env,
    dataDir,
    serviceBus,
    onFault: faults.add,
  });
  return {
    url,
    port: main.port,
    functions: worker.functions.map((fn) => {
      const fault = faults.of(fn.name);
      return { name: fn.name, trigger: triggerOf(fn)?.type ?? '', ...(fault !== undefined && { fault }) };
    }),
    async close(graceMs = 10_000) {
      await Promise.all([main.close(graceMs), withinGrace(triggers.stop(), graceMs)]);
      await worker.stop();
      await rpc.close(0);
    },
  };
}

/** Waits for work to end, but no longer than that. */
async function withinGrace(work: Promise<void>, graceMs: number): Promise<void> {
  const grace = new AbortController();
  await Promise.race([work, sleep(graceMs, undefined, { signal: grace.signal }).catch(() => {})]);
  grace.abort();
}
