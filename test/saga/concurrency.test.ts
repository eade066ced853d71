import { expect, expectTypeOf, test } from 'vitest';
import { defineReview, hours, minutes, type Operation, SagaFailure, seconds } from '../../src/saga/index.ts';
import { z } from 'zod';
import { onEveryEngine } from './kit/trial.ts';
import { defineWorldActivity, type Receipt } from './kit/world.ts';

const reserve = defineWorldActivity('reserve');
const charge = defineWorldActivity('charge');
const ship = defineWorldActivity('ship');
const activities = [reserve, charge, ship];
const patient = { retry: { firstIntervalMs: seconds(1), maxAttempts: 4, backoffCoefficient: 2 } };
const approval = defineReview({
  name: 'approval',
  decision: z.object({ limit: z.number() }),
  withinMs: hours(72),
  otherwise: 'reject',
});

onEveryEngine((startTrial) => {
  test('all runs its operations side by side and gives their results in order', async () => {
    const { app, world, run } = await startTrial(activities, function* (saga, item) {
      const [first, , third] = yield* saga.all([
        saga.step(reserve, item, patient),
        saga.sleep(minutes(1)),
        saga.step(ship, item),
      ]);
      expectTypeOf(first).toEqualTypeOf<Receipt>();
      return [first, third];
    });
    world.next('reserve', 'fails', 'fails');
    const { end } = await run();
    expect(end.output).toEqual([{ receipt: 'receipt for book' }, { receipt: 'receipt for book' }]);
    expect(world.called().slice(0, 2).sort()).toEqual(['reserve', 'ship']);
    expect(world.called()).toHaveLength(4);
    expect(app.now().getTime() - end.createdTime.getTime()).toBeLessThan(minutes(1) + 1000);
  });

  test('an operation goes on through its own retries while another waits for a person', async () => {
    const { app, world, start } = await startTrial(
      activities,
      function* (saga, item) {
        const [{ data }, shipped] = yield* saga.all([
          saga.review(approval, { of: item }),
          (function* (): Operation<Receipt> {
            yield* saga.step(reserve, item, patient);
            yield* saga.step(charge, item, patient);
            return yield* saga.step(ship, item);
          })(),
        ]);
        return { limit: data?.limit, shipped };
      },
      { reviews: [approval] },
    );
    world.next('reserve', 'fails', 'fails');
    world.next('charge', 'fails');
    const id = await start();
    await app.runUntil(
      id,
      ({ ledger }) => ledger.length === 3 && ledger.every(({ outcome }) => outcome === 'succeeded'),
    );
    await app.decide(id, 'approval', { decision: 'approve', data: { limit: 7 }, by: 'Ada' });
    const end = await app.runToEnd(id);
    expect(end.output).toEqual({ limit: 7, shipped: { receipt: 'receipt for book' } });
    expect(app.now().getTime() - end.createdTime.getTime()).toBeLessThan(minutes(1));
  });

  test('the first failure stops the others, awaits what they are doing, and undoes everything newest first', async () => {
    const { world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      yield* saga.all([
        saga.step(charge, item),
        (function* (): Operation<void> {
          yield* saga.step(ship, item);
          yield* saga.step(reserve, item);
        })(),
        saga.sleep(hours(5)),
      ]);
    });
    world.next('charge', 'fails for good');
    const { end } = await run();
    expect(end.runtimeStatus).toBe('Failed');
    expect(world.effects.size).toBe(0);
    expect(world.called().filter((name) => name.endsWith('-undo'))).toEqual(['ship-undo', 'reserve-undo']);
  });

  test('map keeps to its limit and to the order of its items', async () => {
    let running = 0;
    let most = 0;
    const { world, run } = await startTrial(activities, function* (saga) {
      const items = ['a', 'b', 'c', 'd', 'e'].map((item) => ({ item }));
      return yield* saga.map(items, (item) => saga.step(reserve, item), { limit: 2 });
    });
    world.always('reserve', async () => {
      running++;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    });
    const { end } = await run();
    expect(end.output).toEqual(['a', 'b', 'c', 'd', 'e'].map((item) => ({ receipt: `receipt for ${item}` })));
    expect(most).toBe(2);
  });

  test('map awaits what runs when the next item cannot even begin, and then undoes it', async () => {
    const { world, run } = await startTrial(activities, function* (saga, item) {
      const items = ['a', 'b', 'bad'].map((name) => ({ item: name }));
      yield* saga.map(
        items,
        (each) => (each.item === 'bad' ? saga.fail('bad_item', 'no such item') : saga.step(charge, each, patient)),
        { limit: 2 },
      );
      return item;
    });
    world.next('charge', 'works', 'fails');
    const { end } = await run();
    expect(end.status).toMatchObject({ phase: 'failed', error: { code: 'bad_item' } });
    expect(end.status.ledger.map(({ outcome, undo }) => [outcome, undo])).toEqual([
      ['succeeded', 'done'],
      ['failed', 'none'],
    ]);
    expect(world.effects.size).toBe(0);
  });

  test('map of nothing is nothing', async () => {
    const { run } = await startTrial(activities, function* (saga) {
      return yield* saga.map([] as { item: string }[], (item) => saga.step(reserve, item));
    });
    expect((await run()).end.output).toEqual([]);
  });

  test('race takes the first to end, stops the others and undoes what they did', async () => {
    const { world, run } = await startTrial(activities, function* (saga, item) {
      return yield* saga.race<unknown>([
        (function* (): Operation<string> {
          yield* saga.step(reserve, item);
          yield* saga.sleep(hours(1));
          return 'slow';
        })(),
        (function* (): Operation<string> {
          yield* saga.sleep(minutes(1));
          yield* saga.step(charge, item);
          return 'fast';
        })(),
      ]);
    });
    const { end } = await run();
    expect(end.output).toBe('fast');
    expect(world.called()).toEqual(['reserve', 'charge', 'reserve-undo']);
    expect([...world.effects.keys()]).toEqual([expect.stringContaining('/charge#1/do')]);
  });

  test('nested operations side by side number their tasks as the host does', async () => {
    const { run, world } = await startTrial(activities, function* (saga, item) {
      const chain = function* (): Operation<number> {
        const [one] = yield* saga.all([
          saga.map([item, item, item], (each) => saga.step(reserve, each, patient), { limit: 2 }),
          saga.sleep(seconds(3)),
        ]);
        yield* saga.step(charge, item);
        return one.length;
      };
      return yield* saga.all([chain(), saga.step(ship, item, patient), chain()]);
    });
    world.next('reserve', 'fails', 'works', 'fails', 'fails');
    world.next('ship', 'fails', 'fails', 'fails');
    expect((await run()).end.output).toEqual([3, { receipt: 'receipt for book' }, 3]);
  });

  test('a scope inside an operation is undone alone when its failure is caught', async () => {
    const { world, run } = await startTrial(activities, function* (saga, item) {
      return yield* saga.all([
        (function* (): Operation<string> {
          try {
            yield* saga.scope('payment', function* () {
              yield* saga.step(charge, item);
              saga.fail('no', 'not today');
            });
          } catch (error) {
            if (error instanceof SagaFailure) return error.data.code;
          }
          return 'paid';
        })(),
        saga.step(ship, item),
      ]);
    });
    const { end } = await run();
    expect(end.output).toEqual(['no', { receipt: 'receipt for book' }]);
    expect([...world.effects.values()]).toEqual(['book']);
  });

  test('a cancel reaches every operation', async () => {
    const { app, world, start } = await startTrial(activities, function* (saga, item) {
      yield* saga.all([
        (function* (): Operation<void> {
          yield* saga.step(reserve, item);
          yield* saga.sleep(hours(9));
        })(),
        saga.scope('nested', () => saga.all([saga.step(charge, item), saga.sleep(hours(3))])),
      ]);
    });
    const id = await start();
    await app.settle();
    await app.cancel(id, 'Ada', 'changed my mind');
    const end = await app.runToEnd(id);
    expect(end.status).toMatchObject({ phase: 'failed', error: { code: 'cancelled' } });
    expect(world.effects.size).toBe(0);
  });

  test('a held step waits with its gate until the others have ended, and a rewind goes on from there', async () => {
    const { app, world, start } = await startTrial(activities, function* (saga, item) {
      return yield* saga.scope(
        'held',
        () =>
          saga.all([
            saga.step(charge, item),
            (function* (): Operation<Receipt> {
              yield* saga.sleep(minutes(10));
              return yield* saga.step(ship, item);
            })(),
          ]),
        { onFailure: 'hold' },
      );
    });
    world.next('charge', 'fails for good', 'fails for good');
    const id = await start();
    const held = await app.runToEnd(id);
    expect(held).toMatchObject({ runtimeStatus: 'Failed', status: { phase: 'held' } });
    expect(world.called()).toEqual(['charge', 'ship']);
    await app.rewind(id);
    expect((await app.runToEnd(id)).runtimeStatus).toBe('Failed');
    await app.rewind(id);
    const end = await app.runToEnd(id);
    expect(end.output).toEqual([{ receipt: 'receipt for book' }, { receipt: 'receipt for book' }]);
    expect(world.called()).toEqual(['charge', 'ship', 'charge', 'charge']);
  });

  test.each(['rewind', 'event'] as const)(
    'nobody is asked about a step that is held in a race, once another operation has won (%s)',
    async (gateMode) => {
      const { world, run } = await startTrial(
        activities,
        function* (saga, item) {
          yield* saga.race<unknown>([
            saga.scope('careful', () => saga.all([saga.step(reserve, item), saga.step(charge, item)]), {
              onFailure: 'hold',
            }),
            saga.sleep(minutes(1)),
          ]);
          return 'won';
        },
        { gateMode },
      );
      world.next('charge', 'fails for good');
      const { end } = await run();
      expect(end).toMatchObject({ runtimeStatus: 'Completed', output: 'won' });
      expect(world.effects.size).toBe(0);
    },
  );

  test('what ends well once another operation has won the race is undone too', async () => {
    const { world, run } = await startTrial(activities, function* (saga, item) {
      // The inner race ends only when its loser is undone, and the outer one is over by then.
      const inner = saga.race([saga.step(reserve, item), saga.step(charge, item)]);
      return yield* saga.race<unknown>([inner, saga.step(ship, item)]);
    });
    const { end } = await run();
    expect(end.runtimeStatus).toBe('Completed');
    expect(world.called().slice(3)).toEqual(['charge-undo', 'reserve-undo']);
    expect([...world.effects.keys()]).toEqual([expect.stringContaining('/ship#1/do')]);
  });

  test('an undo that fails inside a race is decided at the gate, and the race ends', async () => {
    const { app, world, start } = await startTrial(activities, function* (saga, item) {
      const won = yield* saga.race<unknown>([
        (function* (): Operation<string> {
          yield* saga.step(reserve, item);
          yield* saga.sleep(hours(1));
          return 'slow';
        })(),
        saga.sleep(minutes(1)),
      ]);
      yield* saga.step(ship, item);
      return won ?? 'timer';
    });
    world.next('reserve-undo', 'fails for good');
    const id = await start();
    expect((await app.runToEnd(id)).status.phase).toBe('compensation_failed');
    await app.passGate(id, { action: 'skip', by: 'Ada', reason: 'released by hand' });
    const end = await app.runToEnd(id);
    expect(end.output).toBe('timer');
    expect(world.called()).toEqual(['reserve', 'reserve-undo', 'ship']);
  });

  test('operations side by side can fail, be rewound and start again, any number of times', async () => {
    const { app, world, start } = await startTrial(activities, function* (saga, item) {
      yield* saga.all([saga.step(reserve, item, patient), saga.step(charge, item)]);
      return yield* saga.all([saga.step(ship, item), saga.step(reserve, item)]);
    });
    world.next('charge', 'fails for good', 'fails for good');
    world.next('ship', 'fails for good');
    const id = await start();
    for (let n = 0; n < 3; n++) {
      expect((await app.runToEnd(id)).status.phase).toBe('failed');
      expect(world.effects.size).toBe(0);
      await app.rewind(id);
    }
    expect((await app.runToEnd(id)).runtimeStatus).toBe('Completed');
    expect(world.effects.size).toBe(4);
  });
});
