import {
  BrokenCircuitError,
  bulkhead,
  BulkheadRejectedError,
  circuitBreaker,
  ConsecutiveBreaker,
  handleWhen,
  wrap,
} from 'cockatiel';
import { z } from 'zod';
import { type Call, minutes, RetryableError, seconds, TerminalError } from '../saga/index.ts';
import { errorOfRefusal, errorOfSilence, parseJson, parseRetryAfter, RateLimitedError } from './service-errors.ts';

export interface ServiceOptions {
  readonly baseUrl: string;
  /** For one request and its whole answer, in milliseconds. */
  readonly timeoutMs: number;
  readonly now: () => Date;
  /** Sends the requests; default the global one. */
  readonly fetch?: typeof fetch;
}

/** How many requests may be under way and how many may wait for their turn. */
export interface Bulkhead {
  readonly concurrent: number;
  readonly queued: number;
}

/** For what an order cannot do without. */
export const critical: Bulkhead = { concurrent: 100, queued: 50 };
export const background: Bulkhead = { concurrent: 20, queued: 100 };

/** What of an activity's call a request needs: the key makes the service carry it out once however often it is sent. */
export type KeyedCall = Pick<Call, 'idempotencyKey' | 'signal'>;

export interface ServiceClient {
  /**
   * @throws RetryableError the service is down, busy, silent or kept away from; `retryAfterMs` when it says for how long
   * @throws TerminalError the service says no, with its own code
   */
  post<T>(path: string, body: unknown, answer: z.ZodType<T>, call: KeyedCall): Promise<T>;
}

/** Five failures in a row keep requests away for a minute; then three are let through, and all must succeed. */
const failuresToOpen = 5;
const openMs = minutes(1);
const trials = 3;

/** A client of one outside system: `name` begins the codes of the errors that the system itself does not name. */
export function createServiceClient(name: string, options: ServiceOptions, limits: Bulkhead): ServiceClient {
  const { baseUrl, timeoutMs, now, fetch = globalThis.fetch } = options;
  const breaker = circuitBreaker(handleWhen(isOutage), {
    breaker: new ConsecutiveBreaker(failuresToOpen),
    halfOpenAfter: openMs,
    halfOpenSampling: { calls: trials, threshold: 0 },
  });
  let openedAt = 0;
  breaker.onBreak(() => (openedAt = now().getTime()));
  const guarded = wrap(breaker, bulkhead(limits.concurrent, limits.queued));

  async function send(url: string, body: unknown, { idempotencyKey, signal }: KeyedCall): Promise<string> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
        body: JSON.stringify(body),
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      text = await response.text();
    } catch (error) {
      throw errorOfSilence(name, error, timeoutMs);
    }
    if (response.ok) return text;
    const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), now());
    throw errorOfRefusal(name, { status: response.status, text, retryAfterMs });
  }

  return {
    async post(path, body, answer, call) {
      const url = `${baseUrl.replace(/\/$/, '')}/${path}`;
      const text = await guarded
        .execute(() => send(url, body, call), call.signal)
        .catch((error: unknown) => {
          throw toHeldBack(name, error, openedAt + openMs - now().getTime());
        });
      const parsed = answer.safeParse(parseJson(text));
      if (parsed.success) return parsed.data;
      const problem = z.prettifyError(parsed.error);
      throw new TerminalError(`${name} gave an answer that cannot be read: ${problem}`, {
        code: `${name}_bad_answer`,
        outcome: 'unknown',
      });
    },
  };
}

const isOutage = (error: unknown): boolean => error instanceof RetryableError && !(error instanceof RateLimitedError);

/** Requests that were not sent at all, for the breaker or the bulkhead. */
function toHeldBack(name: string, error: unknown, openForMs: number): unknown {
  if (error instanceof BrokenCircuitError) {
    const message = `${name} has failed ${failuresToOpen} times in a row and is left alone for a while`;
    return new RetryableError(message, { code: `${name}_circuit_open`, retryAfterMs: Math.max(0, openForMs) });
  }
  if (error instanceof BulkheadRejectedError) {
    const message = `too many requests to ${name} are under way`;
    return new RetryableError(message, { code: `${name}_busy`, retryAfterMs: seconds(1) });
  }
  return error;
}
