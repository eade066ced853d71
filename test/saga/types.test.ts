import { expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import {
  type Approval,
  defineActivity,
  defineReview,
  defineSaga,
  type Done,
  hours,
  type Operation,
  type Saga,
} from '../../src/saga/index.ts';

// Checked by `tsc --noEmit`: nothing here runs, and each line that must not compile says so.

interface Warehouse {
  release(id: string): Promise<void>;
}

const Line = z.object({ sku: z.string(), amount: z.number() });
const Reservation = z.object({ id: z.string() });
const reserve = defineActivity({
  name: 'reserve',
  input: Line,
  output: Reservation,
  async run(line, warehouse: Warehouse, call) {
    expectTypeOf(line).toEqualTypeOf<{ sku: string; amount: number }>();
    expectTypeOf(call.idempotencyKey).toBeString();
    await warehouse.release('');
    return { id: line.sku };
  },
  async undo(done, warehouse) {
    expectTypeOf(done).toEqualTypeOf<Done<{ sku: string; amount: number }, { id: string }>>();
    if (done.outcome === 'succeeded') await warehouse.release(done.output.id);
    else expectTypeOf(done.output).toEqualTypeOf<undefined>();
  },
});
const ask = defineReview({
  name: 'ask',
  decision: z.object({ limit: z.number() }),
  withinMs: hours(1),
  otherwise: 'reject',
});

const pay = defineSaga({
  name: 'pay',
  version: '1',
  input: Line,
  output: z.object({ paid: z.boolean() }),
  *run(saga, line) {
    yield* saga.step(reserve, line);
    return { paid: true };
  },
});
const silent = defineSaga({
  name: 'silent',
  version: '1',
  input: Line,
  *run() {
    return 1;
  },
});

declare const saga: Saga;
declare const counting: Saga<{ n: number }>;

test('yield* gives exact types', () => {
  const order = defineSaga({
    name: 'order',
    version: '1',
    input: z.object({ line: Line }),
    reviews: [ask],
    *run(saga, input) {
      expectTypeOf(input).toEqualTypeOf<{ line: { sku: string; amount: number } }>();
      const reservation = yield* saga.step(reserve, input.line);
      expectTypeOf(reservation).toEqualTypeOf<{ id: string }>();
      const attempt = yield* saga.attempt(reserve, input.line);
      if (attempt.ok) expectTypeOf(attempt.value).toEqualTypeOf<{ id: string }>();
      else expectTypeOf(attempt.error.code).toBeString();
      const scoped = yield* saga.scope('inner', function* () {
        return (yield* saga.step(reserve, input.line)).id;
      });
      expectTypeOf(scoped).toBeString();
      expectTypeOf(yield* saga.run(pay, input.line)).toEqualTypeOf<{ paid: boolean }>();
      const approval = yield* saga.review(ask, { of: input });
      expectTypeOf(approval).toEqualTypeOf<Approval<{ limit: number }>>();
      return { done: true };
    },
    *onFailed(_saga, input, failure) {
      expectTypeOf(input.line.sku).toBeString();
      expectTypeOf(failure.data.message).toBeString();
    },
  });
  expect(order.name).toBe('order');
});

const mustNotCompile = () => {
  // @ts-expect-error the input lacks `amount`
  saga.step(reserve, { sku: 'a' });
  // @ts-expect-error the input's `amount` is no number
  saga.attempt(reserve, { sku: 'a', amount: '1' });
  // @ts-expect-error a best-effort step cannot be the pivot
  saga.attempt(reserve, { sku: 'a', amount: 1 }, { pivot: true });
  // @ts-expect-error a step's result does not come without yield*
  saga.step(reserve, { sku: 'a', amount: 1 }).id satisfies string;
  // @ts-expect-error an activity must say how it is undone, or that it need not or cannot be
  defineActivity({ name: 'a', input: Line, output: Line, run: async (line: z.infer<typeof Line>) => line });
  const both = { effect: 'none', undo: async () => {} } as const;
  // @ts-expect-error what has no effect has no undo
  defineActivity({ ...both, name: 'a', input: Line, output: Line, run: async (line: z.infer<typeof Line>) => line });
  defineActivity({
    name: 'a',
    input: Line,
    output: Reservation,
    effect: 'final',
    // @ts-expect-error the output lacks `id`
    run: async () => ({}),
  });
  // @ts-expect-error it is bound to the services that it was declared with
  reserve.bind({});
  // @ts-expect-error the sub-saga's input lacks `amount`
  saga.run(pay, { sku: 'a' });
  // @ts-expect-error a saga that does not say what it returns is run by nobody
  saga.run(silent, { sku: 'a', amount: 1 });
  defineSaga({
    name: 'wrong',
    version: '1',
    input: Line,
    // @ts-expect-error it returns no `paid`
    output: z.object({ paid: z.boolean() }),
    *run() {
      return {};
    },
  });
  counting.continueAsNew({ n: 1 });
  // @ts-expect-error the next generation's input has no `n`
  counting.continueAsNew({});
  // @ts-expect-error code that does not know the saga's input cannot give the next
  saga.continueAsNew({ n: 1 });
  // @ts-expect-error a review says what happens when nobody answers
  defineReview({ name: 'ask', decision: Line, withinMs: 1 });
  function* wrong(): Operation<number> {
    // @ts-expect-error the step gives a reservation
    return yield* saga.step(reserve, { sku: 'a', amount: 1 });
  }
  return wrong;
};

test('mistakes do not compile', () => {
  expectTypeOf(mustNotCompile).toBeFunction();
});
