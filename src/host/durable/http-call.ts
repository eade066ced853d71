import type { Action } from './orchestrator-answer.ts';
import type { ReplayState } from './replay-state.ts';
import type { Settle } from './scheduled-tasks.ts';
import { startTimer } from './start-timer.ts';
import { addMilliseconds, type Timestamp } from './timestamp.ts';

/** The activity that a callHttp is, under the extension's name for it. */
export const httpActivity = 'BuiltIn::HttpActivity';

export interface DurableHttpRequest {
  readonly method: string;
  readonly uri: string;
  readonly content?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly tokenSource?: { readonly kind?: string };
  readonly asynchronousPatternEnabled: boolean;
}

export interface DurableHttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly content: string;
}

/**
 * callHttp: an answer of 202 with a Location is asked for again, a timer later, until there is another answer
 * (DurableOrchestrationContext.CallHttpAsync; durable-functions counts the same timers and calls).
 */
export function startHttpCall(
  state: ReplayState,
  { request }: Extract<Action, { kind: 'http' }>,
  settle: Settle,
): void {
  const send = (input: DurableHttpRequest): void => {
    state.tasks.schedule(
      (id) => ({ kind: 'activity', id, name: httpActivity, input }),
      (succeeded, result) => {
        const poll = succeeded ? computePoll(state, input, request, result) : undefined;
        if (poll === undefined) settle(succeeded);
        else startTimer(state, addMilliseconds(state.now, poll.delayMs), false, () => send(poll.request));
      },
    );
  };
  send(request);
}

function computePoll(
  { now, subject }: ReplayState,
  last: DurableHttpRequest,
  first: DurableHttpRequest,
  result: string | null | undefined,
): { readonly delayMs: number; readonly request: DurableHttpRequest } | undefined {
  const { statusCode, headers } = JSON.parse(result ?? '{}') as Partial<DurableHttpResponse>;
  const location = headerOf(headers, 'Location');
  if (statusCode !== 202 || !first.asynchronousPatternEnabled || location === undefined) return undefined;
  return {
    delayMs: readRetryAfter(headerOf(headers, 'Retry-After'), now) ?? subject.httpSleepTime,
    request: {
      method: 'GET',
      uri: URL.parse(location, last.uri)?.href ?? location,
      headers: withoutFunctionKey(first.headers),
      ...(first.tokenSource && { tokenSource: first.tokenSource }),
      asynchronousPatternEnabled: true,
    },
  };
}

/** Milliseconds from now. It is a number of seconds or an HTTP date (RFC 9110, 10.2.3); the extension cannot read a date. */
function readRetryAfter(value: string | undefined, now: Timestamp): number | undefined {
  if (value === undefined) return undefined;
  const delay = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.parse(now);
  return Number.isNaN(delay) ? undefined : Math.max(0, delay);
}

const headerOf = (headers: DurableHttpResponse['headers'] | undefined, name: string): string | undefined => {
  const [, value] = Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name.toLowerCase()) ?? [];
  return typeof value === 'string' ? value : undefined;
};

/** The key of the function that was called is mostly none for where its progress is told. */
const withoutFunctionKey = (headers: DurableHttpRequest['headers']): Record<string, string> =>
  Object.fromEntries(Object.entries(headers ?? {}).filter(([name]) => name.toLowerCase() !== 'x-functions-key'));
