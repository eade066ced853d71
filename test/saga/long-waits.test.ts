import { expect, test } from 'vitest';
import { z } from 'zod';
import { days, defineReview, hours } from '../../src/saga/index.ts';
import { onEveryEngine } from './kit/trial.ts';
import { defineWorldActivity } from './kit/world.ts';

// Waits longer than the six days after which durable-functions and the host cut a timer, each in its own way: see wait.ts.

const reserve = defineWorldActivity('reserve');
const patient = defineReview({ name: 'patient', decision: z.object({}), withinMs: days(20), otherwise: 'approve' });
const yes = { decision: 'approve', data: {}, by: 'ann' };

onEveryEngine((startTrial) => {
  test('a wait that follows a review of days lasts its whole time', async () => {
    const { app, start } = await startTrial(
      [reserve],
      function* (saga, item) {
        yield* saga.sleep(days(4));
        yield* saga.review(patient, { of: item });
        yield* saga.sleep(days(5));
        return saga.now().getTime();
      },
      { reviews: [patient] },
    );
    const id = await start();
    await app.runUntil(id, (status) => status?.phase === 'in_review');
    const beside = await start();
    await app.runUntil(beside, (status) => status?.phase === 'in_review');
    const decidedAt = app.now().getTime();
    await app.decide(id, 'patient', yes);
    expect((await app.runToEnd(id)).output).toBe(decidedAt + days(5));
    await app.runToEnd(beside);
  });

  test('a long review keeps its whole time whatever answers it ignores on the way', async () => {
    const { app, start } = await startTrial(
      [reserve],
      function* (saga, item) {
        yield* saga.review(patient, { of: item });
        return saga.now().getTime();
      },
      { reviews: [patient] },
    );
    const id = await start();
    const clock = await start();
    const { status } = await app.runUntil(id, ({ review }) => review !== undefined);
    for (const day of [1, 6, 12]) {
      await app.runUntil(clock, () => app.now().getTime() >= Date.parse(status.review!.openedAt) + days(day));
      await app.raise(id, 'review:patient', 'nonsense');
      await app.settle();
    }
    expect((await app.runToEnd(id)).output).toBe(Date.parse(status.review!.deadline));
    await app.runToEnd(clock);
  });

  test('reviews that are decided after days, one after the other, each have their whole time', async () => {
    const { app, start } = await startTrial(
      [reserve],
      function* (saga, item) {
        for (let n = 0; n < 4; n++) yield* saga.review(patient, { of: item });
        return saga.now().getTime();
      },
      { reviews: [patient] },
    );
    const id = await start();
    const clock = await start();
    for (const review of ['patient', 'patient#2', 'patient#3']) {
      await app.runUntil(id, (status) => status?.review?.id === review);
      const since = app.now().getTime();
      await app.runUntil(clock, () => app.now().getTime() >= since + days(5));
      await app.decide(id, review, yes);
    }
    const { status } = await app.runUntil(id, ({ review }) => review?.id === 'patient#4');
    expect((await app.runToEnd(id)).output).toBe(Date.parse(status.review!.deadline));
    await app.runToEnd(clock);
  });

  test('operations side by side wait as long as each of them says', async () => {
    const { app, world, start } = await startTrial([reserve], function* (saga, item) {
      yield* saga.all([slow(), slower()]);
      return saga.now().getTime();
      function* slow() {
        yield* saga.sleep(hours(1));
        yield* saga.step(reserve, item);
        yield* saga.sleep(days(7));
        yield* saga.step(reserve, item);
      }
      function* slower() {
        yield* saga.sleep(days(4));
        yield* saga.sleep(days(5));
        yield* saga.step(reserve, item);
        yield* saga.all([saga.sleep(days(11)), saga.sleep(days(10))]);
        yield* saga.step(reserve, item);
      }
    });
    const startedAt = app.now().getTime();
    expect((await app.runToEnd(await start())).output).toBe(startedAt + days(20));
    expect(world.calls.map(({ at }) => at.getTime() - startedAt)).toEqual([
      hours(1),
      days(7) + hours(1),
      days(9),
      days(20),
    ]);
  });
});
