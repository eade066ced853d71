import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineSaga } from '../../src/saga/index.ts';
import { createInMemoryClaims } from '../../src/testing/in-memory-claims.ts';
import { itemSchema } from '../saga/kit/world.ts';
import { charge, type Code, expectReplay, record, reserve, send, steps } from './record-trial.ts';

// Instances that outlive the code which began them.

/** Charges first, in instances that version 1.10 of the app or a later one has begun. */
const reordered: Code = function* (saga, item) {
  if (saga.since('1.10')) yield* steps(charge, reserve)(saga, item);
  else yield* steps(reserve, charge)(saga, item);
};

test.each<[string, object, boolean]>([
  ['no version', {}, false],
  ['an older one', { defaultVersion: '1.9' }, false],
  ['this one', { defaultVersion: '1.10' }, true],
  ['the same, written longer', { defaultVersion: '1.10.0' }, true],
  ['a later one', { defaultVersion: '2' }, true],
  ['one that is no number', { defaultVersion: 'blue' }, false],
])('an instance keeps the branch of the version that began it: %s', async (_, durableTask, isNew) => {
  const history = await record(reordered, { durableTask });
  await expectReplay(history, reordered);
  const [kept, left] = isNew
    ? [steps(charge, reserve), steps(reserve, charge)]
    : [steps(reserve, charge), steps(charge, reserve)];
  await expectReplay(history, kept);
  await expect(expectReplay(history, left)).rejects.toThrow('does not replay');
});

test('what old code began, new code goes on with, as long as it asks for the version', async () => {
  const history = await record(steps(reserve, charge), { durableTask: { defaultVersion: '1.9' } });
  await expectReplay(history, reordered);
  await expect(expectReplay(history, steps(charge, reserve))).rejects.toThrow('does not replay');
});

test('a version that is not made of numbers is refused in words', async () => {
  const history = await record(steps(reserve));
  await expect(
    expectReplay(history, function* (saga, item) {
      if (saga.since('next')) yield* saga.step(reserve, item);
    }),
  ).rejects.toThrow("saga.since was given 'next'; it takes numbers and dots");
});

const payment = (...order: (typeof charge)[]) =>
  defineSaga({
    name: 'payment',
    version: '1',
    input: itemSchema,
    output: z.string(),
    *run(saga, item) {
      for (const activity of order) yield* saga.step(activity, item);
      return 'paid';
    },
  });

const pays =
  (sub: ReturnType<typeof payment>): Code =>
  (saga, item) =>
    saga.run(sub, item);

test('a sub-saga and the one that runs it are replayed each from its own history', async () => {
  const before = payment(charge, send);
  const after = payment(send, charge);
  const parent = await record(pays(before), { subSagas: [before] });
  const child = await record(pays(before), { subSagas: [before], of: 'instance-1:payment:1' });
  await expectReplay(parent, pays(before), { subSagas: [before] });
  await expectReplay(child, pays(before), { subSagas: [before] });
  await expectReplay(parent, pays(after), { subSagas: [after] });
  await expect(expectReplay(child, pays(after), { subSagas: [after] })).rejects.toThrow(
    /recorded: charge, instance-1\/main\/payment#1\/charge#1\/do, attempt 1\n.*now: +send, /,
  );
  await expect(expectReplay(parent, steps(charge), { subSagas: [before] })).rejects.toThrow(
    /recorded: sub-saga payment as instance-1:payment:1\n.*now: +charge, /,
  );
});

const inGenerations = (...order: (typeof charge)[]): Code =>
  function* (saga, { item }) {
    for (const activity of order) yield* saga.step(activity, { item });
    if (item.length < 6) yield* saga.continueAsNew({ item: `${item}+` });
    return saga.newId();
  };

test('a saga that has continued as new is replayed from where its last generation began', async () => {
  const history = await record(inGenerations(charge, send));
  await expectReplay(history, inGenerations(charge, send));
  await expect(expectReplay(history, inGenerations(send, charge))).rejects.toThrow(
    /timer 1\n.*recorded: charge, instance-1\/main\/charge#3\/do/,
  );
});

const takesLarge =
  (times: number): Code =>
  (saga, { item }) =>
    saga.step(charge, { item: item.repeat(times) });

test('what is too large for a history is read from the claim store', async () => {
  const claims = createInMemoryClaims();
  const history = await record(takesLarge(100_000), { claims });
  expect(JSON.stringify(history).length).toBeLessThan(50_000);
  await expectReplay(history, takesLarge(100_000), { claims });
  await expect(expectReplay(history, takesLarge(100_001), { claims })).rejects.toThrow(
    /input\.input\.item\.\$claim\.sha256/,
  );
});
