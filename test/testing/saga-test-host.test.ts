import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { days, defineActivity, defineReview, defineSaga, hours, TerminalError } from '../../src/saga/index.ts';
import { createSagaTestHost } from '../../src/testing/index.ts';

interface Hotel {
  readonly booked: Set<string>;
  isFull: boolean;
}

const bookRoom = defineActivity({
  name: 'bookRoom',
  input: z.object({ guest: z.string() }),
  output: z.object({ booking: z.string() }),
  run: async ({ guest }, { booked, isFull }: Hotel, call) => {
    if (isFull) throw new TerminalError('the hotel is full', { code: 'full' });
    booked.add(call.idempotencyKey);
    return { booking: `room for ${guest}` };
  },
  undo: async ({ idempotencyKey }, { booked }) => void booked.delete(idempotencyKey),
});

const approveStay = defineReview({
  name: 'approveStay',
  decision: z.object({ nights: z.number() }),
  withinMs: days(3),
  otherwise: 'reject',
});

const bookStay = defineSaga({
  name: 'bookStay',
  version: '1',
  input: z.object({ guest: z.string() }),
  reviews: [approveStay],
  *run(saga, { guest }) {
    const { booking } = yield* saga.step(bookRoom, { guest });
    const { data } = yield* saga.review(approveStay, { of: { booking } });
    return { booking, nights: data?.nights };
  },
});

async function start() {
  const hotel: Hotel = { booked: new Set(), isFull: false };
  const host = await createSagaTestHost({ sagas: [bookStay], activities: [bookRoom.bind(hotel)] });
  onTestFinished(() => host.close());
  return { host, hotel };
}

it('answers a review and sees the saga complete', async () => {
  const { host, hotel } = await start();
  const id = await host.startSaga(bookStay, { guest: 'Ada' });
  await host.advance(hours(71));
  expect(await host.sagaStatus(id)).toMatchObject({ phase: 'in_review' });
  await host.decide(id, approveStay, { decision: 'approve', data: { nights: 2 }, by: 'ann' });
  expect(await host.runToEnd(id)).toMatchObject({ output: { booking: 'room for Ada', nights: 2 } });
  expect(hotel.booked.size).toBe(1);
});

it('sees a review expire after days and the booking undone', async () => {
  const { host, hotel } = await start();
  const id = await host.startSaga(bookStay, { guest: 'Ada' });
  expect(await host.runToEnd(id)).toMatchObject({ runtimeStatus: 'Failed' });
  expect(host.now()).toEqual(new Date('2026-01-08T08:00:00Z'));
  expect(hotel.booked.size).toBe(0);
});

it("cancels, and rewinds with an operator's decision", async () => {
  const { host, hotel } = await start();
  hotel.isFull = true;
  const id = await host.startSaga(bookStay, { guest: 'Ada' });
  await host.runToEnd(id);
  hotel.isFull = false;
  await host.passGate(id, { action: 'retry', by: 'ann', reason: 'a room is free' });
  await host.runUntil(id, ({ customStatus }) => (customStatus as { phase: string }).phase === 'in_review');
  await host.cancel(id, 'ann', 'changed her mind');
  expect(await host.runToEnd(id)).toMatchObject({ runtimeStatus: 'Failed' });
  expect(hotel.booked.size).toBe(0);
  await expect(host.passGate('nobody', { action: 'retry', by: 'ann', reason: '' })).rejects.toThrow('404');
});
