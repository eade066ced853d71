import { expect, test } from 'vitest';
import { hours, minutes, type Operation, type Saga, seconds } from '../../src/saga/index.ts';
import { activities, charge, defineSub, payment, reserve } from './kit/payment.ts';
import { onEveryEngine } from './kit/trial.ts';

function* timer(saga: Saga): Operation<string> {
  yield* saga.sleep(minutes(1));
  return 'timer';
}

onEveryEngine((startTrial) => {
  test('a cancel of the parent reaches it, and both undo what they did', async () => {
    const slow = defineSub(function* (saga, item) {
      yield* saga.step(charge, item);
      yield* saga.sleep(hours(9));
      return 'late';
    });
    const { app, world, start } = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.step(reserve, item);
        return yield* saga.run(slow, item);
      },
      { subSagas: [slow] },
    );
    const id = await start();
    await app.runUntil(`${id}:payment:1`, ({ step }) => step === 'sleep');
    expect((await app.get(id)).status).toMatchObject({
      step: 'main/payment#1',
      running: [{ saga: 'payment', instanceId: `${id}:payment:1` }],
    });
    const before = app.now();
    await app.cancel(id, 'ann', 'changed my mind');
    const end = await app.runToEnd(id);
    expect(app.now()).toEqual(before);
    expect(end.status).toMatchObject({ phase: 'failed', error: { message: 'cancelled by ann: changed my mind' } });
    expect(end.status.running).toBeUndefined();
    expect((await app.get(`${id}:payment:1`)).status.error?.message).toBe('cancelled by ann: changed my mind');
    expect(world.called()).toEqual(['reserve', 'charge', 'charge-undo', 'reserve-undo']);
    await app.rewind(id);
    expect((await app.runToEnd(id)).output).toBe('late');
  });

  test('the deadline of the parent is that of a sub-saga that has longer', async () => {
    const slow = defineSub(function* (saga, item) {
      yield* saga.step(charge, item);
      yield* saga.sleep(hours(9));
      return 'late';
    });
    const { app, world, run } = await startTrial(activities, (saga, item) => saga.run(slow, item), {
      subSagas: [slow],
      withinMs: minutes(5),
    });
    const before = app.now().getTime();
    const { end } = await run();
    expect(app.now().getTime() - before).toBe(minutes(5));
    expect(end.status).toMatchObject({ phase: 'failed', error: { code: 'cancelled' } });
    expect(world.called()).toEqual(['charge', 'charge-undo']);
  });

  test('many run side by side; when one fails the others are cancelled, and all is undone', async () => {
    const slow = defineSub(function* (saga, item) {
      yield* saga.step(reserve, item);
      yield* saga.sleep(hours(9));
      return 'late';
    }, 'slow');
    const { app, world, run } = await startTrial(
      activities,
      (saga, item) => saga.all([saga.run(slow, item), saga.run(payment, item), saga.run(slow, item)]),
      { subSagas: [slow, payment] },
    );
    world.next('charge', 'works', 'fails', 'fails for good');
    const before = app.now().getTime();
    const { id, end } = await run();
    expect(app.now().getTime() - before).toBe(seconds(1));
    expect(end.status).toMatchObject({ phase: 'failed', error: { code: 'refused' } });
    expect((await app.get(`${id}:slow:2`)).status.error?.message).toContain('cancelled by saga trial');
    expect(world.effects.size).toBe(0);
    await app.rewind(id);
    expect((await app.runToEnd(id)).output).toEqual(['late', 'receipt for book', 'late']);
    expect(world.effects.size).toBe(4);
  });

  test('the one that loses a race is cancelled and undone', async () => {
    const slow = defineSub(function* (saga, item) {
      yield* saga.step(charge, item);
      yield* saga.sleep(hours(9));
      return 'late';
    });
    const { world, run } = await startTrial(
      activities,
      function* (saga, item) {
        return yield* saga.race([saga.run(slow, item), timer(saga)]);
      },
      { subSagas: [slow] },
    );
    const { end } = await run();
    expect(end.output).toBe('timer');
    expect(world.called()).toEqual(['charge', 'charge-undo']);
  });
});
