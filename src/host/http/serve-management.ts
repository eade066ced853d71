import type { DurableEngine } from '../durable/index.ts';
import { answer, type HttpHandler } from './http-server.ts';
import { readBody } from './read-body.ts';
import { absoluteUrl } from './serve-function.ts';

export interface ManagementServerOptions {
  readonly engine: Pick<DurableEngine, 'handle'>;
  /** The path that the management API stands under, without a slash at the end. */
  readonly prefix: string;
  /** Where links lead to; by default to where the request came. */
  readonly linkBase?: string;
  /** What links carry beside task hub and connection, e.g. `code=key`; empty for nothing. */
  readonly linkQuery: string;
  /** Bytes. */
  readonly bodyLimit: number;
}

/** Serves the Durable extension's management API. */
export function createManagementServer({
  engine,
  prefix,
  linkBase,
  linkQuery,
  bodyLimit,
}: ManagementServerOptions): HttpHandler {
  return async (request, response) => {
    const text = absoluteUrl(request);
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    if (!URL.canParse(text)) return answer(response, 400);
    if (!path.toLowerCase().startsWith(`${prefix}/`)) return answer(response, 404);
    const url = new URL(text);
    const result = await engine.handle({
      method: request.method ?? 'GET',
      path: path.slice(prefix.length),
      query: url.searchParams,
      headers: Object.fromEntries(
        Object.entries(request.headersDistinct).map(([name, values]) => [name, values?.join(', ')]),
      ),
      body: await readBody(request, bodyLimit),
      url: text,
      linkBase: linkBase ?? `${url.origin}${prefix}`,
      linkQuery,
    });
    if (result) answer(response, result.status, result.body, result.headers);
    else answer(response, 404);
  };
}
