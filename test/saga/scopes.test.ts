import { expect, test } from 'vitest';
import { SagaFailure, StepFailed } from '../../src/saga/index.ts';
import { onEveryEngine } from './kit/trial.ts';
import { defineWorldActivity } from './kit/world.ts';

const reserve = defineWorldActivity('reserve');
const charge = defineWorldActivity('charge');
const ship = defineWorldActivity('ship');
const activities = [reserve, charge, ship];

onEveryEngine((startTrial) => {
  test('undoes steps in the reverse order of their start', async () => {
    const { world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      yield* saga.step(charge, item);
      yield* saga.step(ship, item);
    });
    world.next('ship', 'is lost after');
    const { end } = await run();
    expect(world.called()).toEqual(['reserve', 'charge', 'ship', 'ship-undo', 'charge-undo', 'reserve-undo']);
    expect(world.effects.size).toBe(0);
    expect(end.status.ledger.map(({ undo }) => undo)).toEqual(['done', 'done', 'done']);
  });

  test('a scope that succeeds hands what it did to the scope around it, in its place', async () => {
    const { world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.scope('outer', function* () {
        yield* saga.step(reserve, item);
        yield* saga.scope('inner', () => saga.step(charge, item));
        yield* saga.step(reserve, item);
      });
      yield* saga.step(ship, item);
    });
    world.next('ship', 'fails for good');
    const { id } = await run();
    expect(world.calls.slice(4).map(({ key }) => key)).toEqual([
      `${id}/main/outer/reserve#2/undo`,
      `${id}/main/outer/inner/charge#1/undo`,
      `${id}/main/outer/reserve#1/undo`,
    ]);
  });

  test('a failure that is caught outside its scope leaves what came before, and the saga goes on', async () => {
    const { world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      try {
        return yield* saga.scope('payment', function* () {
          yield* saga.step(charge, item);
          yield* saga.step(charge, item);
        });
      } catch (error) {
        if (!(error instanceof StepFailed)) throw error;
        return { step: error.step, shipped: yield* saga.step(ship, item) };
      }
    });
    world.next('charge', 'works', 'fails for good');
    const { end } = await run();
    expect(end.output).toEqual({ step: 'main/payment/charge#2', shipped: { receipt: 'receipt for book' } });
    expect(world.called()).toEqual(['reserve', 'charge', 'charge', 'charge-undo', 'ship']);
    expect(end.status.ledger.map(({ step, undo }) => [step, undo])).toEqual([
      ['main/reserve#1', 'pending'],
      ['main/payment/charge#1', 'done'],
      ['main/payment/charge#2', 'none'],
      ['main/ship#1', 'pending'],
    ]);
  });

  test('what a caught scope has undone is not undone again when the saga fails later', async () => {
    const { world, run } = await startTrial(activities, function* (saga, item) {
      try {
        yield* saga.scope('payment', function* () {
          yield* saga.step(charge, item);
          saga.fail('no', 'no');
        });
      } catch (error) {
        if (!(error instanceof SagaFailure)) throw error;
      }
      yield* saga.step(ship, item);
      saga.fail('never', 'never');
    });
    await run();
    expect(world.called()).toEqual(['charge', 'charge-undo', 'ship', 'ship-undo']);
  });

  test('a scope that is opened again runs under keys of its own', async () => {
    const { world, run } = await startTrial(activities, function* (saga, item) {
      for (let n = 0; n < 2; n++) {
        const failed = yield* inner();
        if (!failed) return;
      }
      function* inner() {
        try {
          yield* saga.scope('try', function* () {
            yield* saga.step(reserve, item);
            yield* saga.step(charge, item);
          });
          return false;
        } catch (error) {
          if (!(error instanceof StepFailed)) throw error;
          return true;
        }
      }
    });
    world.next('charge', 'fails for good');
    const { id } = await run();
    expect(world.calls.map(({ key }) => key)).toEqual([
      `${id}/main/try/reserve#1/do`,
      `${id}/main/try/charge#1/do`,
      `${id}/main/try/reserve#1/undo`,
      `${id}/main/try#2/reserve#2/do`,
      `${id}/main/try#2/charge#2/do`,
    ]);
  });

  test('undos are tried again by their own policy', async () => {
    const sticky = defineWorldActivity('sticky', {
      undoRetry: { firstIntervalMs: 1000, maxAttempts: 3, backoffCoefficient: 3 },
    });
    const { app, world, run } = await startTrial([sticky], function* (saga, item) {
      yield* saga.step(sticky, item);
      saga.fail('no', 'no');
    });
    world.next('sticky-undo', 'fails', 'fails');
    const { id } = await run();
    const undos = world.calls.slice(1);
    expect(undos.map(({ at }) => at.getTime() - undos[0]!.at.getTime())).toEqual([0, 1000, 4000]);
    expect(new Set(undos.map(({ key }) => key)).size).toBe(1);
    expect(app.phases(id)).toEqual(['running', 'compensating', 'failed']);
  });
});
