import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { orderQueue } from '../../src/functions/order-queue.service-bus.ts';
import { sampleOrder } from '../orders/sample-order.ts';
import { type ReceivedSpan, startCollector } from '../telemetry/start-collector.ts';
import { createApi } from './api.ts';
import { connect } from './local-clients.ts';
import { createOrderApi } from './order-api.ts';
import { makeDataFolder, startProgram, useProgram } from './program.ts';
import { sample } from './sample.ts';

const collector = await startCollector();
afterAll(() => collector.close());
const program = await useProgram({
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  OTEL_BSP_SCHEDULE_DELAY: '50',
  OTEL_BLRP_SCHEDULE_DELAY: '50',
  OTEL_METRIC_EXPORT_INTERVAL: '100',
  OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
});
const api = createApi(program.url);
const orders = createOrderApi(program);

const newTrace = (): string => crypto.randomUUID().replaceAll('-', '');
const caller = '00f067aa0ba902b7';
const traceparent = (traceId: string): string => `00-${traceId}-${caller}-01`;

const spansOf = (traceId: string): ReceivedSpan[] => collector.spans.filter((span) => span.traceId === traceId);

/** Waits until the trace has a span of this name. */
async function traceWith(traceId: string, name: string): Promise<ReceivedSpan[]> {
  await collector.until(() => spansOf(traceId).some((span) => span.name === name));
  return spansOf(traceId);
}

/** Each span once, and each the child of another one or of the caller. */
function expectConnected(spans: readonly ReceivedSpan[]): void {
  const ids = spans.map(({ spanId }) => spanId);
  expect(ids).toHaveLength(new Set(ids).size);
  const known = new Set([...ids, caller]);
  expect(spans.filter(({ parentSpanId }) => !known.has(parentSpanId ?? 'none')).map(({ name }) => name)).toEqual([]);
}

/** Each span under the name of its parent. */
function lineage(spans: readonly ReceivedSpan[]): (readonly [child: string, parent: string | undefined])[] {
  const names = new Map(spans.map(({ spanId, name }) => [spanId, name]));
  return spans.map(({ name, parentSpanId }) => [name, names.get(parentSpanId ?? '')]);
}

const times = (spans: readonly ReceivedSpan[], name: string): number =>
  spans.filter((span) => span.name === name).length;

const endedWell = ({ runtimeStatus }: { readonly runtimeStatus: string }): boolean => runtimeStatus === 'Completed';
const inReview = ({ phase }: { readonly phase: string }): boolean => phase === 'in_review';
const failed = ({ runtimeStatus }: { readonly runtimeStatus: string }): boolean => runtimeStatus === 'Failed';

