import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { defineActivity, defineSaga, once } from '../../src/saga/index.ts';
import { createSagaTestHost } from '../../src/testing/index.ts';

/** Rooms by idempotency key, and how often each was booked: an activity that is not idempotent shows it. */
interface Hotel {
  readonly rooms: Map<string, number>;
}

const bookRoom = defineActivity({
  name: 'bookRoom',
  input: z.object({ guest: z.string() }),
  output: z.object({ booking: z.string() }),
  undoRetry: once,
  async run({ guest }, { rooms }: Hotel, { idempotencyKey: key }) {
    rooms.set(key, (rooms.get(key) ?? 0) + 1);
    return { booking: `room for ${guest}` };
  },
  undo: async ({ idempotencyKey }, { rooms }) => void rooms.delete(idempotencyKey),
});

const sendKey = defineActivity({
  name: 'sendKey',
  input: z.object({ booking: z.string() }),
  output: z.object({}),
  effect: 'none',
  run: async () => ({}),
});

const bookStay = defineSaga({
  name: 'bookStay',
  version: '1',
  input: z.object({ guests: z.array(z.string()) }),
  *run(saga, { guests }) {
    const bookings: string[] = [];
    for (const guest of guests) bookings.push((yield* saga.step(bookRoom, { guest })).booking);
    for (const booking of bookings) yield* saga.step(sendKey, { booking });
    return bookings;
  },
});

async function start() {
  const hotel: Hotel = { rooms: new Map() };
  const host = await createSagaTestHost({
    sagas: [bookStay],
    activities: [bookRoom.bind(hotel), sendKey.bind(undefined)],
  });
  onTestFinished(() => host.close());
  const book = (...guests: string[]) => host.startSaga(bookStay, { guests }, 'stay-1');
  return { host, hotel, book };
}

const key = (step: string) => `stay-1/main/${step}/do`;
const retry = { action: 'retry', by: 'ann', reason: 'all is well' } as const;

