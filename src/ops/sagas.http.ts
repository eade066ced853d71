import { z } from 'zod';
import type { Instance } from '../azure/durable-instances.ts';
import { type Endpoint, type EndpointCall, jsonBody, routeParameter } from '../http/endpoint.ts';
import { checked, Problem } from '../http/problem.ts';
import type { SagaDefinition } from '../saga/index.ts';
import { listSchema, type SagaList, startSchema } from './contract.ts';
import { phaseOf, statusOf, toSagaView } from './saga-view.ts';

/** Start, list and get sagas. */
export function sagaEndpoints(sagas: readonly SagaDefinition[], newId: () => string): Endpoint[] {
  return [
    { name: 'postSaga', method: 'POST', route: 'sagas/{name}', handle: (call) => startSaga(sagas, newId, call) },
    { name: 'getSagas', method: 'GET', route: 'sagas', handle: listSagas },
    {
      name: 'getSaga',
      method: 'GET',
      route: 'sagas/{id}',
      handle: async (call) => ({ status: 200, jsonBody: toSagaView(await findInstance(call)) }),
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

async function startSaga(sagas: readonly SagaDefinition[], newId: () => string, { request, instances }: EndpointCall) {
  const name = routeParameter(request, 'name');
  const saga = sagas.find((known) => known.name === name);
  if (saga === undefined) {
    throw new Problem(
      404,
      'not_found',
      `There is no saga '${name}'; known are: ${sagas.map((known) => known.name).join(', ')}.`,
    );
  }
  const { input, instanceId = newId() } = checked(startSchema, await jsonBody(request), 'The body');
  const fitting = checked(z.object({ input: saga.input }), { input }, `The input of ${name}`);
  if ((await instances.start(name, instanceId, fitting.input)) === 'exists') {
    throw new Problem(
      409,
      'exists',
      `Instance '${instanceId}' exists already: leave instanceId out, or choose another.`,
    );
  }
  const statusUrl = new URL(`./${encodeURIComponent(instanceId)}`, request.url).href;
  return { status: 202, headers: { location: statusUrl }, jsonBody: { instanceId, statusUrl } };
}

async function listSagas({ request, instances }: EndpointCall) {
  const query = checked(listSchema, Object.fromEntries(request.query), 'The query');
  const { status, from, to } = query;
  const all = await instances.list({ runtimeStatus: status, createdFrom: from, createdTo: to, withInput: true });
  const inAnyPhase = all
    .filter((instance) => matches(instance, query))
    .map((instance) => ({ instance, phase: phaseOf(instance) }));
  const { continuation, phase } = query;
  const found = inAnyPhase
    .flatMap((one) => (phase === undefined || one.phase === phase ? [one.instance] : []))
    .sort(newestFirst);
  const rest = continuation === undefined ? found : found.filter((instance) => sortKey(instance) < continuation);
  const page = rest.slice(0, query.top);
  const last = page.at(-1);
  return {
    status: 200,
    jsonBody: {
      sagas: page.map(toSagaView),
      /** Of everything that is asked for, on all pages and in whatever phase. */
      counts: countBy(inAnyPhase.map(({ phase }) => phase)),
      names: [...new Set(inAnyPhase.map(({ instance }) => instance.name))].toSorted(),
      ...(last !== undefined && rest.length > page.length && { continuation: encode(sortKey(last)) }),
    },
  };
}

/** Entities share the task hub; their ids begin with @. */
function matches(instance: Instance, { name, q }: SagaList): boolean {
  if (instance.instanceId.startsWith('@')) return false;
  if (name !== undefined && instance.name !== name) return false;
  if (q === undefined) return true;
  const { instanceId, input } = instance;
  const texts = [instanceId, instance.name, statusOf(instance)?.correlationId ?? '', JSON.stringify(input ?? null)];
  return texts.some((text) => text.toLowerCase().includes(q.toLowerCase()));
}

/** Newest first; a page begins after a key, not at an offset, so it stays right while instances come and go. */
const sortKey = ({ createdTime, instanceId }: Instance): string => `${createdTime.toISOString()} ${instanceId}`;

const newestFirst = (a: Instance, b: Instance): number => (sortKey(a) < sortKey(b) ? 1 : -1);

function countBy(keys: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

const encode = (key: string): string => Buffer.from(key, 'utf8').toString('base64url');
