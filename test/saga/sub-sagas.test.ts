import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineReview, defineSaga, hours } from '../../src/saga/index.ts';
import { activities, defineSub, payment, reserve, ship } from './kit/payment.ts';
import { onEveryEngine } from './kit/trial.ts';
import { itemSchema } from './kit/world.ts';

onEveryEngine((startTrial) => {
  test('runs in an instance of its own, and its output comes back', async () => {
    const { app, world, run } = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.step(reserve, item);
        return { paid: yield* saga.run(payment, item) };
      },
      { subSagas: [payment] },
    );
    const { id, end } = await run();
    expect(end).toMatchObject({ runtimeStatus: 'Completed', output: { paid: 'receipt for book' } });
    expect([...world.effects.keys()]).toEqual([
      `${id}/main/reserve#1/do`,
      `${id}/main/payment#1/charge#1/do`,
      `${id}/main/payment#1/charge#2/do`,
    ]);
    expect(end.status.ledger.map(({ step }) => step)).toEqual([
      'main/reserve#1',
      'main/payment#1/charge#1',
      'main/payment#1/charge#2',
    ]);
    expect(await app.get(`${id}:payment:1`)).toMatchObject({
      runtimeStatus: 'Completed',
      status: { saga: 'payment', phase: 'completed', correlationId: id },
    });
  });

  test('what it did is undone with what its parent did, last started first, under its own keys', async () => {
    const { world, run } = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.step(reserve, item);
        yield* saga.run(payment, item);
        yield* saga.step(reserve, item);
        yield* saga.step(ship, item);
      },
      { subSagas: [payment] },
    );
    world.next('ship', 'fails for good');
    const { id, end } = await run();
    expect(end.output).toContain('gate#1#');
    expect(world.effects.size).toBe(0);
    expect(world.calls.slice(5).map(({ key }) => key.slice(id.length))).toEqual([
      '/main/reserve#2/undo',
      '/main/payment#1/charge#2/undo',
      '/main/payment#1/charge#1/undo',
      '/main/reserve#1/undo',
    ]);
    expect(world.calls[6]?.done).toMatchObject({
      outcome: 'succeeded',
      input: { item: 'book' },
      output: { receipt: 'receipt for book' },
      idempotencyKey: `${id}/main/payment#1/charge#2/do`,
    });
  });

  test('a review of it is decided at its own instance', async () => {
    const ask = defineReview({
      name: 'ask',
      decision: z.object({ limit: z.number() }),
      withinMs: hours(1),
      otherwise: 'reject',
    });
    const asking = defineSaga({
      name: 'asking',
      version: '1',
      input: itemSchema,
      output: z.number(),
      reviews: [ask],
      *run(saga, item) {
        const { data } = yield* saga.review(ask, { of: item });
        return data?.limit ?? 0;
      },
    });
    const { app, start } = await startTrial(activities, (saga, item) => saga.run(asking, item), {
      subSagas: [asking],
    });
    const id = await start();
    await app.runUntil(`${id}:asking:1`, ({ phase }) => phase === 'in_review');
    await app.decide(`${id}:asking:1`, 'ask', { decision: 'approve', data: { limit: 7 }, by: 'ann' });
    expect((await app.runToEnd(id)).output).toBe(7);
  });

  test('sagas nest: what the innermost did is undone by the outermost', async () => {
    const middle = defineSub(function* (saga, item) {
      yield* saga.step(reserve, item);
      const paid = yield* saga.run(payment, item);
      yield* saga.step(reserve, item);
      return paid;
    }, 'middle');
    const { world, run } = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.run(middle, item);
        yield* saga.step(ship, item);
      },
      { subSagas: [payment, middle] },
    );
    world.next('ship', 'fails for good');
    const { id } = await run();
    expect(world.effects.size).toBe(0);
    expect(world.calls.slice(5).map(({ key }) => key.slice(id.length))).toEqual([
      '/main/middle#1/reserve#2/undo',
      '/main/middle#1/payment#1/charge#2/undo',
      '/main/middle#1/payment#1/charge#1/undo',
      '/main/middle#1/reserve#1/undo',
    ]);
  });

  test('an instance that looks like a sub-saga but that nobody runs is none', async () => {
    const { app } = await startTrial(activities, (saga, item) => saga.step(reserve, item));
    const commission = {
      parent: 'other',
      root: 'other',
      path: 'main/x#1',
      correlationId: 'c',
      pivoted: true,
      mayPivot: true,
    };
    const id = await app.start({ name: 'trial' }, { $saga: { commission }, input: { item: 'book' } });
    const end = await app.runToEnd(id);
    expect(end.runtimeStatus).toBe('Failed');
    expect(end.output).toContain("the input of saga 'trial' does not fit its schema");
  });

  test('a scope of its name is refused: steps of both could get the same idempotency key', async () => {
    const { run } = await startTrial(
      activities,
      (saga, item) => saga.scope('payment', () => saga.step(reserve, item)),
      { subSagas: [payment] },
    );
    expect((await run()).end.output).toContain(
      "scope 'payment' has the name of a saga that others run, so that steps of both could get the same idempotency key: rename one of them",
    );
  });

  test('one that is not registered is refused before anything waits for it', async () => {
    const { run } = await startTrial(activities, (saga, item) => saga.run(payment, item));
    expect((await run()).end.output).toContain(
      "saga 'payment' is not registered: add it to the list given to registerSagas, in a test to that of createSagaTestHost",
    );
  });
});
