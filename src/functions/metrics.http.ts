import type { Endpoint } from '../http/endpoint.ts';
import type { Reading } from '../telemetry/instruments.ts';
import { prometheusContentType, renderPrometheus } from '../telemetry/render-prometheus.ts';

/** What the process that answers has counted, for Prometheus; where several run, each is to be asked. */
export const metricsEndpoint = (readMetrics: () => readonly Reading[]): Endpoint => ({
  name: 'getMetrics',
  method: 'GET',
  route: 'metrics',
  summary: 'What the process that answers has counted, for Prometheus',
  answers: { 200: { mediaTypes: [prometheusContentType] } },
  handle: async () => ({
    status: 200,
    headers: { 'content-type': prometheusContentType },
    body: renderPrometheus(readMetrics()),
  }),
});
