import { expect, test } from 'vitest';
import { hours, minutes, type Operation, type Saga, seconds } from '../../src/saga/index.ts';
import { activities, charge, defineSub, reserve, ship } from './kit/payment.ts';
import { onEveryEngine } from './kit/trial.ts';
import type { Item } from './kit/world.ts';

/** Charges in each of three generations, then ships. */
function* threeTimes(saga: Saga<Item>, { item }: Item): Operation<string> {
  yield* saga.step(charge, { item });
  if (item.length < 6) yield* saga.continueAsNew({ item: `${item}+` });
  return (yield* saga.step(ship, { item })).receipt;
}

onEveryEngine((startTrial) => {
  test('goes on in the same instance with an empty history', async () => {
    const { app, world, run } = await startTrial(activities, threeTimes);
    const { id, end } = await run();
    expect(end).toMatchObject({ runtimeStatus: 'Completed', output: 'receipt for book++' });
    expect([...world.effects]).toEqual([
      [`${id}/main/charge#1/do`, 'book'],
      [`${id}/main/charge#2/do`, 'book+'],
      [`${id}/main/charge#3/do`, 'book++'],
      [`${id}/main/ship#1/do`, 'book++'],
    ]);
    expect(end.status.ledger.map(({ step }) => step)).toEqual([
      'main/charge#1',
      'main/charge#2',
      'main/charge#3',
      'main/ship#1',
    ]);
    const called = (await app.history(id)).filter(({ EventType }) => EventType === 'TaskCompleted');
    expect(called.map(({ FunctionName }) => FunctionName)).toEqual(['charge', 'ship']);
  });

  test('undoes what earlier generations did, and after a rewind starts with the first', async () => {
    const { app, world, run } = await startTrial(activities, threeTimes);
    world.next('ship', 'fails for good');
    const { id, end } = await run();
    expect(end.status).toMatchObject({ phase: 'failed', error: { message: 'ship refuses' } });
    expect(world.called()).toEqual(['charge', 'charge', 'charge', 'ship', 'charge-undo', 'charge-undo', 'charge-undo']);
    expect(world.calls.slice(4).map(({ key }) => key.slice(id.length))).toEqual([
      '/main/charge#3/undo',
      '/main/charge#2/undo',
      '/main/charge#1/undo',
    ]);
    await app.rewind(id);
    expect((await app.runToEnd(id)).output).toBe('receipt for book++');
    expect([...world.effects.keys()].map((key) => key.slice(id.length))).toEqual([
      '/main/charge#4/do',
      '/main/charge#5/do',
      '/main/charge#6/do',
      '/main/ship#2/do',
    ]);
    expect([...world.applied.values()].filter((times) => times > 1)).toEqual([]);
  });

  test('gates of later generations have numbers of their own', async () => {
    const { app, world, run } = await startTrial(activities, function* (saga, { item }) {
      yield* saga.scope('careful', () => saga.step(charge, { item }), { onFailure: 'hold' });
      if (item.length < 5) yield* saga.continueAsNew({ item: `${item}+` });
    });
    world.next('charge', 'fails for good', 'works', 'fails for good');
    const { id, end } = await run();
    expect(end.output).toContain('gate#1#');
    await app.rewind(id);
    expect((await app.runToEnd(id)).output).toContain('gate#2#');
    await app.rewind(id);
    expect((await app.runToEnd(id)).runtimeStatus).toBe('Completed');
  });

  test('its deadline and its correlation stay what they were', async () => {
    const { app, world, run } = await startTrial(
      activities,
      function* (saga, { item }) {
        yield* saga.step(charge, { item });
        yield* saga.sleep(minutes(2));
        yield* saga.continueAsNew({ item });
      },
      { withinMs: minutes(5) },
    );
    const before = app.now().getTime();
    const { id, end } = await run();
    expect(app.now().getTime() - before).toBe(minutes(5));
    expect(end.status).toMatchObject({ phase: 'failed', correlationId: id, error: { code: 'cancelled' } });
    expect(world.called()).toEqual(['charge', 'charge', 'charge', 'charge-undo', 'charge-undo', 'charge-undo']);
  });

  test('a cancel that came before ends it instead', async () => {
    const { app, world, start } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(charge, item);
      yield* saga.continueAsNew(item);
    });
    world.always('charge', async ({ idempotencyKey, instanceId }) => {
      if (idempotencyKey.includes('charge#3')) await app.cancel(instanceId, 'ann');
    });
    const id = await start();
    expect((await app.runToEnd(id)).status).toMatchObject({ phase: 'failed', error: { code: 'cancelled' } });
    expect(world.effects.size).toBe(0);
  });

  test('past the pivot the next generation is past it too, and has nothing to undo', async () => {
    const { app, world, run } = await startTrial(activities, function* (saga, { item }) {
      yield* saga.step(charge, { item });
      saga.pivot();
      if (item.length < 5) yield* saga.continueAsNew({ item: `${item}+` });
      yield* saga.step(ship, { item });
    });
    world.next('ship', 'fails for good');
    const { id, end } = await run();
    expect(end.status).toMatchObject({ phase: 'held', pivoted: true });
    await app.rewind(id);
    expect((await app.runToEnd(id)).runtimeStatus).toBe('Completed');
    expect(world.effects.size).toBe(3);
  });

  test('a sub-saga goes on in its next generation, and its parent undoes all of them', async () => {
    const child = defineSub(threeTimes);
    const { app, world, run } = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.run(child, item);
        yield* saga.step(reserve, item);
        saga.fail('no', 'no');
      },
      { subSagas: [child] },
    );
    const { id, end } = await run();
    expect(end.status).toMatchObject({ phase: 'failed', error: { code: 'no' } });
    expect(world.effects.size).toBe(0);
    expect((await app.get(`${id}:payment:1`)).runtimeStatus).toBe('Completed');
    expect(world.calls.slice(5).map(({ key }) => key.slice(id.length))).toEqual([
      '/main/reserve#1/undo',
      '/main/payment#1/ship#1/undo',
      '/main/payment#1/charge#3/undo',
      '/main/payment#1/charge#2/undo',
      '/main/payment#1/charge#1/undo',
    ]);
  });

  test('sub-sagas and randomness of the next generation are new ones', async () => {
    const child = defineSub(function* (saga) {
      yield* saga.sleep(seconds(1));
      return String(saga.random());
    });
    const { app, run } = await startTrial(
      activities,
      function* (saga, { item }) {
        const drawn = `${yield* saga.run(child, { item })} ${saga.random()} ${saga.newId()}`;
        if (item === 'book') yield* saga.continueAsNew({ item: drawn });
        return [item, drawn];
      },
      { subSagas: [child] },
    );
    const { id, end } = await run();
    const [first = '', second = ''] = end.output as string[];
    const repeated = first.split(' ').filter((drawn) => second.includes(drawn));
    expect(repeated).toEqual([]);
    expect((await app.get(`${id}:payment:2`)).runtimeStatus).toBe('Completed');
  });

  test.each<[string, (saga: Saga<Item>, item: Item) => Operation<unknown>]>([
    [
      "continues as new inside scope 'main/inner': end that first",
      (saga, item) => saga.scope('inner', () => saga.continueAsNew(item)),
    ],
    ['continues as new beside other operations: end that first', (saga, item) => saga.all([saga.continueAsNew(item)])],
    [
      'continues as new with an input that does not fit its schema',
      (saga) => saga.continueAsNew(JSON.parse('{}') as Item),
    ],
  ])('%s: that is refused', async (message, run) => {
    const trial = await startTrial(activities, run);
    expect((await trial.run()).end.output).toContain(message);
  });

  test('a client cannot pass for an earlier generation of another instance', async () => {
    const { app } = await startTrial(activities, threeTimes);
    const carried = {
      instanceId: 'other',
      ledger: [],
      starts: 0,
      counts: {},
      gates: 0,
      stretch: { number: 0, since: '2026-01-01T00:00:00Z' },
      pivoted: true,
      correlationId: 'c',
    };
    const id = await app.start({ name: 'trial' }, { $saga: { carried }, input: { item: 'book' } });
    expect((await app.runToEnd(id)).output).toContain('does not fit its schema');
  });

  test('a saga that never ends keeps a history of one generation', async () => {
    const { app, start } = await startTrial(activities, function* (saga, item) {
      yield* saga.attempt(charge, item);
      yield* saga.sleep(hours(1));
      yield* saga.continueAsNew(item);
    });
    const id = await start();
    await app.runUntil(id, ({ ledger }) => ledger.length === 30);
    expect((await app.history(id)).length).toBeLessThan(10);
    await app.cancel(id, 'ann');
    expect((await app.runToEnd(id)).status.phase).toBe('failed');
  });
});
