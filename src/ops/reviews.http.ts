import { z } from 'zod';
import { isSameClaim } from '../azure/claim-blob.ts';
import type { Instance } from '../azure/durable-instances.ts';
import type { ReviewDecisions } from '../azure/review-decisions.ts';
import { actorOf } from '../http/caller.ts';
import { checkedBody, checkedQuery, type Endpoint, type EndpointCall, routeParameter } from '../http/endpoint.ts';
import { invalid, Problem, sayingWhatIsKnown } from '../http/problem.ts';
import type { SagaDefinition } from '../saga/index.ts';
import { parseAnswer, redact, type Review, reviewEvent, type SagaStatus } from '../saga/operate.ts';
import { operationSchema } from './contract.ts';
import { findInstance } from './sagas.http.ts';
import { isWaiting, statusOf } from './saga-view.ts';

export interface ReviewEndpointServices {
  readonly sagas: readonly SagaDefinition[];
  readonly decisions: ReviewDecisions;
}

/** Open questions, and their answers. */
export const reviewEndpoints = (services: ReviewEndpointServices): Endpoint[] => [
  {
    name: 'getReviews',
    method: 'GET',
    route: 'reviews',
    summary: 'Open questions, each with the JSON Schema of its decision',
    query: querySchema,
    answers: { 200: openReviewsSchema },
    handle: (call) => listReviews(services, call),
  },
  {
    name: 'postReview',
    method: 'POST',
    route: 'sagas/{id}/reviews/{review}',
    summary: 'Decides a question; the first decision counts',
    body: decisionSchema,
    answers: { 202: decidedSchema },
    handle: (call) => decide(services, call),
  },
];

const querySchema = z.object({ state: z.enum(['open']).default('open') });

const openReviewsSchema = z.object({
  reviews: z.array(
    z.object({
      instanceId: z.string(),
      saga: z.string(),
      /** Under which it is decided. */
      review: z.string(),
      id: z.string(),
      name: z.string(),
      of: z.unknown().optional(),
      openedAt: z.string(),
      deadline: z.string(),
      decisionSchema: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});

const decidedSchema = z.object({ instanceId: z.string(), review: z.string() });

async function listReviews({ sagas }: ReviewEndpointServices, call: EndpointCall) {
  checkedQuery(querySchema, call);
  const waiting = await call.instances.list({ runtimeStatus: ['Running', 'Pending'], withInput: true });
  const reviews = waiting.flatMap((instance) =>
    openReviewsOf(instance).map((open) => {
      const definition = findReview(sagas, instance.name, open.name);
      const schema = definition && z.toJSONSchema(definition.decision);
      return { instanceId: instance.instanceId, saga: instance.name, review: open.id, ...open, decisionSchema: schema };
    }),
  );
  return { status: 200, jsonBody: { reviews } };
}

/** A field in the wrong place must not look like an approval without corrections; the review itself checks the values. */
const decisionSchema = operationSchema.extend({ decision: z.unknown(), data: z.unknown().optional() });

/** The first decision counts. Raising it again does no harm, and helps where a crash came between the two. */
async function decide({ sagas, decisions }: ReviewEndpointServices, call: EndpointCall) {
  const { caller, request, instances } = call;
  const instance = await findInstance(call);
  const { instanceId } = instance;
  const open = findOpenReview(instance, routeParameter(request, 'review'));
  const definition = findReview(sagas, instance.name, open.name);
  if (definition === undefined) {
    throw new Problem(
      409,
      'unknown_review',
      `This version of the app has no review '${open.name}': deploy the version that asked.`,
    );
  }
  const body = await checkedBody(decisionSchema, call, 'The decision');
  const parsed = parseAnswer(definition, { ...body, by: actorOf(caller, body.by) }, sayingWhatIsKnown);
  if (!parsed.ok) throw invalid(parsed.error, 'The decision', redact(z.object({ data: definition.decision }), body));
  const first = await decisions.claim(instanceId, instance.createdTime, open.id, parsed.answer);
  const accepted = await instances.raiseEvent(instanceId, reviewEvent(open.id), first);
  if (!isSameClaim(first, parsed.answer)) throw alreadyDecided(open.id, ` by ${first.by}: ${first.decision}`);
  if (accepted !== 'accepted') throw new Problem(409, 'ended', `Saga '${instanceId}' has ended meanwhile.`);
  return { status: 202, jsonBody: { instanceId, review: open.id } };
}

/** @throws Problem that says why there is nothing to decide */
function findOpenReview(instance: Instance, asked: string): NonNullable<SagaStatus['review']> {
  const { instanceId, runtimeStatus } = instance;
  const status = statusOf(instance);
  const open = openReviewsOf(instance).find(({ id }) => id === asked);
  if (open !== undefined && isWaiting(runtimeStatus)) return open;
  if (open !== undefined && runtimeStatus === 'Suspended') {
    throw new Problem(409, 'suspended', `Saga '${instanceId}' is suspended: resume it first.`);
  }
  if (status?.decided?.includes(asked) === true) throw alreadyDecided(asked, '', describeOpen(instance));
  const others = describeOpen(instance) || ', nor any other: GET /api/reviews lists what is open';
  throw new Problem(404, 'not_found', `Saga '${instanceId}' has no open review '${asked}'${others}.`);
}

/** A review that is asked again has a `#` in its id: as it is, that would end the path. */
function describeOpen(instance: Instance): string {
  const open = openReviewsOf(instance).map(({ id }) => {
    const written = encodeURIComponent(id);
    return written === id ? `'${id}'` : `'${id}' (in the URL write it ${written})`;
  });
  return open.length === 0 ? '' : `; open is ${open.join(', ')}`;
}

/** Oldest first; operations side by side may each ask. */
function openReviewsOf(instance: Instance): NonNullable<SagaStatus['review']>[] {
  const { review, otherReviews = [] } = statusOf(instance) ?? {};
  return review === undefined ? [] : [review, ...otherReviews];
}

const alreadyDecided = (review: string, how = '', open = ''): Problem =>
  new Problem(409, 'already_decided', `Review '${review}' has its decision already${how}${open}.`);

const findReview = (sagas: readonly SagaDefinition[], saga: string, review: string): Review<unknown> | undefined =>
  sagas.find(({ name }) => name === saga)?.reviews.find(({ name }) => name === review);
