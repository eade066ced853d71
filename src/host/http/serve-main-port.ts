import { isDisabled } from '../disabled-functions.ts';
import type { DurableEngine } from '../durable/index.ts';
import type { FunctionFaults } from '../function-faults.ts';
import { describeFunction, type HostFunction } from '../host-function.ts';
import { createAuthorize, letEverybodyIn } from '../keys/authorize.ts';
import type { HostKeys } from '../keys/host-keys.ts';
import type { HostParts } from '../host-parts.ts';
import { createEventGridDelivery } from '../triggers/event-grid-delivery.ts';
import { triggerOf } from '../triggers/function-fault.ts';
import { computeManualInput } from '../triggers/manual-input.ts';
import type { RunningTriggers } from '../triggers/start-triggers.ts';
import type { AppFunction, Invoke } from '../worker/contract.ts';
import { createAdminApi } from './admin-api.ts';
import { allowOrigins } from './cors.ts';
import { createEventGridWebhook } from './event-grid-webhook.ts';
import { addHeaders } from './add-headers.ts';
import { limitRequests } from './limit-requests.ts';
import { createRouteMatcher, createRoutes } from './http-routes.ts';
import { createMainHandler, durableWebhooks } from './main-handler.ts';
import { createFunctionServer } from './serve-function.ts';
import { createManagementServer } from './serve-management.ts';

export interface MainPortOptions {
  /** Those that run. */
  readonly functions: readonly AppFunction[];
  readonly faults: FunctionFaults;
  /** Undefined where requests need none. */
  readonly keys: HostKeys | undefined;
  readonly linkQuery: string;
  /** Bytes. */
  readonly bodyLimit: number;
  readonly invoke: Invoke;
  readonly engine: DurableEngine;
  readonly deliverBlobEvents: RunningTriggers['deliverBlobEvents'];
}

/** Opens the main port for requests. The answer tells of all functions of the app. */
export function serveMainPort(
  { main, worker, settings, env, newId, log, cors, redirects = {} }: HostParts,
  { functions, faults, keys, linkQuery, bodyLimit, invoke, engine, deliverBlobEvents }: MainPortOptions,
): () => readonly HostFunction[] {
  const routes = createRoutes(functions, { routePrefix: settings.routePrefix, env, onFault: faults.add });
  const about = {
    baseUrl: main.url,
    routes,
    faults,
    isDisabled: (name: string) => isDisabled(name, settings.functions, env),
  };
  const describe = () => worker.functions.map((fn) => describeFunction(fn, about));
  const trigger = ({ name }: HostFunction, text: string): boolean => {
    const binding = functions.flatMap((fn) => (fn.name === name ? [triggerOf(fn)] : []))[0];
    const input = binding && computeManualInput(binding, text);
    if (!binding || input === undefined) return false;
    invoke({ functionName: name, invocationId: newId(), inputs: new Map([[binding.name, input]]) }).catch(
      (error: unknown) => log('error', `Function.${name}`, String(error)),
    );
    return true;
  };
  const serveFunction = createFunctionServer({
    invoke,
    httpStreamUri: () => worker.httpStreamUri(),
    newId,
    bodyLimit,
  });
  const handle = addHeaders(
    settings.http.customHeaders,
    createMainHandler({
      matchRoute: createRouteMatcher(routes),
      serveFunction: limitRequests(settings.http, serveFunction),
      serveDurable: createManagementServer({ engine, prefix: durableWebhooks, linkQuery, bodyLimit }),
      serveAdmin: createAdminApi({ baseUrl: main.url, functions: describe, keys, trigger, bodyLimit }),
      serveEventGrid: createEventGridWebhook({
        deliver: createEventGridDelivery({ functions, invoke, newId }),
        bodyLimit,
      }),
      serveBlobEvents: createEventGridWebhook({ deliver: deliverBlobEvents, bodyLimit }),
      authorize: keys ? createAuthorize(keys) : letEverybodyIn,
      redirects,
    }),
  );
  main.serve(cors ? allowOrigins(cors, handle) : handle);
  return describe;
}