describe('an order', () => {
  it('is one trace, from the request over each attempt to the calls of outside systems', async () => {
    const traceId = newTrace();
    const { body, headers } = await orders.place(sampleOrder(), { traceparent: traceparent(traceId) });
    expect(headers.get('traceresponse')).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    await orders.ended(body.instanceId);
    const spans = await traceWith(traceId, 'fulfilOrder');
    expectConnected(spans);
    expect(lineage(spans)).toEqual(
      expect.arrayContaining([
        ['POST /api/orders', undefined],
        ['fulfilOrder', 'POST /api/orders'],
        ['main/chargePayment#1', 'fulfilOrder'],
        ['chargePayment', 'main/chargePayment#1'],
        ['POST 127.0.0.1', 'chargePayment'],
        ['main/notifyCustomer#4', 'fulfilOrder'],
      ]),
    );
    expect(spans.find(({ name }) => name === 'fulfilOrder')?.attributes).toMatchObject({
      'saga.instance.id': body.instanceId,
      'saga.version': '1',
    });
  });

  it('that fails tells its retries and undos, and goes on in the same trace when it is rewound', async () => {
    const traceId = newTrace();
    await orders.post('/api/dev/faults', { shipping: 'off' });
    const { body } = await orders.place(sampleOrder(), { traceparent: traceparent(traceId) });
    await api.untilSaga(body.instanceId, failed);
    await orders.post('/api/dev/faults', { shipping: 'on' });
    const before = await traceWith(traceId, 'fulfilOrder');
    expectConnected(before);
    expect(times(before, 'scheduleShipping')).toBe(3);
    expect(lineage(before)).toContainEqual(['undo of main/chargePayment#1', 'fulfilOrder']);
    expect(lineage(before)).toContainEqual(['chargePayment undo', 'undo of main/chargePayment#1']);
    expect(before.find(({ name }) => name === 'fulfilOrder')).toMatchObject({ failed: true });

    await orders.post(`/api/sagas/${body.instanceId}/rewind`, { by: 'Kim', reason: 'shipping is back' });
    await api.untilSaga(body.instanceId, endedWell);
    await collector.until(() => times(spansOf(traceId), 'fulfilOrder') === 2);
    const spans = spansOf(traceId);
    expectConnected(spans);
    expect(lineage(spans)).toEqual(
      expect.arrayContaining([
        ['gate 1', 'fulfilOrder'],
        ['fulfilOrder', 'fulfilOrder'],
        ['chargePayment', 'main/chargePayment#2'],
      ]),
    );
    expect(times(spans, 'main/chargePayment#1')).toBe(1);
  });

  it('in review is told with how long the decision took and what it was', async () => {
    const traceId = newTrace();
    const suspicious = sampleOrder({ customer: { id: 'c-2', name: 'Mallory', email: 'fraud@example.org' } });
    const { body } = await orders.place(suspicious, { traceparent: traceparent(traceId) });
    await api.untilSaga(body.instanceId, inReview);
    await orders.post(`/api/sagas/${body.instanceId}/reviews/fraud`, { by: 'Kim', decision: 'approve' });
    await orders.ended(body.instanceId);
    const spans = await traceWith(traceId, 'fulfilOrder');
    expectConnected(spans);
    expect(spans.find(({ name }) => name === 'review fraud')?.attributes).toMatchObject({
      'saga.review.decision': 'approve',
    });
    await collector.until(() =>
      [...collector.counts.keys()].some((key) => key.startsWith('saga.reviews.decided') && key.includes('approve')),
    );
  });

  it('that comes as a message is one trace, from its sender on', async () => {
    const traceId = newTrace();
    const client = new ServiceBusClient(program.connections.serviceBus);
    onTestFinished(() => client.close());
    await client.createSender(orderQueue).sendMessages({
      messageId: `traced-${traceId}`,
      sessionId: 'c-1',
      body: sampleOrder({ contacts: [] }),
      applicationProperties: { 'Diagnostic-Id': traceparent(traceId) },
    });
    const spans = await traceWith(traceId, 'fulfilOrder');
    expectConnected(spans);
    expect(lineage(spans)).toContainEqual(['fulfilOrder', 'process orders']);
  });

  it('whose caller does not sample is not recorded', async () => {
    const unwanted = newTrace();
    const wanted = newTrace();
    const { body } = await orders.place(sampleOrder(), { traceparent: `00-${unwanted}-${caller}-00` });
    await orders.ended(body.instanceId);
    const next = await orders.place(sampleOrder(), { traceparent: traceparent(wanted) });
    await orders.ended(next.body.instanceId);
    await traceWith(wanted, 'fulfilOrder');
    expect(spansOf(unwanted)).toEqual([]);
  });
});

describe('a document', () => {
  it('is one trace, from the upload over storage and broker to the completion event', async () => {
    const traceId = newTrace();
    const { instanceId } = await api.upload('traced.pdf', await sample('harbor-pine-invoice.pdf'), {
      traceparent: traceparent(traceId),
    });
    await api.untilSaga(instanceId, endedWell);
    await traceWith(traceId, 'processDocument');
    await collector.until(() => times(spansOf(traceId), 'ServiceBusSender.send') === 3);
    const spans = spansOf(traceId);
    expectConnected(spans);
    expect(lineage(spans)).toEqual(
      expect.arrayContaining([
        ['processDocument', 'POST /api/documents'],
        ['BlobClient-startCopyFromURL', 'moveDocument'],
        ['ServiceBusSender.send', 'publishEvents'],
      ]),
    );
  });

  it('that was dropped into the container is one trace, from the message that announced it', async () => {
    const clients = connect(program.connections);
    const correlationId = newTrace();
    await clients.dropBlob('dropped.pdf', await sample('harbor-pine-invoice.pdf'), { correlationid: correlationId });
    await clients.close();
    const isItsSaga = ({ name, attributes }: ReceivedSpan): boolean =>
      name === 'processDocument' && attributes['saga.correlation.id'] === correlationId;
    await collector.until(() => collector.spans.some(isItsSaga));
    const traceId = collector.spans.find(isItsSaga)?.traceId ?? '';
    await traceWith(traceId, 'process document-processing');
    expect(lineage(spansOf(traceId))).toContainEqual(['processDocument', 'process document-processing']);
  });
});

const isOwnTrace = ({ attributes }: ReceivedSpan): boolean => attributes['saga.correlation.id'] === 'own-trace';

it('an instance that nobody traces has a trace of its own', async () => {
  const { id: _, ...rest } = sampleOrder() as { id?: string };
  const input = { ...rest, id: 'ord-own-trace', placedAt: new Date().toISOString(), correlationId: 'own-trace' };
  const path = '/runtime/webhooks/durabletask/orchestrators/fulfilOrder/own-trace';
  expect((await orders.post(path, input)).status).toBe(202);
  await orders.ended('own-trace');
  await collector.until(() => collector.spans.some((span) => span.name === 'fulfilOrder' && isOwnTrace(span)));
  const spans = spansOf(collector.spans.find(isOwnTrace)?.traceId ?? '');
  expect(spans.filter(({ parentSpanId }) => parentSpanId === undefined).map(({ name }) => name)).toEqual([
    'fulfilOrder',
  ]);
  expect(lineage(spans)).toContainEqual(['chargePayment', 'main/chargePayment#1']);
});

