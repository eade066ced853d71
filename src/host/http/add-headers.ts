import type { HttpHandler } from './http-server.ts';

/** Adds headers to every answer; what a function sets itself goes first. */
export function addHeaders(headers: Readonly<Record<string, string>>, handle: HttpHandler): HttpHandler {
  const all = new Map(Object.entries(headers));
  if (all.size === 0) return handle;
  return (request, response) => {
    response.setHeaders(all);
    return handle(request, response);
  };
}