it.each([2, 'bookRoom#2', 'main/bookRoom#2'])('fails step %s alone', async (step) => {
  const { host, hotel, book } = await start();
  host.failStep(step);
  const end = await host.runToEnd(await book('Ada', 'Bob', 'Cyd'));
  expect(end.output).toMatch(/gate#1# .*injected_failure/);
  expect(host.calls.map(({ step, direction }) => `${direction} ${step}`)).toEqual([
    'do main/bookRoom#1',
    'undo main/bookRoom#1',
  ]);
  expect(hotel.rooms.size).toBe(0);
});

it('fails every execution of an activity with the error that is given, until the fault is ended', async () => {
  const { host, hotel, book } = await start();
  const end = host.failStep('sendKey', { error: { code: 'printer_jammed' } });
  const id = await book('Ada');
  expect((await host.runToEnd(id)).output).toContain('printer_jammed');
  await host.passGate(id, retry);
  expect((await host.runToEnd(id)).output).toContain('gate#2#');
  end();
  await host.passGate(id, retry);
  expect(await host.runToEnd(id)).toMatchObject({ runtimeStatus: 'Completed' });
  expect([...hotel.rooms]).toEqual([[key('bookRoom#3'), 1]]);
});

it('fails some attempts, which are retried', async () => {
  const { host, book } = await start();
  host.failStep('sendKey', { times: 2, error: { retryable: true } });
  expect(await host.runToEnd(await book('Ada'))).toMatchObject({ runtimeStatus: 'Completed' });
  expect(host.calls.at(-1)).toMatchObject({ step: 'main/sendKey#1', attempt: 3, reply: { ok: true } });
});

it('fails an undo, which an operator has tried again', async () => {
  const { host, hotel, book } = await start();
  host.failStep('bookRoom#2');
  const mended = host.failUndo(1);
  const id = await book('Ada', 'Bob');
  await host.runToEnd(id);
  expect(await host.sagaStatus(id)).toMatchObject({ phase: 'compensation_failed', step: 'undo of main/bookRoom#1' });
  expect(hotel.rooms.size).toBe(1);
  mended();
  await host.passGate(id, retry);
  await host.runToEnd(id);
  expect(await host.sagaStatus(id)).toMatchObject({ phase: 'failed' });
  expect(hotel.rooms.size).toBe(0);
});

it('loses the answer of a step that is done, and of its undo: gates then wait for events', async () => {
  const { host, hotel, book } = await start();
  host.loseReply('bookRoom#1');
  host.failStep('sendKey#1');
  host.loseReply('bookRoom#1', { undo: true });
  const id = await book('Ada');
  expect(await host.runToRest(id)).toMatchObject({ runtimeStatus: 'Running' });
  expect(await host.sagaStatus(id)).toMatchObject({ phase: 'compensation_failed', gate: { mode: 'event' } });
  expect(host.calls.filter(({ step }) => step === 'main/bookRoom#1')).toMatchObject([
    { direction: 'do', attempt: 1, reply: { ok: true } },
    { direction: 'do', attempt: 2, reply: { ok: true } },
    { direction: 'undo', attempt: 1, reply: { ok: true } },
  ]);
  await host.passGate(id, retry);
  await host.runToRest(id);
  expect(hotel.rooms.size).toBe(0);
  await host.passGate(id, retry);
  expect(await host.runToEnd(id)).toMatchObject({ runtimeStatus: 'Completed' });
});

it('times a step out whose effect has happened, so that it is undone', async () => {
  const { host, hotel, book } = await start();
  host.loseReply('bookRoom#2', { as: 'timeout', times: Infinity });
  const end = await host.runToEnd(await book('Ada', 'Bob'));
  expect(end.output).toMatch(/gate#1# .*timeout/);
  expect(host.calls.filter(({ step }) => step === 'main/bookRoom#2')).toHaveLength(7);
  expect(hotel.rooms.size).toBe(0);
});

it('delivers a message twice', async () => {
  const { host, hotel, book } = await start();
  host.deliverTwice('bookRoom');
  expect(await host.runToEnd(await book('Ada'))).toMatchObject({ runtimeStatus: 'Completed' });
  expect(hotel.rooms.get(key('bookRoom#1'))).toBe(2);
});

it('does something just before a call', async () => {
  const { host, hotel, book } = await start();
  host.beforeCall('sendKey', () => host.cancel('stay-1', 'ann'));
  const end = await host.runToEnd(await book('Ada'));
  expect(end.output).toMatch(/gate#1# .*cancelled by ann/);
  expect(hotel.rooms.size).toBe(0);
});

it.each([
  [{}, 1],
  [{ unsaved: true }, 2],
])('crashes after a checkpoint and goes on from the file: %o', async (options, calls) => {
  const { host, hotel, book } = await start();
  // The first episode, then the first booking.
  host.crashAfter(2, options);
  expect(await host.runToEnd(await book('Ada', 'Bob'))).toMatchObject({ runtimeStatus: 'Completed' });
  expect([...hotel.rooms]).toEqual([
    [key('bookRoom#1'), calls],
    [key('bookRoom#2'), 1],
  ]);
  await host.close();
});

it('comes through a crash after every one of its checkpoints', async () => {
  const { host: whole, book } = await start();
  await whole.runToEnd(await book('Ada', 'Bob'));
  const functions = whole.functionsRun();
  expect(functions).toBeGreaterThan(6);
  for (let k = 1; k <= functions; k++) {
    for (const unsaved of [true, false]) {
      const { host, hotel, book } = await start();
      host.crashAfter(k, { unsaved });
      expect(await host.runToEnd(await book('Ada', 'Bob'))).toMatchObject({ runtimeStatus: 'Completed' });
      expect(hotel.rooms.size).toBe(2);
      await host.close();
    }
  }
});

it('refuses a step that there cannot be', async () => {
  const { host } = await start();
  expect(() => host.failStep('payRoom')).toThrow("there is no activity 'payRoom'; there are bookRoom, sendKey");
  expect(() => host.failUndo(0)).toThrow('step 0: steps are numbered 1, 2, 3');
  expect(() => host.crashAfter(0)).toThrow('crashAfter(0)');
});
