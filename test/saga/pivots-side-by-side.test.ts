import { expect, test } from 'vitest';
import { minutes, seconds, StepFailed } from '../../src/saga/index.ts';
import { activities as common, charge, defineSub, reserve } from './kit/payment.ts';
import { onEveryEngine } from './kit/trial.ts';
import { defineWorldActivity } from './kit/world.ts';

const dispatch = defineWorldActivity('dispatch', {
  effect: 'final',
  retry: { firstIntervalMs: minutes(1), maxAttempts: 2 },
});
const send = defineWorldActivity('send', { effect: 'final' });
const activities = [...common, dispatch, send];

onEveryEngine((startTrial) => {
  test.each([
    ['a pivot too', { pivot: true }],
    ['final', {}],
  ])('a pivot that fails takes nothing back that %s beside it has settled', async (_, options) => {
    const { world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      yield* saga.all([saga.step(dispatch, item, { pivot: true }), saga.step(send, item, options)]);
    });
    world.next('dispatch', 'fails', 'fails for good');
    const { end } = await run();
    expect(end.status).toMatchObject({ phase: 'held', pivoted: true, step: 'main/dispatch#1' });
    expect(world.called()).not.toContain('reserve-undo');
  });

  test('a pivot that fails takes nothing back that the saga has declared beside it', async () => {
    const { world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      yield* saga.all([
        saga.step(dispatch, item, { pivot: true }),
        (function* () {
          yield* saga.sleep(seconds(1));
          saga.pivot();
        })(),
      ]);
    });
    world.next('dispatch', 'fails', 'fails for good');
    const { end } = await run();
    expect(end.status).toMatchObject({ phase: 'held', pivoted: true, step: 'main/dispatch#1' });
    expect(world.called()).not.toContain('reserve-undo');
  });

  test('a sub-saga that fails before its pivot takes nothing back that a pivot beside it has settled', async () => {
    const slow = defineSub(function* (saga, item) {
      yield* saga.sleep(minutes(1));
      return (yield* saga.step(charge, item)).receipt;
    });
    const { world, run } = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.step(reserve, item);
        yield* saga.all([saga.run(slow, item, { pivot: true }), saga.step(send, item, { pivot: true })]);
      },
      { subSagas: [slow] },
    );
    world.always('charge', 'fails for good');
    const { end } = await run();
    expect(end.status).toMatchObject({ phase: 'held', pivoted: true, step: 'main/payment#1' });
    expect(world.called()).not.toContain('reserve-undo');
  });

  test('nobody is asked about a step that failed beside a pivot, once that has certainly failed', async () => {
    const { world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      yield* saga.all([saga.step(dispatch, item, { pivot: true }), saga.step(charge, item)]);
    });
    world.next('dispatch', 'fails', 'fails for good');
    world.next('charge', 'fails for good');
    const { end } = await run();
    expect(end.status).toMatchObject({ phase: 'failed', step: 'main/dispatch#1', gate: { number: 1 } });
    expect(world.effects.size).toBe(0);
  });

  test('a step that failed beside a pivot can be undone, once the saga goes on without that pivot', async () => {
    const { app, world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      yield* saga.all([
        (function* () {
          try {
            yield* saga.step(dispatch, item, { pivot: true });
          } catch (error) {
            if (!(error instanceof StepFailed)) throw error;
          }
        })(),
        saga.step(charge, item),
      ]);
    });
    world.next('dispatch', 'fails', 'fails for good');
    world.next('charge', 'fails for good');
    const { id, end } = await run();
    expect(end.status).toMatchObject({ phase: 'failed', step: 'main/charge#1' });
    expect(world.effects.size).toBe(0);
    await app.rewind(id);
    expect((await app.runToEnd(id)).runtimeStatus).toBe('Completed');
  });
});