it('the log goes out with trace, saga, step and attempt', async () => {
  const traceId = newTrace();
  const { body } = await orders.place(sampleOrder({ payment: { cardToken: 'tok_declined' } }), {
    traceparent: traceparent(traceId),
    'x-correlation-id': 'logged-7',
  });
  await orders.ended(body.instanceId);
  const logged = () => collector.logs.filter((log) => log.traceId === traceId);
  await collector.until(() => logged().some(({ severity }) => severity === 'ERROR'));
  expect(logged()).toContainEqual({
    text: expect.stringContaining('✗ main/chargePayment#1 attempt 1/') as string,
    severity: 'WARN',
    traceId,
    attributes: {
      'saga.event': 'attempt-failed',
      'saga.name': 'fulfilOrder',
      'saga.instance.id': body.instanceId,
      'saga.correlation.id': 'logged-7',
      'saga.step': 'main/chargePayment#1',
      'saga.step.attempt': 1,
      'error.type': 'card_declined',
    },
  });
});

it('metrics are right, and the same for the collector and for Prometheus', async () => {
  const labels = '{saga="processDocument",outcome="completed"}';
  const value = async (): Promise<number> => {
    const { body } = await api.get<string>('/api/metrics');
    const line = body.split('\n').find((text) => text.startsWith(`saga_ended_total${labels} `));
    return Number(line?.split(' ').at(-1) ?? 0);
  };
  const before = await value();
  for (const n of [1, 2]) {
    const { instanceId } = await api.upload(`counted-${n}.pdf`, await sample('harbor-pine-invoice.pdf'));
    await api.untilSaga(instanceId, endedWell);
  }
  expect(await value()).toBe(before + 2);
  const key = 'saga.ended {"saga":"processDocument","outcome":"completed"}';
  await collector.until(() => collector.counts.get(key) === before + 2);
  expect(collector.resources[0]).toMatchObject({
    'service.name': 'durable-saga',
    'deployment.environment.name': 'test',
  });
});

/** Has a program process an order, and stops it. */
async function runOnce(dataDir: string, env: Readonly<Record<string, string>>): Promise<void> {
  const started = await startProgram({ dataDir, env });
  onTestFinished(() => started.kill());
  const api = createOrderApi(started);
  await api.ended((await api.place(sampleOrder())).body.instanceId);
  expect(await started.stop()).toBe(0);
}

describe('what sends telemetry', () => {
  it('is not loaded where no destination is configured', async () => {
    const dataDir = await makeDataFolder(onTestFinished);
    const log = join(dataDir, 'modules.log');
    const preload = `--import=${new URL('../telemetry/log-loaded-modules.ts', import.meta.url).href}`;
    await runOnce(dataDir, { NODE_OPTIONS: preload, LOADED_MODULES: log });
    const urls = (await readFile(log, 'utf8')).trim().split('\n');
    // durable-functions itself loads the interface.
    expect(new Set(urls.map((url) => /node_modules\/(@[^/]+\/[^/]+)/.exec(url)?.[1]))).toEqual(
      new Set(['@opentelemetry/api']),
    );
  });

  it('sends what is left when the program stops', async () => {
    const before = collector.spans.length;
    const slow = { OTEL_BSP_SCHEDULE_DELAY: '3600000', OTEL_BLRP_SCHEDULE_DELAY: '3600000' };
    const dataDir = await makeDataFolder(onTestFinished);
    await runOnce(dataDir, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...slow });
    expect(collector.spans.slice(before).map(({ name }) => name)).toContain('fulfilOrder');
  });
});

it('a trace goes on where it was after the program was killed', async () => {
  const dataDir = await makeDataFolder(onTestFinished);
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '50' };
  const first = await startProgram({ dataDir, env });
  onTestFinished(() => first.kill());
  const traceId = newTrace();
  const suspicious = sampleOrder({ customer: { id: 'c-2', name: 'Mallory', email: 'fraud@example.org' } });
  const { body } = await createOrderApi(first).place(suspicious, { traceparent: traceparent(traceId) });
  await createApi(first.url).untilSaga(body.instanceId, inReview);
  await traceWith(traceId, 'main/saveOrder#1');
  await first.kill();

  const second = await startProgram({ dataDir, env });
  onTestFinished(() => second.kill());
  const decision = { by: 'Kim', decision: 'approve' };
  await createApi(second.url).post(`/api/sagas/${body.instanceId}/reviews/fraud`, decision);
  await createApi(second.url).untilSaga(body.instanceId, endedWell);
  const spans = await traceWith(traceId, 'fulfilOrder');
  expectConnected(spans);
  expect(times(spans, 'main/createOrder#1')).toBe(1);
  expect(lineage(spans)).toContainEqual(['review fraud', 'fulfilOrder']);
});
