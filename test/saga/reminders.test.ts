import { expect, test } from 'vitest';
import { z } from 'zod';
import { days, defineReview, hours, minutes, SagaFailure } from '../../src/saga/index.ts';
import { onEveryEngine } from './kit/trial.ts';
import { defineWorldActivity, type Item } from './kit/world.ts';

const remind = defineWorldActivity('remind', { effect: 'none' });
const reserve = defineWorldActivity('reserve');
const activities = [remind, reserve];
const price = defineReview({
  name: 'price',
  decision: z.object({ amount: z.number() }),
  withinMs: hours(72),
  otherwise: 'reject',
});
const quick = defineReview({ name: 'quick', decision: z.unknown(), withinMs: hours(2), otherwise: 'approve' });
const reviews = [price, quick];
const daily = {
  everyMs: days(1),
  by: remind,
  with: ({ number, deadline }: { readonly number: number; readonly deadline: Date }): Item => ({
    item: `reminder ${number} of ${deadline.toISOString()}`,
  }),
};
const approval = { decision: 'approve', data: { amount: 1 }, by: 'ann' };

onEveryEngine((startTrial) => {
  test.each([
    [
      'cannot be undone',
      { effect: 'final' } as const,
      [...activities, defineWorldActivity('mail', { effect: 'final' })],
    ],
    ['is not registered', { effect: 'none' } as const, activities],
  ])('a reminder that %s is refused as the review is opened, not when it is due', async (why, options, registered) => {
    const mail = defineWorldActivity('mail', options);
    const { app, start } = await startTrial(
      registered,
      (saga, item) => saga.review(price, { of: item, remind: { ...daily, by: mail } }),
      { reviews },
    );
    const id = await start();
    await app.settle();
    const { runtimeStatus, output } = await app.get(id);
    expect(runtimeStatus).toBe('Failed');
    expect(output).toContain(`'mail' ${why}`);
  });

  test('a review of 72 hours reminds each day until its time is out', async () => {
    const { app, world, run } = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.step(reserve, item);
        yield* saga.review(price, { of: item, remind: daily });
      },
      { reviews },
    );
    const startedAt = app.now().getTime();
    const { end } = await run();
    const deadline = new Date(startedAt + hours(72)).toISOString();
    expect(world.called()).toEqual(['reserve', 'remind', 'remind', 'reserve-undo']);
    expect(world.calls.slice(1, 3).map(({ at }) => at.getTime() - startedAt)).toEqual([days(1), days(2)]);
    expect([...world.effects.values()]).toEqual([`reminder 1 of ${deadline}`, `reminder 2 of ${deadline}`]);
    expect(app.now().getTime() - startedAt).toBe(hours(72));
    expect(end.status).toMatchObject({
      phase: 'failed',
      error: { code: 'review_rejected' },
      decided: ['price'],
      asked: [{ id: 'price', deadline, remindEveryMs: days(1), timedOut: 'reject' }],
    });
  });

  test('the question stays in the status while it is reminded of, and an answer ends the reminders', async () => {
    const { app, world, start } = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.review(price, { of: item, remind: daily });
        yield* saga.sleep(days(5));
      },
      { reviews },
    );
    const id = await start();
    const asked = await app.runUntil(id, ({ phase }) => phase === 'in_review');
    const reminded = await app.runUntil(id, ({ ledger }) => ledger.length === 1);
    expect(reminded.status).toMatchObject({ phase: 'in_review', review: asked.status.review });
    await app.decide(id, 'price', approval);
    const end = await app.runToEnd(id);
    expect(end.runtimeStatus).toBe('Completed');
    expect(end.status.asked).toMatchObject([{ id: 'price', deadline: asked.status.review?.deadline }]);
    expect(end.status.asked?.[0]?.timedOut).toBeUndefined();
    expect(world.called()).toEqual(['remind']);
  });

  test('a reminder that fails is recorded, and the next one is sent all the same', async () => {
    const { app, world, start } = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.scope('careful', () => saga.review(price, { of: item, remind: daily }), { onFailure: 'hold' });
      },
      { reviews },
    );
    world.next('remind', 'fails', 'fails');
    const id = await start();
    const reminded = await app.runUntil(id, ({ ledger }) => ledger.length === 2 && ledger[1]?.outcome === 'succeeded');
    expect(reminded.status.ledger.map(({ outcome }) => outcome)).toEqual(['failed', 'succeeded']);
    await app.decide(id, 'price', approval);
    expect((await app.runToEnd(id)).runtimeStatus).toBe('Completed');
  });

  test('an answer that arrives while a reminder is being sent counts when it has been', async () => {
    const { app, world, start } = await startTrial(
      activities,
      function* (saga, item) {
        return (yield* saga.review(price, { of: item, remind: daily })).data;
      },
      { reviews },
    );
    world.next('remind', ({ instanceId }) => app.decide(instanceId, 'price', approval));
    const id = await start();
    expect((await app.runToEnd(id)).output).toEqual({ amount: 1 });
    expect(world.called()).toEqual(['remind']);
  });

  test('an answer that does not fit changes nothing about the reminders', async () => {
    const { app, world, start } = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.review(price, { of: item, remind: daily });
      },
      { reviews },
    );
    const startedAt = app.now().getTime();
    const id = await start();
    await app.runUntil(id, ({ phase }) => phase === 'in_review');
    await app.decide(id, 'price', { decision: 'maybe' });
    await app.runToEnd(id);
    expect(world.calls.map(({ at }) => at.getTime() - startedAt)).toEqual([days(1), days(2)]);
  });

  test('a cancel ends the reminders and undoes', async () => {
    const { app, world, start } = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.step(reserve, item);
        yield* saga.review(price, { of: item, remind: daily });
      },
      { reviews },
    );
    const id = await start();
    await app.runUntil(id, ({ ledger }) => ledger.length === 2);
    const since = app.now();
    await app.cancel(id, 'ann');
    const end = await app.runToEnd(id);
    expect(end.status.review).toBeUndefined();
    expect(world.called()).toEqual(['reserve', 'remind', 'reserve-undo']);
    expect(app.now()).toEqual(since);
  });

  test('reviews side by side remind each for itself, and the oldest open one is shown', async () => {
    const { app, world, start } = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.all([
          saga.review(price, { of: item, remind: daily }),
          saga.review(quick, { of: item, remind: { ...daily, everyMs: minutes(50) } }),
          saga.step(reserve, item),
        ]);
      },
      { reviews },
    );
    const startedAt = app.now().getTime();
    const id = await start();
    const open = await app.runUntil(id, ({ ledger }) => ledger.length === 2);
    expect(open.status).toMatchObject({ phase: 'in_review', review: { id: 'price' }, otherReviews: [{ id: 'quick' }] });
    await app.runUntil(id, ({ asked }) => asked?.[1]?.timedOut === 'approve');
    await app.runUntil(id, ({ ledger }) => ledger.length === 4);
    await app.decide(id, 'price', approval);
    expect((await app.runToEnd(id)).runtimeStatus).toBe('Completed');
    expect(world.calls.flatMap(({ name, at }) => (name === 'remind' ? [at.getTime() - startedAt] : []))).toEqual([
      minutes(50),
      minutes(100),
      days(1),
    ]);
  });

  test('an interval that is none is refused in words', async () => {
    const { run } = await startTrial(
      activities,
      function* (saga, item) {
        try {
          yield* saga.review(price, { of: item, remind: { ...daily, everyMs: 0 } });
        } catch (error) {
          if (!(error instanceof SagaFailure)) throw error;
        }
      },
      { reviews },
    );
    expect((await run()).end.output).toContain("review 'price': remind.everyMs is 0; it must be more than 0");
  });
});
