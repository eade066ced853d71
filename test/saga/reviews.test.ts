import { expect, test } from 'vitest';
import { z } from 'zod';
import { days, defineReview, hours, ReviewRejected } from '../../src/saga/index.ts';
import { onEveryEngine } from './kit/trial.ts';
import { defineWorldActivity } from './kit/world.ts';

const reserve = defineWorldActivity('reserve');
const decision = z.object({ amount: z.number() });
const price = defineReview({ name: 'price', decision, withinMs: hours(72), otherwise: 'reject' });
const patient = defineReview({ name: 'patient', decision, withinMs: days(20), otherwise: 'approve' });
const reviews = [price, patient];

onEveryEngine((startTrial) => {
  test('an approval carries typed data, who gave it, why and when', async () => {
    const { app, start } = await startTrial(
      [reserve],
      function* (saga, item) {
        const { data, by, reason, at } = yield* saga.review(price, { of: { item, asked: 10 } });
        const amount: number | undefined = data?.amount;
        return { amount, by, reason, at: at.toISOString() };
      },
      { reviews },
    );
    const id = await start();
    const open = await app.runUntil(id, ({ phase }) => phase === 'in_review');
    expect(open.status).toMatchObject({
      step: 'review price',
      review: {
        id: 'price',
        name: 'price',
        of: { item: { item: 'book' }, asked: 10 },
        openedAt: app.now().toISOString(),
        deadline: new Date(app.now().getTime() + hours(72)).toISOString(),
      },
    });
    await app.decide(id, 'price', { decision: 'approve', data: { amount: 12 }, by: 'ann', reason: 'fair' });
    const end = await app.runToEnd(id);
    expect(end.output).toEqual({ amount: 12, by: 'ann', reason: 'fair', at: app.now().toISOString() });
    expect(end.status).toMatchObject({ decided: ['price'], phase: 'completed' });
    expect(end.status.review).toBeUndefined();
  });

  test('a rejection undoes the saga and says who and why', async () => {
    let rejected: ReviewRejected | undefined;
    const { app, world, start } = await startTrial(
      [reserve],
      function* (saga, item) {
        yield* saga.step(reserve, item);
        yield* saga.scope('careful', () => saga.review(price, { of: item }), { onFailure: 'hold' });
      },
      {
        reviews,
        *onFailed(_saga, _item, failure) {
          if (failure instanceof ReviewRejected) rejected = failure;
        },
      },
    );
    const id = await start();
    await app.runUntil(id, ({ phase }) => phase === 'in_review');
    await app.decide(id, 'price', { decision: 'reject', by: 'ann', reason: 'too dear' });
    const end = await app.runToEnd(id);
    expect(end.status).toMatchObject({
      phase: 'failed',
      error: { code: 'review_rejected', message: "ann rejected the review 'price': too dear" },
    });
    expect(rejected).toMatchObject({ by: 'ann', reason: 'too dear' });
    expect(world.effects.size).toBe(0);
  });

  test('nobody answers: after its time it is approved or rejected, as it says', async () => {
    const { app, run } = await startTrial(
      [reserve],
      function* (saga, item) {
        const approval = yield* saga.review(patient, { of: item });
        const rejection = yield* rejected(() => saga.review(price, { of: item }));
        return { approval: { data: approval.data ?? 'none', by: approval.by }, rejection };
        function* rejected(ask: () => ReturnType<typeof saga.review>) {
          try {
            yield* ask();
            return 'approved';
          } catch (error) {
            if (!(error instanceof ReviewRejected)) throw error;
            return error.by;
          }
        }
      },
      { reviews },
    );
    const startedAt = app.now().getTime();
    const { end } = await run();
    expect(end.output).toEqual({ approval: { data: 'none', by: 'timeout' }, rejection: 'timeout' });
    expect(app.now().getTime() - startedAt).toBe(days(20) + hours(72));
  });

  test('a decision that does not fit is ignored with a warning, and the question stays open', async () => {
    const { app, start } = await startTrial(
      [reserve],
      function* (saga, item) {
        return (yield* saga.review(price, { of: item })).data;
      },
      { reviews },
    );
    const id = await start();
    const { status } = await app.runUntil(id, ({ phase }) => phase === 'in_review');
    for (const bad of [
      { decision: 'approve', data: { amount: 'much' }, by: 'ann' },
      { decision: 'maybe', by: 'ann' },
      { decision: 'approve', data: { amount: 1 } },
      null,
    ]) {
      await app.decide(id, 'price', bad);
      await app.settle();
      expect((await app.get(id)).status.review).toEqual(status.review);
    }
    const warnings = app.lines.filter(({ level, text }) => level === 'warning' && text.includes('ignored a decision'));
    expect(warnings.length).toBe(4);
    await app.decide(id, 'price', { decision: 'approve', data: { amount: 1 }, by: 'ann' });
    expect((await app.runToEnd(id)).output).toEqual({ amount: 1 });
  });

  test('an ignored decision does not give the question more time', async () => {
    const { app, start } = await startTrial([reserve], (saga, item) => saga.review(patient, { of: item }), { reviews });
    const startedAt = app.now().getTime();
    const id = await start();
    await app.runUntil(id, ({ phase }) => phase === 'in_review');
    await app.decide(id, 'patient', 'yes');
    await app.runToEnd(id);
    expect(app.now().getTime() - startedAt).toBe(days(20));
  });

  test('the same review opened again is another question', async () => {
    const { app, start } = await startTrial(
      [reserve],
      function* (saga, item) {
        const first = yield* saga.review(price, { of: item });
        const second = yield* saga.review(price, { of: item });
        return [first.data?.amount, second.data?.amount];
      },
      { reviews },
    );
    const id = await start();
    await app.runUntil(id, ({ review }) => review?.id === 'price');
    await app.decide(id, 'price', { decision: 'approve', data: { amount: 1 }, by: 'ann' });
    await app.decide(id, 'price', { decision: 'approve', data: { amount: 9 }, by: 'bob' });
    const open = await app.runUntil(id, ({ review }) => review?.id === 'price#2');
    expect(open.status.decided).toEqual(['price']);
    await app.decide(id, 'price#2', { decision: 'approve', data: { amount: 2 }, by: 'ann' });
    expect((await app.runToEnd(id)).output).toEqual([1, 2]);
  });

  test('the timer of a long review that was decided disturbs nothing when its time comes', async () => {
    const { app, world, start } = await startTrial(
      [reserve],
      function* (saga, item) {
        yield* saga.review(patient, { of: item });
        yield* saga.sleep(days(4));
        yield* saga.step(reserve, item);
        yield* saga.sleep(days(4));
        return yield* saga.step(reserve, item);
      },
      { reviews },
    );
    const id = await start();
    await app.runUntil(id, ({ phase }) => phase === 'in_review');
    await app.decide(id, 'patient', { decision: 'approve', data: { amount: 1 }, by: 'ann' });
    const startedAt = app.now().getTime();
    expect((await app.runToEnd(id)).output).toEqual({ receipt: 'receipt for book' });
    expect(world.calls.map(({ at }) => at.getTime() - startedAt)).toEqual([days(4), days(8)]);
  });

  test('after a decision or a cancel no timer keeps the instance', async () => {
    const { app, start } = await startTrial([reserve], (saga, item) => saga.review(patient, { of: item }), { reviews });
    const startedAt = app.now();
    for (const end of ['decided', 'cancelled']) {
      const id = await start();
      await app.runUntil(id, ({ phase }) => phase === 'in_review');
      if (end === 'cancelled') await app.cancel(id, 'ann');
      else await app.decide(id, 'patient', { decision: 'approve', data: { amount: 1 }, by: 'ann' });
      await app.settle();
      expect((await app.get(id)).runtimeStatus).toBe(end === 'decided' ? 'Completed' : 'Failed');
    }
    expect(app.now()).toEqual(startedAt);
  });

  test('a saga that failed after a review is rewound, and asks again', async () => {
    const { app, world, start } = await startTrial(
      [reserve],
      function* (saga, item) {
        const { data } = yield* saga.review(price, { of: item });
        yield* saga.step(reserve, item);
        return data;
      },
      { reviews },
    );
    world.next('reserve', 'fails for good');
    const id = await start();
    await app.runUntil(id, ({ review }) => review?.id === 'price');
    await app.decide(id, 'price', { decision: 'approve', data: { amount: 1 }, by: 'ann' });
    expect((await app.runToEnd(id)).runtimeStatus).toBe('Failed');
    await app.rewind(id);
    await app.runUntil(id, ({ review }) => review?.id === 'price#2');
    await app.decide(id, 'price#2', { decision: 'approve', data: { amount: 2 }, by: 'ann' });
    expect((await app.runToEnd(id)).output).toEqual({ amount: 2 });
  });
});
