import { join } from 'node:path';
import { createFunctionBindings } from './bindings/function-bindings.ts';
import { createServiceClients } from './connections/service-clients.ts';
import { createDurableEngine, type DurableEngine } from './durable/index.ts';
import { createFunctionFaults } from './function-faults.ts';
import type { HostFunction } from './host-function.ts';
import type { HostParts } from './host-parts.ts';
import { createDurableClientInput } from './http/durable-client-input.ts';
import { durableWebhooks } from './http/main-handler.ts';
import { readBodyLimit } from './http/read-body.ts';
import { serveMainPort } from './http/serve-main-port.ts';
import { createManagementServer } from './http/serve-management.ts';
import { openHostKeys } from './keys/host-keys.ts';
import { selectFunctions } from './select-functions.ts';
import { stopFunctions } from './stop-functions.ts';
import { type RunningTriggers, startTriggers } from './triggers/start-triggers.ts';
import type { AppFunction } from './worker/contract.ts';
import { createFunctionInvoker } from './worker/function-invoker.ts';

export interface RunningFunctions {
  readonly functions: readonly HostFunction[];
  /** The Durable extension's management API, without a port. */
  readonly manage: DurableEngine['handle'];
  /** Keeps no more in memory than has to be there. */
  rest(): void;
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
  const functions = selectFunctions(worker.functions, settings.functions, env, faults);
  const keys = parts.asksForKeys
    ? openHostKeys(
        dataDir,
        worker.functions.map(({ name }) => name),
      )
    : undefined;
  const linkQuery = keys ? `code=${keys.system.durabletask_extension}` : '';
  const linkBase = `${main.url}${durableWebhooks}`;
  const durableClient = createDurableClientInput({
    baseUrl: linkBase,
    rpcBaseUrl: `${rpc.url}${rpcPrefix}/`,
    ...settings.durableTask,
    linkQuery,
  });
  const clients = createServiceClients(env);
  const bindingsOf = (fn: AppFunction) => createFunctionBindings(fn, { clients, env, clock, newId });
  const invoke = createFunctionInvoker({ functions, invoke: worker.invoke, durableClient, bindingsOf, clock, log });
  const context = { invoke, clients, clock, newId, log, env };
  const engine = createDurableEngine({
    ...context,
    databaseFile: parts.durableDatabase ?? join(dataDir, 'durable.db'),
    settings: settings.durableTask,
    functions,
    clientInput: () => durableClient,
  });
  const bodyLimit = readBodyLimit(env);
  rpc.serve(createManagementServer({ engine, prefix: rpcPrefix, linkBase, linkQuery, bodyLimit }));
  engine.start();
  let triggers: RunningTriggers | undefined;
  const describe = serveMainPort(parts, {
    functions,
    faults,
    keys,
    linkQuery,
    bodyLimit,
    invoke,
    engine,
    deliverBlobEvents: async (name, events) => triggers?.deliverBlobEvents(name, events),
  });
  const { serviceBus, blobs } = settings;
  const started = await startTriggers(functions, { ...context, dataDir, serviceBus, blobs, onFault: faults.add });
  triggers = started;
  return {
    functions: describe(),
    manage: (request) => engine.handle(request),
    rest: () => engine.rest(),
    async halt() {
      await started.stop();
      await engine.stop();
      await clients.close();
    },
    stop: (graceMs) => stopFunctions({ main, worker, engine, triggers: started, clients, log }, graceMs),
  };
}
