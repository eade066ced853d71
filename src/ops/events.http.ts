import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Instance } from '../azure/durable-instances.ts';
import { type Endpoint, type EndpointCall, type EndpointReply, routeParameter } from '../http/endpoint.ts';
import { checked } from '../http/problem.ts';
import { findInstance, unknownSaga } from './sagas.http.ts';
import { isWaiting, toSagaView } from './saga-view.ts';

// Server-sent events without streams: an answer carries one event and ends, and the client, as any EventSource does, comes
// back with the id of what it has seen. Streams of @azure/functions are switched on for all functions of an app at once, and
// change what the others see of their requests; this works the same on every host and through every proxy.

const querySchema = z.object({
  /** Id of the last event, for clients that cannot send `Last-Event-ID`. */
  since: z.string().max(100).optional(),
  /** Seconds until a heartbeat; well under the 230 s that Azure's load balancer waits for an answer. */
  wait: z.coerce.number().min(0).max(60).default(20),
});

/** Live progress of an instance. 204 says that it has ended and was seen so; an EventSource stops at that. */
export const eventEndpoints = (now: () => Date): Endpoint[] => [
  { name: 'getSagaEvents', method: 'GET', route: 'sagas/{id}/events', handle: (call) => nextEvent(now, call) },
];

const pollMs = 250;

async function nextEvent(now: () => Date, call: EndpointCall): Promise<EndpointReply> {
  const { request, instances } = call;
  const query = checked(querySchema, Object.fromEntries(request.query), 'The query');
  const seen = request.headers.get('last-event-id') ?? query.since;
  const id = routeParameter(request, 'id');
  const end = now().getTime() + query.wait * 1_000;
  for (;;) {
    const instance = await instances.get(id);
    if (instance === undefined) throw unknownSaga(id);
    if (idOf(instance) !== seen) return snapshot(await findInstance(call));
    if (!mayChange(instance)) return { status: 204 };
    if (now().getTime() + pollMs > end) return events(': nothing new\n\n');
    await sleep(pollMs);
  }
}

const mayChange = ({ runtimeStatus }: Instance): boolean =>
  isWaiting(runtimeStatus) || runtimeStatus === 'Suspended' || runtimeStatus === 'ContinuedAsNew';

const snapshot = (instance: Instance): EndpointReply =>
  events(`id: ${idOf(instance)}\nevent: saga\ndata: ${JSON.stringify(toSagaView(instance))}\n\n`);

/** `retry`: milliseconds after which an EventSource comes back. */
const events = (body: string): EndpointReply => ({
  status: 200,
  headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
  body: `retry: 100\n${body}`,
});

/** The same for as long as there is nothing new to see. */
const idOf = ({ runtimeStatus, customStatus, output, lastUpdatedTime }: Instance): string =>
  createHash('sha256')
    .update(JSON.stringify([runtimeStatus, customStatus, output, lastUpdatedTime]))
    .digest('base64url')
    .slice(0, 16);
