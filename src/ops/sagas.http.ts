import { z } from 'zod';
import type { Instance } from '../azure/durable-instances.ts';
import { mapInTurns } from '../azure/map-in-turns.ts';
import { pageWithMore } from '../azure/pages.ts';
import { checkCorrelationId, correlationHeaders } from '../http/correlation-id.ts';
import {
  checkedBody,
  checkedQuery,
  type Endpoint,
  type EndpointCall,
  routeParameter,
  statusUrlOf,
} from '../http/endpoint.ts';
import { checked, Problem } from '../http/problem.ts';
import type { SagaDefinition } from '../saga/index.ts';
import { type ClaimStore, isWrapped, storeClaims, wrapInput } from '../saga/operate.ts';
import { listSchema, startSchema } from './contract.ts';
import { countSagas, findNewest, sagaCountsSchema, sortKey } from './list-sagas.ts';
import type { Redaction } from './redaction.ts';
import { sagaViewSchema, toSagaView } from './saga-view.ts';

export interface SagaEndpointServices {
  readonly sagas: readonly SagaDefinition[];
  readonly redaction: Redaction;
  /** For inputs that are too large for a history. */
  readonly claims: ClaimStore;
  readonly newId: () => string;
  readonly now: () => Date;
}

/** Start, list and get sagas. */
export function sagaEndpoints(services: SagaEndpointServices): Endpoint[] {
  return [
    {
      name: 'getSagas',
      method: 'GET',
      route: 'sagas',
      summary: 'Sagas, newest first',
      query: listSchema,
      answers: { 200: sagaPageSchema },
      handle: (call) => listSagas(services, call),
    },
    {
      name: 'getSaga',
      method: 'GET',
      route: 'sagas/{id}',
      summary: 'Where a saga stands, and whether it can be rewound',
      answers: { 200: sagaViewSchema },
      handle: async (call) => ({ status: 200, jsonBody: toSagaView(await findInstance(call)) }),
    },
    {
      name: 'postSaga',
      method: 'POST',
      route: 'sagas/{name}',
      summary: 'Starts a saga',
      headers: correlationHeaders,
      body: startSchema,
      answers: { 202: startedSchema },
      handle: (call) => startSaga(services, call),
    },
  ];
}

/** @throws Problem 404 */
export async function findInstance({ request, instances }: EndpointCall): Promise<Instance> {
  const id = routeParameter(request, 'id');
  const instance = await instances.get(id, { history: true });
  if (instance === undefined) throw unknownSaga(id);
  return instance;
}

export const unknownSaga = (id: string): Problem =>
  new Problem(404, 'not_found', `There is no saga '${id}': GET /api/sagas lists what there is.`);

const startedSchema = z.object({ instanceId: z.string(), statusUrl: z.url() });

const sagaPageSchema = z.object({
  sagas: z.array(sagaViewSchema),
  ...sagaCountsSchema.partial().shape,
  continuation: z.string().optional(),
});

async function startSaga({ sagas, claims, newId }: SagaEndpointServices, call: EndpointCall) {
  const { request, instances } = call;
  const name = routeParameter(request, 'name');
  const saga = sagas.find((known) => known.name === name);
  if (saga === undefined) {
    throw new Problem(
      404,
      'not_found',
      `There is no saga '${name}'; known are: ${sagas.map((known) => known.name).join(', ')}.`,
    );
  }
  checkCorrelationId(request);
  const { input, instanceId = newId() } = await checkedBody(startSchema, call);
  const fitting = checked(z.object({ input: saga.input }), { input }, `The input of ${name}`);
  if (isWrapped(fitting.input)) {
    throw new Problem(
      400,
      'invalid',
      `The input of ${name} has a member '$saga', a name that the engine keeps for itself: leave it out.`,
    );
  }
  const started = await storeClaims(claims, withOrigin(saga, fitting.input, call));
  if ((await instances.start(name, instanceId, started)) === 'exists') {
    throw new Problem(
      409,
      'exists',
      `Instance '${instanceId}' exists already: leave instanceId out, or choose another.`,
    );
  }
  const statusUrl = statusUrlOf(request, instanceId);
  return { status: 202, headers: { location: statusUrl }, jsonBody: { instanceId, statusUrl } };
}

/** A saga that says itself what ties it to a request has that in its input. */
function withOrigin(saga: SagaDefinition, input: unknown, { correlationId, traceparent }: EndpointCall): unknown {
  if (saga.prepare(input).correlationId !== undefined) return input;
  return wrapInput(input, { origin: { correlationId, ...(traceparent !== undefined && { traceparent }) } });
}

async function listSagas({ redaction, now }: SagaEndpointServices, call: EndpointCall) {
  const query = checkedQuery(listSchema, call);
  const listing = { instances: call.unredacted, redaction, now: now() };
  const [found, counted] = await Promise.all([
    findNewest(query, listing),
    query.counts ? countSagas(query, listing) : undefined,
  ]);
  const { records, continuation } = pageWithMore(found, sortKey, query.top);
  // What is sensitive in a saga, and whether a rewind leads anywhere, only its history tells.
  const shown = await mapInTurns(records, ({ instanceId }) => call.instances.get(instanceId, { history: true }));
  return {
    status: 200,
    jsonBody: {
      sagas: shown.filter((instance) => instance !== undefined).map(toSagaView),
      ...counted,
      continuation,
    },
  };
}
