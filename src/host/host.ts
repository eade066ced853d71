import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
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
  /** The app settings, which the app sees as its environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
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

/** What the real host sets for a function app of Node.js; settings of the app's own go first. */
const appEnvironment = (appDir: string, port: number, env: HostOptions['env']) => ({
  AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
  AzureWebJobsScriptRoot: appDir,
  FUNCTIONS_WORKER_RUNTIME: 'node',
  // Without it, the durable client writes another port into the URLs that it shows.
  WEBSITE_HOSTNAME: `${address}:${port}`,
  ...env,
});

/** Runs `attempt` for each function and names those for which it throws. */
async function attemptEach(
  functions: readonly AppFunction[],
  faults: Map<string, string>,
  attempt: (fn: AppFunction) => void | Promise<void>,
): Promise<void> {
  for (const fn of functions) {
    try {
      await attempt(fn);
    } catch (error) {
      faults.set(fn.name, error instanceof Error ? error.message : String(error));
    }
  }
}

const withTrigger = (functions: readonly AppFunction[], type: string) =>
  functions.filter((fn) => triggerOf(fn)?.type === type);

/** Runs an app until `close`. Resolves when the app is loaded and its triggers run.
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
    const worker = await createAppWorker({ appDir, env, hostVersion: '4.1040.0', clock: systemClock, log });
    return await runFunctions({ ...options, log, env }, settings, { main, rpc, worker });
  } catch (error) {
    await Promise.all([main.close(0), rpc.close(0)]);
    throw error;
  }
}

async function runFunctions(
  { clock = systemClock, newId = randomUUID, log, env }: HostOptions & { readonly log: Log },
  settings: HostJson,
  { main, rpc, worker }: { readonly main: HttpServer; readonly rpc: HttpServer; readonly worker: AppWorker },
): Promise<Host> {
  const url = `http://${address}:${main.port}`;
  const faults = new Map<string, string>();
  const sound = () => worker.functions.filter(({ name }) => !faults.has(name));
  const invoke = createFunctionInvoker({
    functions: worker.functions,
    invoke: worker.invoke,
    durableClient: createDurableClientInput({
      baseUrl: `${url}${durableWebhooks}`,
      rpcBaseUrl: `http://${address}:${rpc.port}/durabletask/`,
      taskHubName: settings.durableTask.hubName,
    }),
    clock,
    log,
  });
  await attemptEach(worker.functions, faults, (fn) => {
    const fault = computeFunctionFault(fn);
    if (fault !== undefined) throw new Error(fault);
  });
  const routes: HttpRoute[] = [];
  await attemptEach(withTrigger(sound(), 'httpTrigger'), faults, (fn) => {
    routes.push(createHttpRoute(fn, settings.routePrefix));
  });
  const serveDurable: HttpHandler = async (_request, response) => answer(response, 404);
  rpc.serve(serveDurable);
  main.serve(
    createMainHandler({
      matchRoute: createRouteMatcher(routes),
      serveFunction: createFunctionServer({
        invoke,
        httpStreamUri: worker.httpStreamUri,
        newId,
        bodyLimit: Number(env['FUNCTIONS_REQUEST_BODY_SIZE_LIMIT'] ?? defaultBodyLimit),
      }),
      serveDurable,
      status: () => ({ state: 'Running', processUptime: Math.round(process.uptime() * 1000) }),
    }),
  );
  for (const [name, fault] of faults) log('error', 'Host.Startup', `Function "${name}" does not run: ${fault}`);
  return {
    url,
    port: main.port,
    functions: worker.functions.map((fn) => {
      const fault = faults.get(fn.name);
      return { name: fn.name, trigger: triggerOf(fn)?.type ?? '', ...(fault !== undefined && { fault }) };
    }),
    async close(graceMs = 10_000) {
      await main.close(graceMs);
      await worker.stop();
      await rpc.close(0);
    },
  };
}
