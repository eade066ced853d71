import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { defineSaga } from '../../src/saga/index.ts';
import { createSagaTestHost } from '../../src/testing/index.ts';
import { createWorld, defineWorldActivity } from './kit/world.ts';

const reserve = defineWorldActivity('reserve');
const order = defineSaga({
  name: 'order',
  version: '1',
  input: z.object({ item: z.string(), traceparent: z.string().optional() }),
  correlationId: ({ item }) => `basket-${item}`,
  traceparent: ({ traceparent }) => traceparent,
  *run(saga, { item }) {
    yield* saga.step(reserve, { item });
    saga.log(`reserved ${item}`);
  },
});

async function linesOf(logFormat: 'text' | 'json', restartsAlways: boolean): Promise<string[]> {
  const world = createWorld();
  world.next('reserve', 'fails for good');
  const activities = [reserve.bind(world)];
  const host = await createSagaTestHost({ sagas: [order], activities, logFormat, restartsAlways });
  onTestFinished(() => host.close());
  const id = await host.startSaga(order, { item: 'tea' }, 'order-1');
  await host.runToEnd(id);
  await host.passGate(id, { action: 'retry', by: 'Kim' });
  await host.runToEnd(id);
  return host.lines.filter(({ category }) => category === 'Function.order.User').map(({ message }) => message);
}

it('says each thing once for people, whatever is replayed', async () => {
  const lines = await linesOf('text', true);
  expect(lines).toEqual([
    'order-1 started, correlation basket-tea',
    'order-1 ✗ main/reserve#1 attempt 1/1: refused: reserve refuses; no further attempt',
    'order-1 ↶ main: compensating after refused: reserve refuses',
    'order-1 ✗ failed at gate 1: refused: reserve refuses; an operator can retry, abort',
    'order-1 ↻ gate 1: retry by Kim',
    'order-1 ✓ main/reserve#2',
    'order-1 reserved tea',
    'order-1 ● completed',
  ]);
});

it('says the same to programs, with instance, correlation, step and attempt', async () => {
  const lines = (await linesOf('json', false)).map((line) => JSON.parse(line) as Record<string, unknown>);
  const common = { instanceId: 'order-1', saga: 'order', correlationId: 'basket-tea' };
  expect(lines.map(({ event }) => event)).toEqual([
    'started',
    'attempt-failed',
    'compensating',
    'gate',
    'gate-passed',
    'call-succeeded',
    'said',
    'completed',
  ]);
  expect(lines[1]).toMatchObject({
    ...common,
    message: '✗ main/reserve#1 attempt 1/1: refused: reserve refuses; no further attempt',
    call: 'main/reserve#1',
    attempt: 1,
    error: { code: 'refused', retryable: false },
  });
});
