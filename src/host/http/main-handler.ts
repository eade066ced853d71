import type { IncomingMessage, ServerResponse } from 'node:http';
import { answer, type HttpHandler } from './http-server.ts';
import type { MatchedRoute } from './http-routes.ts';

export interface MainHandlerOptions {
  readonly matchRoute: (method: string, path: string) => MatchedRoute | undefined;
  readonly serveFunction: (request: IncomingMessage, response: ServerResponse, route: MatchedRoute) => Promise<void>;
  /** Answers requests under the webhook path of the Durable extension. */
  readonly serveDurable: HttpHandler;
}

export const durableWebhooks = '/runtime/webhooks/durabletask';

/** What the main port answers: the extension's API, the app's routes, and the few pages of the host itself. */
export function createMainHandler({ matchRoute, serveFunction, serveDurable }: MainHandlerOptions): HttpHandler {
  return async (request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    if (path.toLowerCase().startsWith(`${durableWebhooks}/`)) return serveDurable(request, response);
    if (request.method === 'GET' && path.toLowerCase() === '/admin/host/status') {
      return answer(response, 200, '{"state":"Running"}', { 'content-type': 'application/json; charset=utf-8' });
    }
    const route = matchRoute(request.method ?? 'GET', path);
    if (route) return serveFunction(request, response, route);
    if (request.method === 'GET' && path === '/') return answer(response, 200, 'The Functions host is running.\n');
    answer(response, 404);
  };
}
