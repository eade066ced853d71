import type { IncomingMessage, ServerResponse } from 'node:http';
import { answer, type HttpHandler } from './http-server.ts';

export interface CorsSettings {
  /** `*` for all. */
  readonly origins: readonly string[];
  /** Whether browsers may send cookies along; not with `*`. */
  readonly credentials: boolean;
}

const isPreflight = ({ method, headers }: IncomingMessage) =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;

function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  const headers = request.headers['access-control-request-headers'];
  answer(response, 204, '', {
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
    ...(headers !== undefined && { 'access-control-allow-headers': headers }),
    'access-control-max-age': '600',
  });
}

/** Lets pages of other origins read the answers, as the platform does in front of an app on Azure. */
export function allowOrigins({ origins, credentials }: CorsSettings, handle: HttpHandler): HttpHandler {
  const allowed = new Set(origins);
  return async (request, response) => {
    const { origin } = request.headers;
    if (origin !== undefined && (allowed.has('*') || allowed.has(origin))) {
      const isForAll = allowed.has('*') && !credentials;
      response.setHeader('access-control-allow-origin', isForAll ? '*' : origin);
      if (!isForAll) response.setHeader('vary', 'Origin');
      if (credentials) response.setHeader('access-control-allow-credentials', 'true');
      if (isPreflight(request)) return answerPreflight(request, response);
    }
    return handle(request, response);
  };
}
