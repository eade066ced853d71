import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createCertificate } from './create-certificate.ts';
import { createInstruments } from '../../src/telemetry/instruments.ts';
import { openTelemetry } from '../../src/telemetry/open-telemetry.ts';

interface Envelope {
  readonly tags: Readonly<Record<string, string>>;
  readonly data: {
    readonly baseType: string;
    readonly baseData: Readonly<Record<string, unknown>> & {
      readonly metrics?: readonly { readonly name: string; readonly value: number }[];
    };
  };
}

/** What takes in telemetry for Application Insights. */
async function startIngestion() {
  const envelopes: Envelope[] = [];
  const server = createServer(createCertificate(), (request, response) => {
    const take = async (): Promise<void> => {
      const body = await buffer(request);
      const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8');
      const sent = text.startsWith('[')
        ? (JSON.parse(text) as Envelope[])
        : text.split('\n').map((line) => JSON.parse(line) as Envelope);
      envelopes.push(...sent);
      const answer = { itemsReceived: sent.length, itemsAccepted: sent.length, errors: [] };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    };
    void take();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`, envelopes };
}

it('traces and metrics go to Application Insights by its connection string', async () => {
  vi.stubEnv('APPLICATION_INSIGHTS_NO_STATSBEAT', 'true');
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  onTestFinished(() => void vi.unstubAllEnvs());
  const ingestion = await startIngestion();
  const connectionString = `InstrumentationKey=${crypto.randomUUID()};IngestionEndpoint=${ingestion.url}`;
  const instruments = createInstruments();
  const counter = instruments.counter({ name: 'saga.ended', description: '', unit: '{saga}' });
  const applicationInsights = { connectionString, identity: undefined };
  const config = { otlp: false, applicationInsights, metricIntervalMs: 3_600_000 };
  const recorder = await openTelemetry(config, instruments, { now: () => new Date(), report: () => {} });

  counter.add(2, { saga: 'order' });
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const at = new Date();
  const place = { traceparent: `00-${traceId}-aaaaaaaaaaaaaaaa-01`, attributes: { 'saga.instance.id': 'o-1' } };
  const span = { ...place, name: 'order', parentSpanId: 'bbbbbbbbbbbbbbbb', startedAt: at, endedAt: at };
  recorder.record({ ...span, failure: undefined });
  recorder.log({ ...place, level: 'warn', text: 'slow', at });
  await recorder.close();

  const found = (type: string): Envelope[] => ingestion.envelopes.filter(({ data }) => data.baseType === type);
  expect(found('RemoteDependencyData')).toMatchObject([
    {
      tags: {
        'ai.operation.id': traceId,
        'ai.operation.parentId': 'bbbbbbbbbbbbbbbb',
        'ai.cloud.role': 'durable-saga',
      },
      data: { baseData: { id: 'aaaaaaaaaaaaaaaa', name: 'order', properties: { 'saga.instance.id': 'o-1' } } },
    },
  ]);
  // The host sends the lines of the log there.
  expect(found('MessageData')).toEqual([]);
  expect(found('MetricData').flatMap(({ data }) => data.baseData.metrics ?? [])).toContainEqual(
    expect.objectContaining({ name: 'saga.ended', value: 2 }),
  );
});
