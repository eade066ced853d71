import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Authorize, Door } from '../keys/authorize.ts';
import { adminPrefix } from './admin-api.ts';
import { answer, type HttpHandler } from './http-server.ts';
import type { MatchedRoute } from './http-routes.ts';

/** Requests under a prefix, and what they need a key of. */
interface Area {
  readonly prefix: string;
  readonly door: Door;
  readonly serve: HttpHandler;
}

export interface MainHandlerOptions {
  readonly matchRoute: (method: string, path: string) => MatchedRoute | undefined;
  readonly serveFunction: (request: IncomingMessage, response: ServerResponse, route: MatchedRoute) => Promise<void>;
  /** The webhook API of the Durable extension. */
  readonly serveDurable: HttpHandler;
  readonly serveAdmin: HttpHandler;
  readonly serveEventGrid: HttpHandler;
  /** For blob triggers whose source is Event Grid. */
  readonly serveBlobEvents: HttpHandler;
  readonly authorize: Authorize;
  /** Paths, and all below them, that are answered with the place where they are. */
  readonly redirects: Readonly<Record<string, string>>;
}

export const durableWebhooks = '/runtime/webhooks/durabletask';

/** Load balancers ask these without a key. */
const openAdminPages = new Set(['/admin/host/ping', '/admin/host/status']);

/** What the main port answers: the extensions' webhooks, the admin API, the app's routes, and the host's own page. */
export function createMainHandler(options: MainHandlerOptions): HttpHandler {
  const { matchRoute, serveFunction, serveDurable, serveAdmin, authorize } = options;
  const areas: readonly Area[] = [
    { prefix: `${durableWebhooks}/`, door: { kind: 'system', key: 'durabletask_extension' }, serve: serveDurable },
    {
      prefix: '/runtime/webhooks/eventgrid',
      door: { kind: 'system', key: 'eventgrid_extension' },
      serve: options.serveEventGrid,
    },
    {
      prefix: '/runtime/webhooks/blobs',
      door: { kind: 'system', key: 'blobs_extension' },
      serve: options.serveBlobEvents,
    },
    { prefix: adminPrefix, door: { kind: 'admin' }, serve: serveAdmin },
  ];
  const redirected = (url: string, path: string): string | undefined => {
    const found = Object.entries(options.redirects).find(([from]) => path === from || path.startsWith(`${from}/`));
    return found && `${found[1]}${url.slice(found[0].length)}`;
  };
  return async (request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const lowerPath = path.toLowerCase();
    const area = areas.find(({ prefix }) => lowerPath.startsWith(prefix));
    if (area) {
      const isOpen = openAdminPages.has(lowerPath) || authorize(request, area.door);
      return isOpen ? area.serve(request, response) : answer(response, 401);
    }
    const route = matchRoute(request.method ?? 'GET', path);
    if (route) {
      const isOpen = authorize(request, { kind: 'function', ...route });
      return isOpen ? serveFunction(request, response, route) : answer(response, 401);
    }
    const elsewhere = redirected(request.url ?? '/', path);
    if (elsewhere !== undefined) return answer(response, 307, '', { location: elsewhere });
    if (request.method === 'GET' && path === '/') return answer(response, 200, 'The Functions host is running.\n');
    answer(response, 404);
  };
}
