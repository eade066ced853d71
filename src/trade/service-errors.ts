import { z } from 'zod';
import { RetryableError, TerminalError } from '../saga/index.ts';

// What an outside system's answer, or its silence, means to a saga: whether to try again, when, and whether the effect may have
// happened all the same.

const refusalSchema = z.object({ code: z.string().min(1), message: z.string().optional() });

export interface Refusal {
  readonly status: number;
  readonly text: string;
  readonly retryAfterMs: number | undefined;
}

/** The service is well, and says that it is asked too often. */
export class RateLimitedError extends RetryableError {}

/**
 * A service that answers 408, 425, 429 or 503 has not taken the request up (RFC 9110, RFC 6585, RFC 8470). After any other 5xx nobody
 * knows.
 */
export function errorOfRefusal(service: string, { status, text, retryAfterMs }: Refusal): Error {
  const given = refusalSchema.safeParse(parseJson(text));
  const code = given.success ? given.data.code : `${service}_http_${status}`;
  const message = `${service} answered ${status}: ${given.data?.message ?? (text.slice(0, 500) || 'nothing else')}`;
  if (status >= 500 && status !== 503) return new RetryableError(message, { code, retryAfterMs, outcome: 'unknown' });
  if (status === 429) return new RateLimitedError(message, { code, retryAfterMs });
  if ([408, 425, 503].includes(status)) return new RetryableError(message, { code, retryAfterMs });
  return new TerminalError(message, { code });
}

/** Errors of undici and the operating system that come before the first byte of a request has left. */
const neverSent = new Set([
  'ECONNREFUSED',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** A request without an answer: unless it is known that it was never sent, its effect may have happened. */
export function errorOfSilence(service: string, error: unknown, timeoutMs: number): Error {
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    const message = `${service} did not answer within ${timeoutMs} ms`;
    return new RetryableError(message, { code: `${service}_timeout`, outcome: 'unknown', cause: error });
  }
  const cause = error instanceof Error ? error.cause : undefined;
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(error);
  return neverSent.has(reason)
    ? new RetryableError(`${service} cannot be reached (${reason})`, { code: `${service}_unreachable`, cause: error })
    : new RetryableError(`${service} broke off before its answer was complete (${reason})`, {
        code: `${service}_reply_lost`,
        outcome: 'unknown',
        cause: error,
      });
}

/** Both forms of RFC 9110, 10.2.3: seconds, or a date. In milliseconds. */
export function parseRetryAfter(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined;
  const seconds = Number(header);
  const ms = header.trim() !== '' && Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now.getTime();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
