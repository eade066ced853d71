import type { ObserveRequest } from '../http/endpoint.ts';
import type { Metrics } from './metrics.ts';
import type { Recorder } from './recorder.ts';
import { findParent } from './find-parent.ts';

/** Tells each request as a span of the caller's trace, and counts it. `elapsed` measures real time, in milliseconds. */
export const observeRequests =
  (metrics: Metrics, recorder: Recorder, elapsed: () => number): ObserveRequest =>
  async ({ request, context, route }, answer) => {
    const startedAt = elapsed();
    const { method } = request;
    const { parent, hostTells } = findParent(context, request.headers.get('traceparent'));
    const start = {
      name: `${method} ${route}`,
      // Where the host has a span for the request, this one is within it.
      kind: hostTells ? 'internal' : 'server',
      parent,
      attributes: {
        'http.request.method': method,
        'http.route': route,
        'url.path': new URL(request.url).pathname,
        'faas.invocation_id': context.invocationId,
      },
    } as const;
    return recorder.within(start, async (span) => {
      const reply = await answer(span.traceparent);
      const status = reply.status;
      span.note({ 'http.response.status_code': status, 'saga.correlation.id': reply.headers?.['x-correlation-id'] });
      if (status >= 500) span.fail(String(status));
      metrics.requestDuration.record((elapsed() - startedAt) / 1000, {
        'http.request.method': method,
        'http.route': route,
        'http.response.status_code': String(status),
      });
      return reply;
    });
  };
