import { app, type HttpMethod, type HttpRequest, type InvocationContext } from '@azure/functions';
import { durableClientInput, type DurableInstances, instancesOf } from '../azure/durable-instances.ts';
import { Problem, problemResponse } from './problem.ts';
import { answerUnknownRoute } from './unknown-route.ts';

export interface EndpointCall {
  readonly request: HttpRequest;
  /** What can be read of them holds nothing sensitive. */
  readonly instances: DurableInstances;
  /** As the engine has them: for what never leaves the app, and for those who may see everything. */
  readonly unredacted: DurableInstances;
  /** Taken from the query's `correlationId` or `X-Correlation-Id`, or new; it is on the answer too. */
  readonly correlationId: string;
  /** The trace that the request is part of (W3C Trace Context), to be handed on to what it starts. */
  readonly traceparent: string | undefined;
  readonly log: InvocationContext;
}

export interface EndpointReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly jsonBody?: unknown;
  readonly body?: string | Uint8Array;
}

export interface Endpoint {
  readonly name: string;
  readonly method: HttpMethod;
  /** Under the route prefix of host.json, `api`. */
  readonly route: string;
  readonly handle: (call: EndpointCall) => Promise<EndpointReply>;
}

/** Stands around the answering of a request, which is told the trace that it is part of. */
export type ObserveRequest = (
  received: { readonly request: HttpRequest; readonly context: InvocationContext; readonly route: string },
  answer: (traceparent: string | undefined) => Promise<EndpointReply>,
) => Promise<EndpointReply>;

/** Ids that can stand in headers, messages and log lines as they are. */
export const correlationIdForm = /^[\w.:-]{1,128}$/;

const allMethods: HttpMethod[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

export interface EndpointSurroundings {
  readonly newId: () => string;
  readonly redact: (instances: DurableInstances) => DurableInstances;
  readonly observe: ObserveRequest;
}

/** Registers HTTP functions that share one way to correlate and to fail, and one more for every other path and method. */
export function registerEndpoints(endpoints: readonly Endpoint[], surroundings: EndpointSurroundings): void {
  const register = (name: string, methods: HttpMethod[], route: string, handle: Endpoint['handle']): void =>
    app.http(name, {
      methods,
      route,
      authLevel: 'function',
      extraInputs: [durableClientInput],
      handler: (request, context) =>
        surroundings.observe({ request, context, route: `/api/${route}` }, (traceparent) =>
          serve(handle, { request, context, traceparent }, surroundings),
        ),
    });
  for (const { name, method, route, handle } of endpoints) register(name, [method], route, handle);
  register('unknownRoute', allMethods, '{*path}', answerUnknownRoute(endpoints, '/api'));
}

interface Received {
  readonly request: HttpRequest;
  readonly context: InvocationContext;
  readonly traceparent: string | undefined;
}

async function serve(
  handle: Endpoint['handle'],
  { request, context, traceparent }: Received,
  { newId, redact }: EndpointSurroundings,
): Promise<EndpointReply> {
  const given = request.query.get('correlationId') ?? request.headers.get('x-correlation-id');
  const correlationId = given !== null && correlationIdForm.test(given) ? given : newId();
  const unredacted = instancesOf(context);
  const call = { request, correlationId, traceparent, log: context, unredacted, instances: redact(unredacted) };
  const response = await answer(handle, call);
  const traced = traceparent === undefined ? {} : { traceresponse: traceparent };
  return { ...response, headers: { ...response.headers, ...traced, 'x-correlation-id': correlationId } };
}

async function answer(handle: Endpoint['handle'], call: EndpointCall): Promise<EndpointReply> {
  try {
    return await handle(call);
  } catch (error) {
    if (error instanceof Problem) return problemResponse(error, call.correlationId);
    // The query may hold a function key.
    const path = new URL(call.request.url).pathname;
    call.log.error(`${call.request.method} ${path} failed (correlation ${call.correlationId}):`, error);
    const detail = `The request failed for a reason that is not yours. Try again; if it stays so, look in the log for ${call.correlationId}.`;
    return problemResponse(new Problem(500, 'unexpected', detail), call.correlationId);
  }
}

export function routeParameter(request: HttpRequest, name: string): string {
  const value = request.params[name];
  if (value === undefined) throw new Problem(404, 'not_found', `The path lacks its ${name}.`);
  return value;
}

/** @throws Problem `invalid_json` */
export async function jsonBody(request: HttpRequest): Promise<unknown> {
  const text = await request.text();
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Problem(
      400,
      'invalid_json',
      `The body is not valid JSON (${String(error)}): send JSON with content-type application/json.`,
    );
  }
}
