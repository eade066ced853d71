import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppSettings } from './app-settings.ts';
import type { Clock } from './clock.ts';
import { createDurableEngine, type DurableEngine } from './durable/index.ts';
import { createFunctionFaults } from './function-faults.ts';
import type { HostJson } from './host-json.ts';
import { createDurableClientInput } from './http/durable-client-input.ts';
import { createRouteMatcher, createRoutes } from './http/http-routes.ts';
import type { HttpServer } from './http/http-server.ts';
import { createMainHandler, durableWebhooks } from './http/main-handler.ts';
import { readBodyLimit } from './http/read-body.ts';
import { createFunctionServer } from './http/serve-function.ts';
import { createManagementServer } from './http/serve-management.ts';
import type { Log } from './log.ts';
import { computeFunctionFault, triggerOf } from './triggers/function-fault.ts';
import { startTriggers } from './triggers/start-triggers.ts';
import type { RunningTrigger } from './triggers/trigger.ts';
import type { AppWorker } from './worker/app-worker.ts';
import { createFunctionInvoker } from './worker/function-invoker.ts';

export interface HostFunction {
  readonly name: string;
  readonly trigger: string;
  /** Why the function does not run; the others do. */
  readonly fault?: string;
}

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
  readonly env: AppSettings;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Log;
}

export interface RunningFunctions {
  readonly functions: readonly HostFunction[];
  /** The Durable extension's management API, without a port. */
  readonly manage: DurableEngine['handle'];
  /** Ends triggers and engine alone: ports and app can run again. */
  halt(): Promise<void>;
  /** The same for good, and what is left of the app's work with it. */
  stop(graceMs: number): Promise<void>;
}

const rpcPrefix = '/durabletask';

/** Joins the app with everything that calls its functions. */
export async function runFunctions(parts: HostParts): Promise<RunningFunctions> {
  const { main, rpc, worker, settings, dataDir, env, clock, newId, log } = parts;
  const faults = createFunctionFaults(log);
  const sound = worker.functions.filter((fn) => {
    const fault = computeFunctionFault(fn);
    if (fault !== undefined) faults.add(fn, fault);
    return fault === undefined;
  });
  const durableClient = createDurableClientInput({
    baseUrl: `${main.url}${durableWebhooks}`,
    rpcBaseUrl: `${rpc.url}${rpcPrefix}/`,
    taskHubName: settings.durableTask.hubName,
  });
  const invoke = createFunctionInvoker({ functions: sound, invoke: worker.invoke, durableClient, clock, log });
  const engine = createDurableEngine({
    databaseFile: parts.durableDatabase ?? join(dataDir, 'durable.db'),
    settings: settings.durableTask,
    functions: sound,
    clientInput: () => durableClient,
    invoke,
    clock,
    newId,
    log,
  });
  const bodyLimit = readBodyLimit(env);
  const linkBase = `${main.url}${durableWebhooks}`;
  const httpStreamUri = () => worker.httpStreamUri();
  rpc.serve(createManagementServer({ engine, prefix: rpcPrefix, linkBase, bodyLimit }));
  engine.start();
  main.serve(
    createMainHandler({
      matchRoute: createRouteMatcher(createRoutes(sound, settings.routePrefix, faults.add)),
      serveFunction: createFunctionServer({ invoke, httpStreamUri, newId, bodyLimit }),
      serveDurable: createManagementServer({ engine, prefix: durableWebhooks, bodyLimit }),
    }),
  );
  const { serviceBus } = settings;
  const context = { invoke, clock, newId, log, env };
  const triggers = await startTriggers(sound, { ...context, dataDir, serviceBus, onFault: faults.add });
  return {
    functions: worker.functions.map((fn) => {
      const fault = faults.of(fn.name);
      return { name: fn.name, trigger: triggerOf(fn)?.type ?? '', ...(fault !== undefined && { fault }) };
    }),
    manage: engine.handle,
    async halt() {
      await triggers.stop();
      await engine.stop();
    },
    stop: (graceMs) => stopFunctions(parts, engine, triggers, graceMs),
  };
}

/** Of what is left when the functions have ended or been cut off: messages to give back, connections to close. */
const lastGraceMs = 2_000;

/** First what brings work, then what does it. The rpc server stays: functions call it until they end. */
async function stopFunctions(
  { main, worker, log }: HostParts,
  engine: DurableEngine,
  triggers: RunningTrigger,
  graceMs: number,
): Promise<void> {
  const end = Date.now() + graceMs;
  const triggersStop = triggers
    .stop()
    .catch((error: unknown) => log('warning', 'Host.Triggers', `A trigger did not stop in order: ${String(error)}`));
  await Promise.all([main.close(graceMs), settledWithin(triggersStop, graceMs)]);
  const engineStop = engine.stop();
  await settledWithin(engineStop, Math.max(0, end - Date.now()));
  // Functions that still run are cut off here, which lets the engine and the triggers end too.
  await worker.stop();
  await engineStop;
  await settledWithin(triggersStop, lastGraceMs);
}

async function settledWithin(work: Promise<void>, milliseconds: number): Promise<void> {
  const inTime = new AbortController();
  const late = sleep(milliseconds, undefined, { signal: inTime.signal }).catch(() => {});
  await Promise.race([Promise.allSettled([work]), late]);
  inTime.abort();
}
