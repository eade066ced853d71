import type { IncomingMessage, ServerResponse } from 'node:http';
import { answer } from './http-server.ts';
import type { MatchedRoute } from './http-routes.ts';

export interface RequestLimits {
  /** How many functions run for requests at once; the others wait. Infinity for no limit. */
  readonly maxConcurrentRequests: number;
  /** How many requests run or wait; more are refused. Infinity for no limit. */
  readonly maxOutstandingRequests: number;
}

type ServeFunction = (request: IncomingMessage, response: ServerResponse, route: MatchedRoute) => Promise<void>;

/** Keeps requests for functions within the limits of host.json; the first that came runs first. */
export function limitRequests(
  { maxConcurrentRequests, maxOutstandingRequests }: RequestLimits,
  serve: ServeFunction,
): ServeFunction {
  if (maxConcurrentRequests === Infinity && maxOutstandingRequests === Infinity) return serve;
  const waiting: (() => void)[] = [];
  let running = 0;
  const enter = (): Promise<void> | undefined => {
    if (running < maxConcurrentRequests) {
      running++;
      return undefined;
    }
    return new Promise((resolve) => void waiting.push(resolve));
  };
  // The place passes to the next without becoming free.
  const leave = () => {
    const next = waiting.shift();
    if (next) next();
    else running--;
  };
  return async (request, response, route) => {
    if (running + waiting.length >= maxOutstandingRequests) return answer(response, 429);
    await enter();
    try {
      await serve(request, response, route);
    } finally {
      leave();
    }
  };
}
