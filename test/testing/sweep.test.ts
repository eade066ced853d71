import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineActivity, defineReview, defineSaga, hours, type Operation, type Saga } from '../../src/saga/index.ts';
import { sweep, type SweepOptions, type SweepWorld } from '../../src/testing/index.ts';

/** Bookings by idempotency key, as often as they were made. */
interface Hotel {
  readonly booked: string[];
}

const guestSchema = z.object({ guest: z.string() });
const bookingSchema = z.object({ booking: z.string() });
type Guest = z.infer<typeof guestSchema>;

const remove = (booked: string[], key: string): void => {
  if (booked.includes(key)) booked.splice(booked.indexOf(key), 1);
};

interface Flaws {
  readonly booksAgain?: boolean;
  readonly forgetsUndo?: boolean;
  readonly needsOutput?: boolean;
}

const defineBooking = (name: string, { booksAgain, forgetsUndo, needsOutput }: Flaws = {}) =>
  defineActivity({
    name,
    input: guestSchema,
    output: bookingSchema,
    async run({ guest }, { booked }: Hotel, { idempotencyKey: key }) {
      if (booksAgain || !booked.includes(key)) booked.push(key);
      return { booking: `${name} for ${guest}` };
    },
    async undo({ outcome, idempotencyKey }, { booked }) {
      if (needsOutput && outcome === 'unknown') return;
      if (!forgetsUndo) remove(booked, idempotencyKey);
    },
  });

const sendKey = defineActivity({
  name: 'sendKey',
  input: guestSchema,
  output: bookingSchema,
  effect: 'final',
  async run({ guest }, { booked }: Hotel, { idempotencyKey: key }) {
    if (!booked.includes(key)) booked.push(key);
    return { booking: `key for ${guest}` };
  },
});

const approval = defineReview({
  name: 'approval',
  decision: z.object({ nights: z.number() }),
  withinMs: hours(24),
  otherwise: 'reject',
});

type Booking = ReturnType<typeof defineBooking>;

const defineStay = (run: (saga: Saga, guest: Guest) => Operation<unknown>) =>
  defineSaga({ name: 'stay', version: '1', input: guestSchema, reviews: [approval], run });

const open =
  (...activities: readonly Booking[]) =>
  (): SweepWorld => {
    const hotels = activities.map((activity) => ({ activity, booked: [] as string[] }));
    return {
      activities: hotels.map(({ activity, booked }) => activity.bind({ booked })),
      effects: () => Object.fromEntries(hotels.map(({ activity, booked }) => [activity.name, booked])),
    };
  };

const room = defineBooking('room');
const taxi = defineBooking('taxi');
const sweepStay = (run: (saga: Saga, guest: Guest) => Operation<unknown>, options: SweepOptions) =>
  sweep(defineStay(run), { guest: 'Ada' }, options);

function* bookBoth(saga: Saga, guest: Guest): Operation<unknown> {
  yield* saga.step(room, guest);
  return yield* saga.step(taxi, guest);
}

describe('a sweep', () => {
  it('passes what keeps its promises, after every fault at every step and checkpoint', async () => {
    const { cases, steps, rewinds } = await sweepStay(bookBoth, { open: open(room, taxi) });
    expect(steps).toEqual(['room#1', 'taxi#1']);
    expect(cases).toEqual(
      expect.arrayContaining([
        'nothing fails',
        'fail taxi#1',
        'fail taxi#1, fail undo of room#1',
        'fail taxi#1, fail undo of room#1, then skip',
        'fail taxi#1, deliver undo of room#1 twice',
        'lose a reply of taxi#1 (killed)',
        'lose every reply of taxi#1 (timeout)',
        'deliver room#1 twice',
        'cancel during taxi#1',
        'crash before checkpoint 2',
        'crash after checkpoint 5',
      ]),
    );
    expect(rewinds).toBeGreaterThan(10);
  });

  it('goes through reviews approved, rejected and unanswered', async () => {
    const { cases } = await sweepStay(
      function* (saga, guest) {
        yield* saga.step(room, guest);
        const { data } = yield* saga.review(approval, { of: guest });
        yield* saga.step(taxi, guest);
        return data?.nights;
      },
      { open: open(room, taxi), approve: () => ({ nights: 2 }) },
    );
    expect(cases).toEqual(
      expect.arrayContaining([
        'reviews rejected, nothing fails',
        'reviews rejected, crash before checkpoint 3',
        'reviews unanswered, nothing fails',
      ]),
    );
  });

  it('answers reviews that are open side by side, and leaves them open too', async () => {
    const { cases } = await sweepStay(
      function* (saga, guest) {
        yield* saga.step(room, guest);
        yield* saga.all([saga.review(approval, { of: 'one' }), saga.review(approval, { of: 'other' })]);
      },
      { open: open(room), approve: () => ({ nights: 2 }) },
    );
    expect(cases).toContain('reviews unanswered, nothing fails');
  });

  it('holds past the pivot, and skips, retries and compensates where that is possible', async () => {
    const { cases } = await sweepStay(
      function* (saga, guest) {
        yield* saga.scope('rooms', () => saga.step(room, guest), { onFailure: 'hold' });
        yield* saga.step(sendKey, guest, { pivot: true });
        yield* saga.step(taxi, guest);
      },
      { open: open(room, taxi, sendKey) },
    );
    expect(cases).toEqual(
      expect.arrayContaining([
        'fail rooms/room#1, then skip',
        'fail rooms/room#1, then compensate',
        'fail taxi#1, then skip',
      ]),
    );
  });

  it('sweeps steps side by side, and those of sub-sagas', async () => {
    const ride = defineSaga({
      name: 'ride',
      version: '1',
      input: guestSchema,
      output: bookingSchema,
      run: (saga, guest) => saga.step(taxi, guest),
    });
    const { steps } = await sweepStay(
      function* (saga, guest) {
        yield* saga.all([saga.step(room, guest), saga.step(room, guest)]);
        yield* saga.run(ride, guest);
        return yield* saga.step(room, guest);
      },
      { open: open(room, taxi), subSagas: [ride] },
    );
    expect(steps).toEqual(['room#1', 'room#2', 'ride#1/taxi#1', 'room#3']);
  });
});

