import { type ErrorData, RetryableError, TerminalError } from './errors.ts';

const longestStack = 2_000;
const longestMessage = 2_000;
const deepestCause = 4;

/** Status codes after which the same request may succeed (RFC 9110, RFC 6585, and 529 of overloaded services). */
const passing = new Set([408, 425, 429, 500, 502, 503, 504, 529]);

/**
 * Describes anything thrown. Foreign errors are read by the fields that Azure's and Anthropic's clients share (`statusCode` or
 * `status`, `code`, `retryAfterInMs`, a `retry-after` header): 4xx other than 408, 425 and 429 are terminal, the rest is worth another attempt.
 */
export function toErrorData(thrown: unknown, depth = 0): ErrorData {
  if (!(thrown instanceof Error)) return unnamed(`a value that is not an Error was thrown: ${describe(thrown)}`);
  const known = thrown instanceof RetryableError || thrown instanceof TerminalError;
  const status = statusOf(thrown);
  return {
    name: thrown.name,
    message: bounded(thrown.message, longestMessage),
    code: codeOf(thrown, status),
    retryable: known ? thrown instanceof RetryableError : status === undefined || passing.has(status),
    outcome: known ? thrown.outcome : 'failed',
    retryAfterMs: thrown instanceof RetryableError ? thrown.retryAfterMs : retryAfterOf(thrown),
    cause: thrown.cause === undefined || depth >= deepestCause ? undefined : toErrorData(thrown.cause, depth + 1),
    stack: thrown.stack === undefined ? undefined : bounded(thrown.stack, longestStack),
  };
}

/**
 * Describes a task that the host itself failed (the process was killed, the function timed out): whether its effect
 * happened is not known.
 */
export function hostFailure(thrown: unknown): ErrorData {
  const message = thrown instanceof Error ? thrown.message : describe(thrown);
  return {
    name: 'HostFailure',
    message: bounded(message, longestMessage),
    code: 'host_failure',
    retryable: true,
    outcome: 'unknown',
  };
}

function statusOf(error: Error): number | undefined {
  const status = field(error, 'statusCode') ?? field(error, 'status');
  return typeof status === 'number' ? status : undefined;
}

function codeOf(error: Error, status: number | undefined): string {
  const code = field(error, 'code');
  if (typeof code === 'string' && code !== '') return code;
  return status === undefined ? 'unexpected' : `http_${status}`;
}

function retryAfterOf(error: Error): number | undefined {
  const direct = field(error, 'retryAfterInMs');
  if (typeof direct === 'number') return direct;
  const headers = field(error, 'headers');
  if (!(headers instanceof Headers)) return undefined;
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

function field(value: object, name: string): unknown {
  return name in value ? (value as Record<string, unknown>)[name] : undefined;
}

function describe(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}

function unnamed(message: string): ErrorData {
  return {
    name: 'Error',
    code: 'unexpected',
    message: bounded(message, longestMessage),
    retryable: true,
    outcome: 'failed',
  };
}

function bounded(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}… (${text.length - longest} more characters)`;
}
