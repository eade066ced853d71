import { z } from 'zod';
import type { Trail } from '../audit/chain.ts';
import { computeStateAt } from '../audit/compute-state-at.ts';
import { contentTypes, renderTrail, trailFormats } from '../audit/render-trail.ts';
import { authorize } from '../http/authorize.ts';
import { actorOf, nameOf } from '../http/caller.ts';
import { checkedBody, checkedQuery, type Endpoint, type EndpointCall, routeParameter } from '../http/endpoint.ts';
import { Problem } from '../http/problem.ts';
import { instantSchema } from '../http/times.ts';
import { archiveAndPurge, type Purging, trailOf } from './archive-and-purge.ts';
import { operationSchema } from './contract.ts';
import { unknownSaga } from './sagas.http.ts';

export interface AuditServices extends Purging {
  readonly now: () => Date;
}

/** What happened, when and who decided; and the end of an instance, with its trail kept. */
export const auditEndpoints = (services: AuditServices): Endpoint[] => [
  {
    name: 'getAudit',
    method: 'GET',
    route: 'sagas/{id}/audit',
    summary: 'What happened, when, and who decided, with the state as of any time; verifiable',
    query: querySchema,
    answers: { 200: { mediaTypes: Object.values(contentTypes) } },
    handle: (call) => readAudit(services, call),
  },
  {
    name: 'getHistory',
    method: 'GET',
    route: 'sagas/{id}/history',
    summary: 'The history in the form of the engine; raw shows what is sensitive, to operators',
    query: historyQuerySchema,
    answers: { 200: historySchema },
    handle: readHistory,
  },
  {
    name: 'deleteSaga',
    method: 'DELETE',
    route: 'sagas/{id}',
    summary:
      'Archives the trail of a saga that has ended, and forgets the rest; who and why stand in the query or in the body',
    query: operationSchema,
    body: operationSchema,
    answers: { 202: deletedSchema },
    handle: (call) => purge(services, call),
  },
];

const querySchema = z
  .object({ format: z.enum(trailFormats).default('json'), at: instantSchema.optional() })
  .refine(({ format, at }) => at === undefined || format === 'json' || format === 'html', {
    path: ['at'],
    message: 'asks for the state at a time, which only json and html show',
  });

const historyQuerySchema = z.object({ raw: z.stringbool({ truthy: ['true'], falsy: ['false'] }).default(false) });

const historySchema = z.looseObject({
  instanceId: z.string(),
  historyEvents: z.array(z.looseObject({ EventType: z.string() })).optional(),
  /** Whether `[redacted]` stands in the place of something. */
  redacted: z.literal(true).optional(),
});

const deletedSchema = z.object({ instanceId: z.string(), archivedAs: z.string() });

async function readAudit(services: AuditServices, call: EndpointCall) {
  const { format, at = services.now() } = checkedQuery(querySchema, call);
  const trail = await findTrail(services, call);
  const body = renderTrail(trail, computeStateAt(trail.entries, at), format);
  return { status: 200, headers: { 'content-type': contentTypes[format] }, body };
}

/** What the engine has forgotten is in the archive. */
async function findTrail(services: AuditServices, { request, unredacted }: EndpointCall): Promise<Trail> {
  const id = routeParameter(request, 'id');
  const instance = await unredacted.get(id, { history: true });
  if (instance === undefined) {
    const archived = await services.archive.find(id);
    if (archived === undefined) throw unknownSaga(id);
    return archived;
  }
  if (instance.historyEvents !== undefined && instance.historyEvents.length > 0) return trailOf(instance, services);
  throw new Problem(
    409,
    'no_history',
    `The engine shows no history of '${id}' now: it has not begun, or was rewound and has not ended yet. Ask again later.`,
  );
}

async function readHistory(call: EndpointCall) {
  const { caller, request, log, correlationId } = call;
  const instanceId = routeParameter(request, 'id');
  const { raw } = checkedQuery(historyQuerySchema, call);
  if (raw) authorize(caller, 'operator');
  const body = await (raw ? call.unredacted : call.instances).history(instanceId);
  if (body === undefined) throw unknownSaga(instanceId);
  if (raw) log.info(JSON.stringify({ event: 'saga.unredacted', instanceId, by: nameOf(caller), correlationId }));
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

async function purge(services: AuditServices, call: EndpointCall) {
  const { caller, request, unredacted, log, correlationId } = call;
  // Some clients and proxies send no body with a DELETE.
  const asked = { ...checkedQuery(operationSchema, call), ...(await checkedBody(operationSchema, call)) };
  const by = actorOf(caller, asked.by);
  const { reason } = asked;
  const id = routeParameter(request, 'id');
  const purged = await archiveAndPurge(unredacted, id, { at: services.now().toISOString(), by, reason }, services);
  switch (purged.state) {
    case 'purged': {
      const { archivedAs } = purged;
      log.info(JSON.stringify({ event: 'saga.deleted', instanceId: id, by, reason, archivedAs, correlationId }));
      return { status: 202, jsonBody: { instanceId: id, archivedAs } };
    }
    case 'not-found':
      throw unknownSaga(id);
    case 'refused':
      throw new Problem(
        409,
        'not_ended',
        `Saga '${id}' has not ended, so it cannot be deleted: cancel it (undoes) or terminate it (undoes nothing) first.`,
      );
  }
}
