import { z } from 'zod';
import type { Trail } from '../audit/chain.ts';
import { computeStateAt } from '../audit/compute-state-at.ts';
import { createTrail } from '../audit/create-trail.ts';
import { contentTypes, renderTrail, trailFormats } from '../audit/render-trail.ts';
import { type Endpoint, type EndpointCall, routeParameter } from '../http/endpoint.ts';
import { checked, Problem } from '../http/problem.ts';
import { archiveAndPurge, type TrailKeeping } from './archive-and-purge.ts';
import { unknownSaga } from './sagas.http.ts';

export interface AuditServices extends TrailKeeping {
  readonly now: () => Date;
}

/** What happened, when and who decided; and the end of an instance, with its trail kept. */
export const auditEndpoints = (services: AuditServices): Endpoint[] => [
  { name: 'getAudit', method: 'GET', route: 'sagas/{id}/audit', handle: (call) => readAudit(services, call) },
  { name: 'getHistory', method: 'GET', route: 'sagas/{id}/history', handle: readHistory },
  { name: 'deleteSaga', method: 'DELETE', route: 'sagas/{id}', handle: (call) => purge(services, call) },
];

const querySchema = z
  .object({ format: z.enum(trailFormats).default('json'), at: z.coerce.date().optional() })
  .refine(({ format, at }) => at === undefined || format === 'json' || format === 'html', {
    path: ['at'],
    message: 'asks for the state at a time, which only json and html show',
  });

async function readAudit(services: AuditServices, call: EndpointCall) {
  const { format, at = services.now() } = checked(querySchema, Object.fromEntries(call.request.query), 'The query');
  const trail = await findTrail(services, call);
  const body = renderTrail(trail, computeStateAt(trail.entries, at), format);
  return { status: 200, headers: { 'content-type': contentTypes[format] }, body };
}

/** What the engine has forgotten is in the archive. */
async function findTrail({ archive, sign }: AuditServices, { request, instances }: EndpointCall): Promise<Trail> {
  const id = routeParameter(request, 'id');
  const instance = await instances.get(id, { history: true });
  if (instance === undefined) {
    const archived = await archive.find(id);
    if (archived === undefined) throw unknownSaga(id);
    return archived;
  }
  if (instance.historyEvents !== undefined && instance.historyEvents.length > 0) return createTrail(instance, sign);
  throw new Problem(
    409,
    'no_history',
    `The engine shows no history of '${id}' now: it has not begun, or was rewound and has not ended yet. Ask again later.`,
  );
}

async function readHistory({ request, instances }: EndpointCall) {
  const id = routeParameter(request, 'id');
  const body = await instances.history(id);
  if (body === undefined) throw unknownSaga(id);
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

async function purge(services: AuditServices, { request, instances, log }: EndpointCall) {
  const id = routeParameter(request, 'id');
  const purged = await archiveAndPurge(instances, id, services);
  switch (purged.state) {
    case 'purged':
      log.info(`${id} purged; its trail is ${purged.archivedAs}`);
      return { status: 202, jsonBody: { instanceId: id, archivedAs: purged.archivedAs } };
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
