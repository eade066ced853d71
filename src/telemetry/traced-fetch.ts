import type { Recorder } from './recorder.ts';

/** A `fetch` that tells each request as a span, and hands the trace on. */
export const createTracedFetch =
  (recorder: Recorder): typeof fetch =>
  (input, init) => {
    const { method, url } = input instanceof Request ? input : { method: 'GET', url: String(input) };
    const { hostname, port, pathname } = new URL(url);
    const attributes = {
      'http.request.method': init?.method ?? method,
      'server.address': hostname,
      'server.port': port === '' ? undefined : Number(port),
      'url.path': pathname,
    };
    return recorder.within(
      { name: `${init?.method ?? method} ${hostname}`, kind: 'client', attributes },
      async (span) => {
        const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
        if (span.traceparent !== undefined) headers.set('traceparent', span.traceparent);
        const response = await fetch(input, { ...init, headers });
        span.note({ 'http.response.status_code': response.status });
        if (response.status >= 400) span.fail(String(response.status));
        return response;
      },
    );
  };
