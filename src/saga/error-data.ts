import { type ErrorData, RetryableError, TerminalError } from './errors.ts';

const longestStack = 2_000;
const longestMessage = 2_000;
const longestName = 200;
const deepestCause = 4;

/** Status codes after which the same request may succeed (RFC 9110, RFC 6585, and 529 of overloaded services). */
const passing = new Set([408, 425, 429, 500, 502, 503, 504, 529]);

/**
 * Describes anything thrown, and never throws. Foreign errors are read by the fields that Azure's and Anthropic's clients share
 * (`statusCode` or `status`, `code`, `retryAfterInMs`, a `retry-after` header of the error or its `response`): 4xx other than 408, 425 and 429 are terminal,
 * the rest is worth another attempt. Only a status by which the request was refused says that its effect did not happen.
 */
export function toErrorData(thrown: unknown, depth = 0): ErrorData {
  if (!(thrown instanceof Error)) {
    const message = bounded(`a value that is not an Error was thrown: ${textOf(thrown)}`, longestMessage);
    return { name: 'Error', code: 'unexpected', message, retryable: true, outcome: 'unknown' };
  }
  const known = thrown instanceof RetryableError || thrown instanceof TerminalError;
  const status = statusOf(thrown);
  return {
    name: bounded(thrown.name, longestName),
    message: bounded(thrown.message, longestMessage),
    code: bounded(codeOf(thrown, status), longestName),
    retryable: known ? thrown instanceof RetryableError : status === undefined || passing.has(status),
    outcome: known ? thrown.outcome : outcomeAfter(status),
    retryAfterMs: retryAfterOf(thrown),
    cause: thrown.cause === undefined || depth >= deepestCause ? undefined : toErrorData(thrown.cause, depth + 1),
    stack: thrown.stack === undefined ? undefined : bounded(thrown.stack, longestStack),
  };
}

/**
 * Describes a task that the host itself failed (the process was killed, the function timed out): whether its effect happened is
 * not known. durable-functions 3.5 tells it as a TaskFailedError where the host sends FailureDetails, and otherwise as
 * `<reason> \n <details>`, the details being a serialised .NET exception that nobody wants to read.
 */
export function hostFailure(thrown: unknown): ErrorData {
  const text = thrown instanceof Error ? thrown.message : textOf(thrown);
  const [reason = text] = text.split(' \n ', 1);
  return {
    name: 'HostFailure',
    message: bounded(reason, longestMessage),
    code: 'host_failure',
    retryable: true,
    outcome: 'unknown',
  };
}

/** After a 5xx other than 503, and without any answer, nobody knows. */
const outcomeAfter = (status: number | undefined): ErrorData['outcome'] =>
  status !== undefined && (status < 500 || status === 503) ? 'failed' : 'unknown';

function statusOf(error: Error): number | undefined {
  const status = field(error, 'statusCode') ?? field(error, 'status');
  return typeof status === 'number' ? status : undefined;
}

function codeOf(error: Error, status: number | undefined): string {
  const code = field(error, 'code');
  if (typeof code === 'string' && code !== '') return code;
  return status === undefined ? 'unexpected' : `http_${status}`;
}

/** Milliseconds; undefined for what is no sensible time, so that no client's oddity can break a timer. */
function retryAfterOf(error: Error): number | undefined {
  const ms = error instanceof RetryableError ? error.retryAfterMs : foreignRetryAfter(error);
  return ms !== undefined && Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

function foreignRetryAfter(error: Error): number | undefined {
  const direct = field(error, 'retryAfterInMs');
  if (typeof direct === 'number') return direct;
  const response = field(error, 'response');
  const found = [error, response].flatMap((holder) => (isObject(holder) ? field(holder, 'headers') : []));
  const headers = found.find(isHeaders);
  return headers && computeRetryAfter(headers.get('retry-after'), headers.get('date'));
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Those of fetch, and those of Azure's clients. */
const isHeaders = (value: unknown): value is { get(name: string): unknown } =>
  isObject(value) && 'get' in value && typeof value.get === 'function';

/**
 * `Retry-After` as seconds or as a date (RFC 9110, 10.2.3), in milliseconds. A date is counted from the one that the answer itself
 * bears: the server's clock is no other machine's.
 */
function computeRetryAfter(retryAfter: unknown, date: unknown): number | undefined {
  if (typeof retryAfter !== 'string') return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(retryAfter)) return Number(retryAfter) * 1000;
  if (typeof date !== 'string') return undefined;
  return Math.max(0, Date.parse(retryAfter) - Date.parse(date));
}

function field(value: object, name: string): unknown {
  return name in value ? (value as Record<string, unknown>)[name] : undefined;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function bounded(value: unknown, longest: number): string {
  const text = textOf(value);
  return text.length <= longest ? text : `${text.slice(0, longest)}… (${text.length - longest} more characters)`;
}
