import { createHash } from 'node:crypto';
import type { Instance } from '../azure/durable-instances.ts';
import {
  checkedQuery,
  type Endpoint,
  type EndpointCall,
  type EndpointReply,
  eventStream,
  noContent,
  routeParameter,
} from '../http/endpoint.ts';
import { answerNextEvent, liveQuerySchema } from '../http/live-events.ts';
import { findInstance, unknownSaga } from './sagas.http.ts';
import { isWaiting, toSagaView } from './saga-view.ts';

/** Live progress of an instance, until it has ended and was seen so. */
export const eventEndpoints = (now: () => Date): Endpoint[] => [
  {
    name: 'getSagaEvents',
    method: 'GET',
    route: 'sagas/{id}/events',
    summary: 'Live progress of a saga, an event an answer; 204 when it has ended and was seen so',
    query: liveQuerySchema,
    answers: { 200: eventStream, 204: noContent },
    handle: (call) => nextEvent(now, call),
  },
];

async function nextEvent(now: () => Date, call: EndpointCall): Promise<EndpointReply> {
  const id = routeParameter(call.request, 'id');
  return answerNextEvent(call, checkedQuery(liveQuerySchema, call), {
    event: 'saga',
    now,
    pollMs: 250,
    async look() {
      // What is sensitive depends on how much is looked at, and the id must not.
      const instance = await call.unredacted.get(id);
      if (instance === undefined) throw unknownSaga(id);
      return {
        id: idOf(instance),
        mayChange: mayChange(instance),
        read: async () => toSagaView(await findInstance(call)),
      };
    },
  });
}

const mayChange = ({ runtimeStatus }: Instance): boolean =>
  isWaiting(runtimeStatus) || runtimeStatus === 'Suspended' || runtimeStatus === 'ContinuedAsNew';

/** The same for as long as there is nothing new to see. */
const idOf = ({ runtimeStatus, customStatus, output, lastUpdatedTime }: Instance): string =>
  createHash('sha256')
    .update(JSON.stringify([runtimeStatus, customStatus, output, lastUpdatedTime]))
    .digest('base64url')
    .slice(0, 16);
