import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createInstruments } from '../../src/telemetry/instruments.ts';
import { openTelemetry } from '../../src/telemetry/open-telemetry.ts';

it('a collector that refuses what it is sent is told of, once for each kind of trouble', async () => {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(400).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', '1');
  onTestFinished(() => void vi.unstubAllEnvs());
  const troubles: string[] = [];
  const config = { otlp: true, applicationInsights: undefined, metricIntervalMs: 3_600_000 };
  const surroundings = { now: () => new Date(), report: (trouble: string) => void troubles.push(trouble) };
  const recorder = await openTelemetry(config, createInstruments(), surroundings);
  for (const name of ['one', 'two', 'three'])
    await recorder.within({ name, kind: 'internal', attributes: {} }, async () => {});
  await recorder.close();
  expect(troubles).toContain('OTLPExporterError: Bad Request');
  expect(troubles).toHaveLength(new Set(troubles).size);
});
