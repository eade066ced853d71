import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type EndpointCall, type EndpointReply } from './endpoint.ts';

// Server-sent events without streams: an answer carries one event and ends, and the client, as any EventSource does, comes
// back with the id of what it has seen. Streams of @azure/functions are switched on for all functions of an app at once, and
// change what the others see of their requests; this works the same on every host and through every proxy.

export const liveQuerySchema = z.object({
  /** Id of the last event, for clients that cannot send `Last-Event-ID`. */
  since: z.string().max(100).optional(),
  /** Seconds until a heartbeat; well under the 230 s that Azure's load balancer waits for an answer. */
  wait: z.coerce.number().min(0).max(60).default(20),
});

/** How something that is watched stands, as far as it takes to know whether that is new. */
export interface Look {
  /** The same for as long as there is nothing new to see; one line. */
  readonly id: string;
  readonly mayChange: boolean;
  /** What there is to see, as it was found or newer. */
  readonly read: () => Promise<unknown>;
}

export interface Watch {
  /** The type of its events. */
  readonly event: string;
  readonly now: () => Date;
  readonly pollMs: number;
  /** Nothing where there is nothing to see yet. */
  readonly look: () => Promise<Look | undefined>;
}

/** The next event, held back until there is one. 204 says that there will be none any more; an EventSource stops at that. */
export async function answerNextEvent(
  { request }: EndpointCall,
  query: z.infer<typeof liveQuerySchema>,
  { event, now, pollMs, look }: Watch,
): Promise<EndpointReply> {
  const seen = request.headers.get('last-event-id') ?? query.since;
  const end = now().getTime() + query.wait * 1_000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found.id !== seen)
      return events(`id: ${found.id}\nevent: ${event}\ndata: ${JSON.stringify(await found.read())}\n\n`);
    if (found?.mayChange === false) return { status: 204 };
    if (now().getTime() + pollMs > end) return events(': nothing new\n\n');
    await sleep(pollMs);
  }
}

/** `retry`: milliseconds after which an EventSource comes back. */
const events = (body: string): EndpointReply => ({
  status: 200,
  headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
  body: `retry: 100\n${body}`,
});
