import { createHash } from 'node:crypto';
import { days, minutes, seconds } from './duration.ts';
import { type ErrorData, SagaDefinitionError } from './errors.ts';

/** The fields of `df.RetryOptions`, in milliseconds, with jitter and a predicate. */
export interface RetryOptions {
  /** Wait after the first failed attempt. */
  readonly firstIntervalMs: number;
  /** All attempts, the first included. */
  readonly maxAttempts: number;
  /** Each wait is the one before times this. Default 1. */
  readonly backoffCoefficient?: number;
  /** No wait is longer, except one that the server asked for; a year at most even then. */
  readonly maxIntervalMs?: number;
  /** No attempt starts later than this after the first one. */
  readonly timeoutMs?: number;
  /** A wait is shortened by a random part of up to this share, 0 to 1; the randomness is seeded and replays the same. Default 0. */
  readonly jitter?: number;
  /** Asked only about errors that are retryable at all. */
  readonly retryIf?: (error: ErrorData) => boolean;
}

export const once: RetryOptions = { firstIntervalMs: 0, maxAttempts: 1 };

export const transient: RetryOptions = {
  firstIntervalMs: seconds(1),
  maxAttempts: 5,
  backoffCoefficient: 2,
  maxIntervalMs: minutes(1),
  jitter: 0.2,
};

export const rateLimit: RetryOptions = {
  firstIntervalMs: seconds(5),
  maxAttempts: 3,
  backoffCoefficient: 2,
  maxIntervalMs: seconds(30),
};

/** For a best-effort step that is worth two quick tries, not a delay of the saga. */
export const briefly: RetryOptions = { firstIntervalMs: seconds(1), maxAttempts: 2 };

/** 1, 2, 4, 8, 16 s: what the blob and queue bindings of Azure wait. */
export const blobAndQueue: RetryOptions = { firstIntervalMs: seconds(1), maxAttempts: 6, backoffCoefficient: 2 };

/**
 * @throws SagaDefinitionError when a number is out of range; a bad interval is never silently 0.
 */
export function checkRetryOptions(owner: string, options: RetryOptions): RetryOptions {
  const { firstIntervalMs, maxAttempts, backoffCoefficient = 1, maxIntervalMs, timeoutMs, jitter = 0 } = options;
  const refuse = (field: string, value: number, rule: string): never => {
    throw new SagaDefinitionError(`${owner}: retry.${field} is ${value}; it must be ${rule}`);
  };
  if (!(firstIntervalMs >= 0 && Number.isFinite(firstIntervalMs)))
    refuse('firstIntervalMs', firstIntervalMs, '0 or more');
  if (!(Number.isInteger(maxAttempts) && maxAttempts >= 1))
    refuse('maxAttempts', maxAttempts, 'a whole number, 1 or more');
  if (!(backoffCoefficient >= 1)) refuse('backoffCoefficient', backoffCoefficient, '1 or more');
  if (maxIntervalMs !== undefined && !(maxIntervalMs > 0)) refuse('maxIntervalMs', maxIntervalMs, 'more than 0');
  if (timeoutMs !== undefined && !(timeoutMs > 0)) refuse('timeoutMs', timeoutMs, 'more than 0');
  if (!(jitter >= 0 && jitter <= 1)) refuse('jitter', jitter, 'between 0 and 1');
  return options;
}

/** Beyond it dates overflow. */
const longestDelayMs = days(365);

export interface FailedAttempt {
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly error: ErrorData;
  /** Since the first attempt started, in milliseconds. */
  readonly elapsedMs: number;
  /** What the jitter is drawn from: the same seed gives the same wait. */
  readonly seed: string;
}

/** Milliseconds to wait before the next attempt; undefined when there is none. */
export function computeRetryDelay(options: RetryOptions, failed: FailedAttempt): number | undefined {
  const {
    firstIntervalMs,
    maxAttempts,
    backoffCoefficient = 1,
    maxIntervalMs = Infinity,
    timeoutMs = Infinity,
  } = options;
  if (!failed.error.retryable || failed.attempt >= maxAttempts) return undefined;
  if (options.retryIf?.(failed.error) === false) return undefined;
  // The power may be Infinity, and 0 times that is no number.
  const grown = firstIntervalMs === 0 ? 0 : firstIntervalMs * backoffCoefficient ** (failed.attempt - 1);
  const backoff = Math.min(grown, maxIntervalMs);
  const spread = 1 - (options.jitter ?? 0) * seededFraction(`${failed.seed}@${failed.attempt}`);
  const delay = Math.min(Math.round(Math.max(backoff * spread, failed.error.retryAfterMs ?? 0)), longestDelayMs);
  return failed.elapsedMs + delay > timeoutMs ? undefined : delay;
}

/** A number in [0, 1) that depends on the seed alone. */
export function seededFraction(seed: string): number {
  return createHash('sha256').update(seed).digest().readUInt32BE(0) / 2 ** 32;
}

/** A UUID that depends on the seed alone, of the version for ids of one's own making (RFC 9562, version 8). */
export function seededId(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
