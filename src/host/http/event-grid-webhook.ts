import type { IncomingMessage } from 'node:http';
import { answer, type HttpHandler } from './http-server.ts';
import { readBody } from './read-body.ts';

export interface EventGridWebhookOptions {
  /** Hands events to a function: true when all of them succeeded, undefined where there is no such function. */
  readonly deliver: (functionName: string, events: readonly unknown[]) => Promise<boolean | undefined>;
  /** Bytes. */
  readonly bodyLimit: number;
}

function readFunctionName({ url = '' }: IncomingMessage): string {
  const query = new URLSearchParams(url.split('?', 2)[1]);
  // Storage asks for `Host.Functions.<name>`.
  return (query.get('functionName') ?? '').replace(/^Host\.Functions\./i, '');
}

function parseEvents(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? (value as readonly unknown[]) : [value];
  } catch {
    return undefined;
  }
}

interface ValidationEvent {
  readonly data?: { readonly validationCode?: string };
}

/**
 * Where Event Grid delivers, in its own schema or as CloudEvents, with the handshakes of both.
 * Source: "Webhook event delivery" of Azure Event Grid, and CloudEvents HTTP 1.1 Web Hooks, 4.
 */
export function createEventGridWebhook({ deliver, bodyLimit }: EventGridWebhookOptions): HttpHandler {
  return async (request, response) => {
    if (request.method === 'OPTIONS') {
      const origin = request.headersDistinct['webhook-request-origin']?.[0] ?? '*';
      return answer(response, 200, '', { 'webhook-allowed-origin': origin, 'webhook-allowed-rate': '*' });
    }
    if (request.method !== 'POST') return answer(response, 404);
    const events = parseEvents(Buffer.from(await readBody(request, bodyLimit)).toString('utf8'));
    if (!events) return answer(response, 400, 'The body must be an event or an array of events in JSON.\n');
    const eventType = request.headersDistinct['aeg-event-type']?.[0];
    if (eventType === 'Unsubscribe') return answer(response, 202);
    if (eventType === 'SubscriptionValidation') {
      const [event] = events as readonly ValidationEvent[];
      const validationResponse = event?.data?.validationCode;
      return answer(response, 200, JSON.stringify({ validationResponse }), { 'content-type': 'application/json' });
    }
    const isDone = await deliver(readFunctionName(request), events);
    answer(response, isDone === undefined ? 404 : isDone ? 202 : 500);
  };
}