const complaint = async (activity: Booking, options: Partial<SweepOptions> = {}) =>
  sweepStay(
    function* (saga, guest) {
      yield* saga.step(activity, guest);
      return yield* saga.step(taxi, guest);
    },
    { open: open(activity, taxi), ...options },
  ).then(
    () => 'nothing',
    (error: Error) => error.message,
  );

describe('a sweep finds', () => {
  it('an undo that leaves its effect, and says how to see that alone', async () => {
    const flawed = defineBooking('room', { forgetsUndo: true });
    const message = await complaint(flawed);
    expect(message).toContain(
      [
        '- fail taxi#1',
        '    expected: room#1 not in force',
        '    seen:     1 in the outside world (gate 1, failed at main/taxi#1)',
        '    alone:    sweep(stay, …, { …, only: "fail taxi#1" })',
      ].join('\n'),
    );
    expect(await complaint(flawed, { only: 'fail taxi#1' })).toMatch(/^The sweep of stay .* in 1 of 2 cases/);
  });

  it('an effect that happens again with its key', async () => {
    const message = await complaint(defineBooking('room', { booksAgain: true }));
    expect(message).toContain('- deliver room#1 twice\n    expected: room#1 once, whatever was repeated');
    expect(message).toContain('crash before checkpoint 2');
  });

  it('an undo that cannot do without the output', async () => {
    const message = await complaint(defineBooking('room', { needsOutput: true }));
    expect(message).toContain('- lose every reply of room#1 (timeout)\n    expected: room#1 not in force');
  });

  it('an effect that the saga hides from its ledger, and one that cannot be undone', async () => {
    const hotel: Hotel = { booked: [] };
    const sly = defineActivity({
      name: 'sly',
      input: guestSchema,
      output: bookingSchema,
      effect: 'none',
      async run(_, { booked }: Hotel, { idempotencyKey }) {
        booked.push(idempotencyKey);
        return { booking: 'hidden' };
      },
    });
    const swept = sweepStay(
      function* (saga, guest) {
        yield* saga.step(sly, guest);
        return yield* saga.step(taxi, guest);
      },
      {
        open: (id) => ({
          activities: [sly.bind(hotel), taxi.bind({ booked: [] })],
          effects: () => ({ sly: hotel.booked.some((key) => key.startsWith(id)) }),
        }),
        only: 'fail taxi#1',
      },
    );
    await expect(swept).rejects.toThrow('expected: nothing that cannot be undone, the saga being failed');
  });

  it('a bug of the saga itself', async () => {
    const swept = sweepStay(
      function* (saga, guest) {
        const sent = yield* saga.attempt(taxi, guest);
        if (!sent.ok) throw new TypeError('nobody thought of this');
      },
      { open: open(taxi) },
    );
    await expect(swept).rejects.toThrow(/- fail taxi#1\n {4}expected: Completed, or a gate\n.*nobody thought of this/);
  });

  it('an approval that does not fit', async () => {
    const swept = sweepStay(
      function* (saga, guest) {
        yield* saga.review(approval, { of: guest });
      },
      { open: open(), approve: () => ({ nights: 'two' }) },
    );
    await expect(swept).rejects.toThrow('give "approve" data that fit');
  });

  it('no case of that name', async () => {
    await expect(sweepStay(bookBoth, { open: open(room, taxi), only: 'burn room#1' })).rejects.toThrow(
      "'burn room#1' is not known",
    );
  });
});
