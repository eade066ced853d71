import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineReview, hours, minutes, SagaCancelled, SagaFailure, seconds } from '../../src/saga/index.ts';
import { turns } from './kit/turns.ts';
import { onEveryEngine } from './kit/trial.ts';
import { defineWorldActivity } from './kit/world.ts';

const reserve = defineWorldActivity('reserve');
const charge = defineWorldActivity('charge', { retry: { firstIntervalMs: minutes(1), maxAttempts: 3 } });
const activities = [reserve, charge];
const review = defineReview({ name: 'look', decision: z.object({}), withinMs: hours(72), otherwise: 'approve' });

onEveryEngine((startTrial) => {
  test('during an activity: its result is awaited, then everything is undone', async () => {
    const { app, world, start } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      yield* saga.step(charge, item);
      yield* saga.step(reserve, item);
    });
    world.next('charge', async ({ instanceId }) => {
      await app.cancel(instanceId, 'ann', 'changed my mind');
      await turns();
    });
    const id = await start();
    const end = await app.runToEnd(id);
    expect(end).toMatchObject({
      runtimeStatus: 'Failed',
      status: { phase: 'failed', error: { code: 'cancelled', message: 'cancelled by ann: changed my mind' } },
    });
    expect(world.called()).toEqual(['reserve', 'charge', 'charge-undo', 'reserve-undo']);
    expect(world.effects.size).toBe(0);
  });

  test('during an activity that fails: nothing is tried again, and what certainly failed is not undone', async () => {
    const { app, world, start } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(charge, item);
    });
    world.next('charge', async ({ instanceId }) => {
      await app.cancel(instanceId, 'ann');
      await turns();
      throw Object.assign(new Error('busy'), { statusCode: 503 });
    });
    const id = await start();
    expect((await app.runToEnd(id)).status.error?.code).toBe('cancelled');
    expect(world.called()).toEqual(['charge']);
  });

  test('during the very last activity', async () => {
    const { app, world, run } = await startTrial(activities, (saga, item) => saga.step(charge, item));
    world.next('charge', async ({ instanceId }) => {
      await app.cancel(instanceId, 'ann');
      await turns();
    });
    expect((await run()).end.status.error?.code).toBe('cancelled');
    expect(world.called()).toEqual(['charge', 'charge-undo']);
  });

  test('while a scope is undone whose failure is caught: it counts before the pivot', async () => {
    const { app, world, run } = await startTrial(activities, function* (saga, item) {
      try {
        yield* saga.scope('payment', function* () {
          yield* saga.step(charge, item);
          saga.fail('no', 'no');
        });
      } catch (error) {
        if (!(error instanceof SagaFailure)) throw error;
      }
      saga.pivot();
      yield* saga.step(reserve, item);
    });
    world.next('charge-undo', async ({ instanceId }) => {
      await app.cancel(instanceId, 'ann');
      await turns();
    });
    expect((await run()).end.status).toMatchObject({ phase: 'failed', error: { code: 'cancelled' } });
    expect(world.called()).toEqual(['charge', 'charge-undo']);
  });

  test('during the wait for the next attempt', async () => {
    const { app, world, start } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      yield* saga.step(charge, item);
    });
    world.always('charge', 'fails');
    const id = await start();
    const waiting = await app.runUntil(id, ({ phase }) => phase === 'waiting');
    expect(waiting.status.nextAttemptAt).toBe(new Date(app.now().getTime() + minutes(1)).toISOString());
    await app.cancel(id, 'ann');
    const since = app.now();
    expect((await app.runToEnd(id)).status.error?.code).toBe('cancelled');
    expect(app.now()).toEqual(since);
    expect(world.called()).toEqual(['reserve', 'charge', 'reserve-undo']);
  });

  test('during a review and during a sleep', async () => {
    const { app, world, start } = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.step(reserve, item);
        try {
          yield* saga.scope('asked', () => saga.review(review, { of: item }));
        } catch (error) {
          if (!(error instanceof SagaCancelled)) throw error;
          yield* saga.sleep(hours(1));
        }
      },
      { reviews: [review] },
    );
    const id = await start();
    await app.runUntil(id, ({ phase }) => phase === 'in_review');
    await app.cancel(id, 'ann');
    const end = await app.runToEnd(id);
    expect(end.status).toMatchObject({ phase: 'failed', error: { code: 'cancelled' } });
    expect(end.status.review).toBeUndefined();
    expect(world.called()).toEqual(['reserve', 'reserve-undo']);
  });

  test('before the first step has begun', async () => {
    const { app, world, start } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      yield* saga.step(charge, item);
    });
    const id = await start();
    await app.cancel(id, 'ann');
    expect((await app.runToEnd(id)).status.error?.code).toBe('cancelled');
    expect(world.called()).toEqual(['reserve', 'reserve-undo']);
  });

  test('twice: the first one counts, and everything is undone once', async () => {
    const { app, world, start } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      yield* saga.sleep(hours(1));
    });
    const id = await start();
    await app.runUntil(id, ({ phase }) => phase === 'waiting');
    await app.cancel(id, 'ann');
    await app.cancel(id, 'bob');
    expect((await app.runToEnd(id)).status.error?.message).toBe('cancelled by ann');
    expect(world.called()).toEqual(['reserve', 'reserve-undo']);
  });

  test('after the pivot it comes too late', async () => {
    const { app, world, start } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      saga.pivot();
      yield* saga.sleep(hours(1));
      yield* saga.step(charge, item);
    });
    const id = await start();
    await app.runUntil(id, ({ phase }) => phase === 'waiting');
    await app.cancel(id, 'ann');
    expect((await app.runToEnd(id)).runtimeStatus).toBe('Completed');
    expect(world.called()).toEqual(['reserve', 'charge']);
  });

  test('while it compensates it changes nothing, and a rewind forgets it', async () => {
    const { app, world, start } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      yield* saga.step(charge, item);
    });
    world.next('charge', 'fails for good');
    world.next('reserve-undo', async ({ instanceId }) => {
      await app.cancel(instanceId, 'ann');
      await turns();
    });
    const id = await start();
    expect((await app.runToEnd(id)).status.error?.code).toBe('refused');
    await app.rewind(id);
    expect((await app.runToEnd(id)).runtimeStatus).toBe('Completed');
  });

  test('after a rewind it works as before, and can be rewound in turn', async () => {
    const { app, world, start } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      yield* saga.sleep(hours(1));
    });
    const id = await start();
    for (const by of ['ann', 'bob']) {
      await app.runUntil(id, ({ phase }) => phase === 'waiting');
      await app.cancel(id, by);
      expect((await app.runToEnd(id)).status.error?.message).toBe(`cancelled by ${by}`);
      expect(world.effects.size).toBe(0);
      await app.rewind(id);
    }
    expect((await app.runToEnd(id)).runtimeStatus).toBe('Completed');
    expect(world.effects.size).toBe(1);
  });

  test('it undoes scopes that hold, too', async () => {
    const { app, world, start } = await startTrial(activities, function* (saga, item) {
      yield* saga.scope('careful', careful, { onFailure: 'hold' });
      function* careful() {
        yield* saga.step(reserve, item);
        yield* saga.sleep(hours(1));
      }
    });
    const id = await start();
    await app.runUntil(id, ({ phase }) => phase === 'waiting');
    await app.cancel(id, 'ann');
    expect((await app.runToEnd(id)).status.phase).toBe('failed');
    expect(world.effects.size).toBe(0);
  });

  test('code that catches it is told again at the next operation', async () => {
    const { app, world, start } = await startTrial(activities, function* (saga, item) {
      try {
        yield* saga.sleep(hours(1));
      } catch (error) {
        if (!(error instanceof SagaFailure)) throw error;
      }
      yield* saga.step(reserve, item);
    });
    const id = await start();
    await app.runUntil(id, ({ phase }) => phase === 'waiting');
    await app.cancel(id, 'ann');
    expect((await app.runToEnd(id)).status.error?.code).toBe('cancelled');
    expect(world.called()).toEqual([]);
  });

  test('a cancel that came before a rewind does not cancel what runs after it, one that comes after does', async () => {
    const { app, start } = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.step(reserve, item);
        yield* saga.review(review, { of: item });
      },
      { reviews: [review] },
    );
    const id = await start();
    await app.runUntil(id, ({ phase }) => phase === 'in_review');
    for (const by of ['ann', 'bob', 'eve']) await app.cancel(id, by);
    expect((await app.runToEnd(id)).status.error?.message).toBe('cancelled by ann');
    await app.rewind(id);
    await app.runUntil(id, ({ phase }) => phase === 'in_review');
    await app.cancel(id, 'kim');
    expect((await app.runToEnd(id)).status.error?.message).toBe('cancelled by kim');
    await app.rewind(id);
    await app.runUntil(id, ({ phase }) => phase === 'in_review');
    await app.decide(id, 'look#3', { decision: 'approve', data: {}, by: 'ann' });
    expect((await app.runToEnd(id)).runtimeStatus).toBe('Completed');
  });

  test('a cancel without a name is one all the same', async () => {
    const { app, start } = await startTrial(activities, (saga) => saga.sleep(hours(1)));
    const id = await start();
    await app.runUntil(id, ({ phase }) => phase === 'waiting');
    await app.raise(id, 'cancel', 'stop it');
    expect((await app.runToEnd(id)).status.error?.message).toBe('cancelled by unknown');
  });
});

onEveryEngine((startTrial) => {
  test('the deadline ends a wait and undoes, and runs anew after a rewind', async () => {
    const { app, world, run } = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.step(reserve, item);
        yield* saga.sleep(hours(10));
      },
      { withinMs: hours(2) },
    );
    const startedAt = app.now().getTime();
    const { id, end } = await run();
    expect(end.status.error?.message).toContain('cancelled by deadline');
    expect(app.now().getTime() - startedAt).toBe(hours(2));
    expect(world.called()).toEqual(['reserve', 'reserve-undo']);
    await app.rewind(id);
    await app.runToEnd(id);
    expect(app.now().getTime() - startedAt).toBe(hours(4));
  });

  test('the deadline does not disturb a saga that is in time, nor one past its pivot', async () => {
    const { app, run } = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.sleep(minutes(59));
        saga.pivot();
        yield* saga.step(reserve, item);
        yield* saga.sleep(seconds(3600));
      },
      { withinMs: hours(1) },
    );
    const startedAt = app.now().getTime();
    expect((await run()).end.runtimeStatus).toBe('Completed');
    expect(app.now().getTime() - startedAt).toBe(minutes(119));
  });
});
