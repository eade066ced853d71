import { z } from 'zod';
import { type Endpoint, type EndpointCall, jsonBody, routeParameter } from '../http/endpoint.ts';
import { checked, invalid, Problem } from '../http/problem.ts';
import type { SagaDefinition } from '../saga/index.ts';
import { parseAnswer, type Review, reviewEvent } from '../saga/operate.ts';
import { actorOf } from './actor.ts';
import { findInstance } from './sagas.http.ts';
import { isWaiting, statusOf } from './saga-view.ts';

/** Open questions, and their answers. */
export const reviewEndpoints = (sagas: readonly SagaDefinition[]): Endpoint[] => [
  { name: 'getReviews', method: 'GET', route: 'reviews', handle: (call) => listReviews(sagas, call) },
  { name: 'postReview', method: 'POST', route: 'sagas/{id}/reviews/{review}', handle: (call) => decide(sagas, call) },
];

const querySchema = z.object({ state: z.enum(['open']).default('open') });

async function listReviews(sagas: readonly SagaDefinition[], { request, instances }: EndpointCall) {
  checked(querySchema, Object.fromEntries(request.query), 'The query');
  const waiting = [
    ...(await instances.list({ runtimeStatus: 'Running' })),
    ...(await instances.list({ runtimeStatus: 'Pending' })),
  ];
  const reviews = waiting.flatMap((instance) => {
    const open = statusOf(instance)?.review;
    if (open === undefined) return [];
    const definition = findReview(sagas, instance.name, open.name);
    const schema = definition && z.toJSONSchema(definition.decision);
    return [{ instanceId: instance.instanceId, saga: instance.name, review: open.id, ...open, decisionSchema: schema }];
  });
  return { status: 200, jsonBody: { reviews } };
}

/** A field in the wrong place must not look like an approval without corrections; the review itself checks the values. */
const decisionSchema = z.strictObject({
  decision: z.unknown(),
  data: z.unknown().optional(),
  by: z.string().trim().min(1).optional(),
  reason: z.unknown().optional(),
});

async function decide(sagas: readonly SagaDefinition[], call: EndpointCall) {
  const { request, instances } = call;
  const instance = await findInstance(call);
  const status = statusOf(instance);
  const asked = routeParameter(request, 'review');
  const open = status?.review;
  const isOpen = open !== undefined && (open.id === asked || open.name === asked);
  if (isOpen && instance.runtimeStatus === 'Suspended') {
    throw new Problem(409, 'suspended', `Saga '${instance.instanceId}' is suspended: resume it first.`);
  }
  if (!isOpen || !isWaiting(instance.runtimeStatus)) {
    if (status?.decided?.includes(asked) === true) {
      throw new Problem(409, 'already_decided', `Review '${asked}' has its decision already.`);
    }
    throw new Problem(
      404,
      'not_found',
      `Saga '${instance.instanceId}' has no open review '${asked}': GET /api/reviews lists the open ones.`,
    );
  }
  const definition = findReview(sagas, instance.name, open.name);
  if (definition === undefined) {
    throw new Problem(
      409,
      'unknown_review',
      `This version of the app has no review '${open.name}': deploy the version that asked.`,
    );
  }
  const body = checked(decisionSchema, await jsonBody(request), 'The decision');
  const parsed = parseAnswer(definition, { ...body, by: actorOf(request, body.by) });
  if (!parsed.ok) throw invalid(parsed.error, 'The decision');
  const accepted = await instances.raiseEvent(instance.instanceId, reviewEvent(open.id), parsed.answer);
  if (accepted === 'accepted') return { status: 202, jsonBody: { instanceId: instance.instanceId, review: open.id } };
  throw new Problem(409, 'ended', `Saga '${instance.instanceId}' has ended meanwhile.`);
}

const findReview = (sagas: readonly SagaDefinition[], saga: string, review: string): Review<unknown> | undefined =>
  sagas.find(({ name }) => name === saga)?.reviews.find(({ name }) => name === review);
