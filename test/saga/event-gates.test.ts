import { expect, test } from 'vitest';
import { hours } from '../../src/saga/index.ts';
import { onEveryEngine, type Trial } from './kit/trial.ts';
import { defineWorldActivity } from './kit/world.ts';

// Gates that wait for their decision as an event: SAGA_GATE=event.

const reserve = defineWorldActivity('reserve');
const charge = defineWorldActivity('charge');
const activities = [reserve, charge];
const gateMode = 'event';

const pass = ({ app }: Pick<Trial, 'app'>, id: string, number: number, decision: object) =>
  app.raise(id, `gate:${number}`, { by: 'ann', ...decision });

onEveryEngine((startTrial) => {
  test('two side by side are shown one after the other, the oldest first, and each is decided', async () => {
    const trial = await startTrial(
      activities,
      function* (saga, item) {
        return yield* saga.scope('careful', () => saga.all([saga.step(charge, item), saga.step(reserve, item)]), {
          onFailure: 'hold',
        });
      },
      { gateMode },
    );
    const { app, world, start } = trial;
    world.next('charge', 'fails for good');
    world.next('reserve', 'fails for good');
    const id = await start();
    const first = await app.runUntil(id, ({ gate }) => gate !== undefined);
    expect(first.status).toMatchObject({ phase: 'held', step: 'main/careful/charge#1', gate: { number: 1 } });
    await pass(trial, id, 1, { action: 'skip', data: { receipt: 'cash' } });
    const second = await app.runUntil(id, ({ gate }) => gate?.number === 2);
    expect(second.status).toMatchObject({
      phase: 'held',
      step: 'main/careful/reserve#1',
      error: { message: 'reserve refuses' },
    });
    await pass(trial, id, 2, { action: 'retry' });
    const end = await app.runToEnd(id);
    expect(end.output).toEqual([{ receipt: 'cash' }, { receipt: 'receipt for book' }]);
    expect(end.status.gate).toBeUndefined();
  });

  test('a gate is shown while other operations go on beside it', async () => {
    const trial = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.scope('careful', () => saga.all([saga.step(charge, item), slowly()]), { onFailure: 'hold' });
        function* slowly() {
          yield* saga.sleep(hours(1));
          yield* saga.step(reserve, item);
          yield* saga.sleep(hours(1));
        }
      },
      { gateMode },
    );
    const { app, world, start } = trial;
    world.next('charge', 'fails for good');
    const id = await start();
    const { status } = await app.runUntil(id, ({ ledger }) => ledger.length === 2);
    expect(status).toMatchObject({ phase: 'held', step: 'main/careful/charge#1', gate: { number: 1 } });
    await pass(trial, id, 1, { action: 'retry' });
    expect((await app.runToEnd(id)).runtimeStatus).toBe('Completed');
  });

  test.each(['alone', 'beside another operation'])('a cancel undoes a saga that is held: %s', async (where) => {
    const { app, world, start } = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.step(reserve, item);
        yield* saga.scope('careful', careful, { onFailure: 'hold' });
        function* careful() {
          if (where === 'alone') yield* saga.step(charge, item);
          else yield* saga.all([saga.step(charge, item), saga.sleep(hours(5))]);
        }
      },
      { gateMode },
    );
    world.next('charge', 'is lost after');
    const id = await start();
    await app.runUntil(id, ({ phase }) => phase === 'held');
    const since = app.now();
    await app.cancel(id, 'ann', 'enough');
    const end = await app.runUntil(id, ({ gate }) => gate?.number === 2);
    expect(end.status).toMatchObject({ phase: 'failed', error: { message: 'cancelled by ann: enough' } });
    expect(world.called()).toEqual(['reserve', 'charge', 'charge-undo', 'reserve-undo']);
    expect(app.now()).toEqual(since);
    await app.raise(id, 'gate:2', { action: 'abort', by: 'ann' });
    expect((await app.runToEnd(id)).runtimeStatus).toBe('Failed');
  });

  test('a cancel undoes what a scope holds that has failed', async () => {
    const { app, world, start } = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.scope('outer', outer, { onFailure: 'hold' });
        function* outer() {
          yield* saga.step(reserve, item);
          yield* saga.scope('inner', () => saga.step(charge, item), { onFailure: 'compensate' });
        }
      },
      { gateMode },
    );
    world.next('charge', 'fails for good');
    const id = await start();
    await app.runUntil(id, ({ phase }) => phase === 'held');
    await app.cancel(id, 'ann');
    await app.runUntil(id, ({ phase }) => phase === 'failed');
    expect(world.called()).toEqual(['reserve', 'charge', 'reserve-undo']);
    await app.raise(id, 'gate:2', { action: 'abort', by: 'ann' });
    await app.runToEnd(id);
  });

  test('past the pivot, and where everything is undone, a cancel changes nothing', async () => {
    const trial = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.step(reserve, item);
        saga.pivot();
        yield* saga.step(charge, item);
      },
      { gateMode },
    );
    const { app, world, start } = trial;
    world.next('reserve', 'fails for good');
    world.next('charge', 'fails for good');
    const id = await start();
    await app.runUntil(id, ({ phase }) => phase === 'failed');
    await app.cancel(id, 'ann');
    await app.settle();
    expect((await app.get(id)).status.phase).toBe('failed');
    await pass(trial, id, 1, { action: 'retry' });
    await app.runUntil(id, ({ phase }) => phase === 'held');
    await app.cancel(id, 'ann');
    await app.settle();
    expect((await app.get(id)).status.phase).toBe('held');
    await pass(trial, id, 2, { action: 'retry' });
    expect((await app.runToEnd(id)).runtimeStatus).toBe('Completed');
  });

  test('data that does not fit a skipped step is refused in words, and the saga stays held', async () => {
    const trial = await startTrial(
      activities,
      (saga, item) => saga.scope('careful', () => saga.step(charge, item), { onFailure: 'hold' }),
      { gateMode },
    );
    const { app, world, start } = trial;
    world.next('charge', 'fails for good');
    const id = await start();
    await app.runUntil(id, ({ gate }) => gate?.number === 1);
    await pass(trial, id, 1, { action: 'skip' });
    const { status } = await app.runUntil(id, ({ gate }) => gate?.number === 2);
    expect(status).toMatchObject({ phase: 'held', step: 'main/careful/charge#1', error: { code: 'invalid_decision' } });
    expect(status.error?.message).toContain("the data given to skip 'main/careful/charge#1' does not fit its output");
    await pass(trial, id, 2, { action: 'skip', data: { receipt: 'cash' } });
    expect((await app.runToEnd(id)).output).toEqual({ receipt: 'cash' });
    expect(world.called()).toEqual(['charge']);
  });
});
