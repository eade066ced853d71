import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { defineReview, defineSaga, hours, seconds } from '../../src/saga/index.ts';
import { createInstruments } from '../../src/telemetry/instruments.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { observeSagas } from '../../src/telemetry/observe-sagas.ts';
import { createSagaTestHost, type SagaTestHost } from '../../src/testing/index.ts';
import { createWorld, defineWorldActivity } from '../saga/kit/world.ts';
import { type RecordedSpan, recordSpans } from './recorded-spans.ts';

const retry = { maxAttempts: 3, firstIntervalMs: seconds(10), backoffCoefficient: 2 };
const reserve = defineWorldActivity('reserve', { retry });
const charge = defineWorldActivity('charge', { retry });
const ship = defineWorldActivity('ship');

const check = defineReview({ name: 'check', decision: z.string().optional(), withinMs: hours(5), otherwise: 'reject' });
const input = z.object({ item: z.string(), traceparent: z.string().optional() });

const pack = defineSaga({
  name: 'pack',
  version: '1',
  input: z.object({ item: z.string() }),
  output: z.string(),
  *run(saga, { item }) {
    yield* saga.step(ship, { item });
    return 'packed';
  },
});

const order = defineSaga({
  name: 'order',
  version: '1',
  input,
  traceparent: ({ traceparent }) => traceparent,
  reviews: [check],
  *run(saga, { item }) {
    yield* saga.all([saga.step(reserve, { item }), saga.step(charge, { item })]);
    yield* saga.sleep(hours(1));
    yield* saga.review(check, { of: item });
    return yield* saga.run(pack, { item });
  },
});

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const caller = '00f067aa0ba902b7';

async function start(options: { readonly restartsAlways?: boolean } = {}) {
  const world = createWorld();
  const recorder = recordSpans();
  const instruments = createInstruments();
  const host = await createSagaTestHost({
    sagas: [order, pack],
    activities: [reserve, charge, ship].map((activity) => activity.bind(world)),
    observer: observeSagas(createMetrics(instruments), recorder, () => 0),
    ...options,
  });
  onTestFinished(() => host.close({ leavesWork: true }));
  return { world, recorder, host, instruments };
}

/** Charging fails for good at first; after the rewind all goes well, with a retry and an answered review. */
async function live({ host, world }: Awaited<ReturnType<typeof start>>, traceparent?: string): Promise<void> {
  world.next('charge', 'fails', 'fails for good');
  const id = await host.startSaga(order, { item: 'tea', ...(traceparent !== undefined && { traceparent }) }, 'order-1');
  expect(await host.runToEnd(id)).toMatchObject({ runtimeStatus: 'Failed' });
  await host.passGate(id, { action: 'retry', by: 'Kim' });
  await reviewed(host, id);
  expect(await host.runToEnd(id)).toMatchObject({ runtimeStatus: 'Completed', output: 'packed' });
}

async function reviewed(host: SagaTestHost, id: string): Promise<void> {
  await host.runUntil(id, ({ customStatus }) => (customStatus as { phase?: string } | null)?.phase === 'in_review');
  await host.advance(hours(2));
  await host.decide(id, check, { decision: 'approve', by: 'Kim' });
}

function expectConnected(spans: readonly RecordedSpan[], roots: readonly (string | undefined)[]): void {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  expect(ids.size).toBe(spans.length);
  const strays = spans.filter(({ parentSpanId }) => !roots.includes(parentSpanId) && !ids.has(parentSpanId ?? ''));
  expect(strays).toEqual([]);
  expect(new Set(spans.map((span) => span.traceId)).size).toBe(1);
}

/** Attempts are done where the host starts them; what the saga itself tells is always the same. */
const told = (spans: readonly RecordedSpan[]) => spans.filter(({ seconds }) => seconds !== undefined);

describe('the spans of a saga', () => {
  it('are connected through retries, undos, a rewind, a review and a sub-saga', async () => {
    const app = await start();
    await live(app, `00-${traceId}-${caller}-01`);
    const { spans } = app.recorder;
    expectConnected(spans, [caller]);
    const names = new Map(spans.map(({ spanId, name }) => [spanId, name]));
    expect(
      told(spans).map(({ name, parentSpanId, failure, seconds }) => [
        name,
        names.get(parentSpanId ?? ''),
        failure,
        seconds,
      ]),
    ).toEqual([
      ['main/reserve#1', 'order', undefined, 0],
      ['main/charge#1', 'order', 'refused', 10],
      ['undo of main/reserve#1', 'order', undefined, 0],
      ['order', undefined, 'refused', 10],
      ['gate 1', 'order', undefined, 0],
      ['main/reserve#2', 'order', undefined, 0],
      ['main/charge#2', 'order', undefined, 0],
      ['sleep#1', 'order', undefined, 3_600],
      ['review check', 'order', undefined, 7_200],
      ['main/pack#1/ship#1', 'pack', undefined, 0],
      ['pack', 'main/pack#1', undefined, 0],
      ['main/pack#1', 'order', undefined, 0],
      ['order', 'order', undefined, 10_800],
    ]);
    expect(spans.filter(({ name }) => name === 'charge').map(({ failure }) => failure)).toEqual([
      'busy',
      'refused',
      undefined,
    ]);
  });

  it('are the same, each once, when everything is replayed everywhere', async () => {
    const [once, always] = [await start(), await start({ restartsAlways: true })];
    await live(once, `00-${traceId}-${caller}-01`);
    await live(always, `00-${traceId}-${caller}-01`);
    expectConnected(always.recorder.spans, [caller]);
    expect(told(always.recorder.spans)).toEqual(told(once.recorder.spans));
    expect(always.instruments.read()).toEqual(once.instruments.read());
  });

  it('begin a trace of their own where nobody traces the saga', async () => {
    const app = await start();
    await live(app);
    expectConnected(app.recorder.spans, [undefined]);
  });
});
