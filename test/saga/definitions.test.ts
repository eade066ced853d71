import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineActivity, defineReview, defineSaga, hours, once, type RetryOptions } from '../../src/saga/index.ts';
import { registerSagas } from '../../src/saga/operate.ts';
import { createInMemoryDecisions } from '../../src/testing/in-memory-decisions.ts';
import { onEveryEngine } from './kit/trial.ts';
import { createWorld, defineWorldActivity, itemSchema } from './kit/world.ts';

const reserve = defineWorldActivity('reserve');

test.each<[string, () => unknown, string]>([
  ['an activity name', () => defineWorldActivity('no good'), "activity 'no good': a name is a letter followed by"],
  ['no time', () => defineWorldActivity('a', { timeoutMs: 0 }), "activity 'a': timeoutMs is 0; it must be more than 0"],
  ['endless time', () => defineWorldActivity('a', { timeoutMs: Infinity }), 'timeoutMs is Infinity; it must be'],
  ['a saga name', () => defineSaga({ name: '', version: '1', input: itemSchema, *run() {} }), "saga ''"],
  [
    'a deadline',
    () => defineSaga({ name: 'a', version: '1', input: itemSchema, withinMs: Number.NaN, *run() {} }),
    "saga 'a': withinMs is NaN; it must be more than 0 and at most ten years, in milliseconds",
  ],
  [
    'two reviews of one name',
    () =>
      defineSaga({
        name: 'a',
        version: '1',
        input: itemSchema,
        reviews: ['price', 'Price'].map((name) =>
          defineReview({ name, decision: z.unknown(), withinMs: 1, otherwise: 'reject' }),
        ),
        *run() {},
      }),
    "saga 'a': two reviews are named 'Price'",
  ],
  [
    'a review name',
    () => defineReview({ name: 'a/b', decision: z.object({}), withinMs: 1, otherwise: 'reject' }),
    "review 'a/b'",
  ],
  [
    'a review without time',
    () => defineReview({ name: 'a', decision: z.object({}), withinMs: -1, otherwise: 'reject' }),
    "review 'a': withinMs is -1",
  ],
])('refuses %s that cannot work, with the value and the rule', (_, define, message) => {
  expect(define).toThrow(message);
});

test.each<[keyof RetryOptions, Partial<RetryOptions>]>([
  ['firstIntervalMs', { firstIntervalMs: -1 }],
  ['firstIntervalMs', { firstIntervalMs: Number.NaN }],
  ['maxAttempts', { maxAttempts: 0 }],
  ['maxAttempts', { maxAttempts: 1.5 }],
  ['backoffCoefficient', { backoffCoefficient: 0.5 }],
  ['maxIntervalMs', { maxIntervalMs: 0 }],
  ['timeoutMs', { timeoutMs: 0 }],
  ['jitter', { jitter: 1.1 }],
])('refuses a bad retry.%s', (field, wrong) => {
  expect(() => defineWorldActivity('a', { retry: { ...once, ...wrong } })).toThrow(
    new RegExp(`activity 'a': retry\\.${field} is .*; it must be`),
  );
});

test('refuses two functions of one name, undos and the gate included', () => {
  const world = createWorld();
  const register = (...names: string[]) =>
    registerSagas({
      sagas: [],
      decisions: createInMemoryDecisions(),
      activities: names.map((name) => defineWorldActivity(name).bind(world)),
    });
  expect(() => register('a', 'A')).toThrow("two functions are named 'A'");
  expect(() => register('a', 'a-undo')).toThrow("two functions are named 'a-undo'");
  expect(() => register('sagaGate')).toThrow("two functions are named 'sagaGate'");
});

onEveryEngine((startTrial) => {
  test.each<[string, Parameters<typeof startTrial>[1], string]>([
    [
      'an activity that is not registered',
      function* (saga, item) {
        yield* saga.step(defineWorldActivity('other'), item);
      },
      "activity 'other' is not registered: add it to the list given to registerSagas, in a test to that of createSagaTestHost",
    ],
    [
      'an input that does not fit',
      function* (saga) {
        yield* saga.step(reserve, JSON.parse('{"item":3}') as { item: string });
      },
      "step 'reserve' was given an input that does not fit its schema",
    ],
    [
      'a step with a bad policy',
      function* (saga, item) {
        yield* saga.step(reserve, item, { retry: { maxAttempts: 0 } });
      },
      "step 'reserve': retry.maxAttempts is 0; it must be a whole number, 1 or more",
    ],
    [
      'a scope name',
      function* (saga, item) {
        yield* saga.scope('a/b', () => saga.step(reserve, item));
      },
      "scope 'a/b': a name is a letter followed by",
    ],
    ['a sleep of no length', (saga) => saga.sleep(Number.NaN), 'saga.sleep is NaN; it must be more than 0'],
    [
      'progress that is no number',
      function* (saga) {
        saga.progress(Number.NaN);
      },
      'saga.progress was given NaN; it takes 0 to 100',
    ],
    [
      'a review that the saga does not list',
      function* (saga, item) {
        yield* saga.review(
          defineReview({ name: 'surprise', decision: z.object({}), withinMs: hours(1), otherwise: 'reject' }),
          { of: item },
        );
      },
      "saga 'trial' opens review 'surprise' but does not list it: add it to reviews of defineSaga",
    ],
  ])('refuses %s on the first run, natively and with a sentence', async (_, program, message) => {
    const { world, run } = await startTrial([reserve], program);
    const { end } = await run();
    expect(end.runtimeStatus).toBe('Failed');
    expect(end.output).toContain(message);
    expect(end.output).not.toContain('gate#');
    expect(world.called()).toEqual([]);
  });

  test('refuses an input of the saga that does not fit', async () => {
    const { app } = await startTrial([reserve], (saga, item) => saga.step(reserve, item));
    const id = await app.start({ name: 'trial' }, { item: 7 });
    await app.settle();
    const { runtimeStatus, output } = await app.get(id);
    expect(runtimeStatus).toBe('Failed');
    expect(output).toContain("the input of saga 'trial' does not fit its schema");
    expect(output).toContain('expected string, received number');
  });
});

test('an output that does not fit is unknown, is not tried again, and is undone', async () => {
  const wrong = defineActivity({
    name: 'wrong',
    input: itemSchema,
    output: z.object({ at: z.date() }),
    async run() {
      return { at: new Date(0) };
    },
    async undo() {},
  }).bind(undefined);
  const request = { instanceId: 'i', correlationId: 'c', idempotencyKey: 'k', attempt: 1, input: { item: 'book' } };
  const reply = await wrong.execute(request);
  expect(reply).toMatchObject({ ok: false, error: { code: 'invalid_output', outcome: 'unknown', retryable: false } });
  const undone = await wrong.undo?.({
    ...request,
    input: { input: { item: 'book' }, outcome: 'unknown', idempotencyKey: 'k' },
  });
  expect(undone).toEqual({ ok: true });
});
