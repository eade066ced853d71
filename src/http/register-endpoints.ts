import { app, type HttpMethod, type HttpRequest, type InvocationContext } from '@azure/functions';
import { durableClientInput, type DurableInstances, instancesOf } from '../azure/durable-instances.ts';
import { authorize, RoleLacking } from './authorize.ts';
import { type Access, callerOf } from './caller.ts';
import { askedCorrelationId, isCorrelationId } from './correlation-id.ts';
import { type Endpoint, type EndpointCall, type EndpointReply, type ObserveRequest } from './endpoint.ts';
import { Problem, problemResponse } from './problem.ts';
import { type EndpointName, type Need, needs, type Role } from './roles.ts';
import { answerUnknownRoute } from './unknown-route.ts';

export interface EndpointSurroundings {
  readonly newId: () => string;
  readonly access: Access;
  readonly redact: (instances: DurableInstances) => DurableInstances;
  readonly observe: ObserveRequest;
  /** Called when a caller lacks the role for something; what it throws is logged. */
  readonly onRefused: (call: EndpointCall, endpoint: EndpointName, needed: Role) => Promise<void>;
}

type Serving = Pick<Endpoint, 'handle'> & { readonly name: EndpointName | 'unknownRoute'; readonly need: Need };

const allMethods: HttpMethod[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Registers HTTP functions that share one way to let in, to correlate and to fail, and one for every other path and method. */
export function registerEndpoints(endpoints: readonly Endpoint[], surroundings: EndpointSurroundings): void {
  const register = (methods: HttpMethod[], route: string, serving: Serving): void =>
    app.http(serving.name, {
      methods,
      route,
      // Where keys open nothing, the host must not ask for one: whoever calls is signed in, or is refused here.
      authLevel: serving.need === 'public' || surroundings.access.keyRole === undefined ? 'anonymous' : 'function',
      extraInputs: [durableClientInput],
      handler: (request, context) =>
        surroundings.observe({ request, context, route: `/api/${route}` }, (traceparent) =>
          serve(serving, { request, context, traceparent }, surroundings),
        ),
    });
  for (const { name, method, route, handle } of endpoints) {
    register([method], route, { name, handle, need: needs[name] });
  }
  const handle = answerUnknownRoute(endpoints, '/api');
  register(allMethods, '{*path}', { name: 'unknownRoute', handle, need: 'signed-in' });
}

interface Received {
  readonly request: HttpRequest;
  readonly context: InvocationContext;
  readonly traceparent: string | undefined;
}

async function serve(
  serving: Serving,
  { request, context, traceparent }: Received,
  surroundings: EndpointSurroundings,
): Promise<EndpointReply> {
  const { newId, redact } = surroundings;
  const asked = askedCorrelationId(request);
  const correlationId = isCorrelationId(asked) ? asked : newId();
  const unredacted = instancesOf(context);
  const call = { request, correlationId, traceparent, log: context, unredacted, instances: redact(unredacted) };
  const response = await answer(serving, call, surroundings);
  const traced = traceparent === undefined ? {} : { traceresponse: traceparent };
  return { ...response, headers: { ...response.headers, ...traced, 'x-correlation-id': correlationId } };
}

async function answer(
  { name, need, handle }: Serving,
  call: Omit<EndpointCall, 'caller'>,
  { access, onRefused }: EndpointSurroundings,
): Promise<EndpointReply> {
  const { request, correlationId, log } = call;
  // The query may hold a function key.
  const asked = `${request.method} ${new URL(request.url).pathname}`;
  try {
    return await handle({ ...call, caller: authorize(callerOf(request, access), need) });
  } catch (error) {
    if (error instanceof RoleLacking && name !== 'unknownRoute') {
      await onRefused({ ...call, caller: error.caller }, name, error.needed).catch((cause: unknown) =>
        log.error(`${asked} was refused, and that could not be recorded (correlation ${correlationId}):`, cause),
      );
    }
    if (error instanceof Problem) return problemResponse(error, correlationId);
    log.error(`${asked} failed (correlation ${correlationId}):`, error);
    const detail = `The request failed for a reason that is not yours. Try again; if it stays so, look in the log for ${correlationId}.`;
    return problemResponse(new Problem(500, 'unexpected', detail), correlationId);
  }
}
