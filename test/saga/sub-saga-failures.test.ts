import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineSaga, StepFailed } from '../../src/saga/index.ts';
import { activities, careful, charge, defineSub, payment, reserve, ship } from './kit/payment.ts';
import { onEveryEngine } from './kit/trial.ts';
import { defineWorldActivity, itemSchema } from './kit/world.ts';

onEveryEngine((startTrial) => {
  test('one that fails has undone itself, and its parent goes on as it likes', async () => {
    const { app, world, run } = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.step(reserve, item);
        try {
          return yield* saga.run(payment, item);
        } catch (error) {
          if (!(error instanceof StepFailed)) throw error;
          return { step: error.step, code: error.data.code };
        }
      },
      { subSagas: [payment] },
    );
    world.next('charge', 'works', 'fails', 'fails for good');
    const { id, end } = await run();
    expect(end).toMatchObject({
      runtimeStatus: 'Completed',
      output: { step: 'main/payment#1', code: 'refused' },
    });
    expect(world.called()).toEqual(['reserve', 'charge', 'charge', 'charge', 'charge-undo']);
    const child = await app.get(`${id}:payment:1`);
    expect(child).toMatchObject({ runtimeStatus: 'Completed', status: { phase: 'failed' } });
    expect(child.status.gate).toBeUndefined();
  });

  test('one that is a pivot and that an operator skips is passed', async () => {
    const { app, world, run } = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.step(reserve, item);
        yield* saga.run(careful, item, { pivot: true });
        yield* saga.step(ship, item);
      },
      { subSagas: [careful] },
    );
    world.next('charge', 'fails for good');
    world.next('ship', 'fails for good');
    const { id, end } = await run();
    expect(end.status).toMatchObject({ phase: 'held', step: 'main/payment#1' });
    await app.passGate(id, { action: 'skip', by: 'ann', data: 'by hand' });
    const again = await app.runToEnd(id);
    expect(again.status).toMatchObject({ phase: 'held', pivoted: true, step: 'main/ship#1' });
    expect(world.called()).toEqual(['reserve', 'reserve', 'charge', 'ship']);
  });

  test('a failed one is rewound with its parent, any number of times, under keys that are new each time', async () => {
    const { app, world, run } = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.step(reserve, item);
        return yield* saga.run(payment, item);
      },
      { subSagas: [payment] },
    );
    world.always('charge', 'fails');
    const { id } = await run();
    for (const gate of [2, 3]) {
      await app.rewind(id);
      expect((await app.runToEnd(id)).output).toContain(`gate#${gate}#`);
      expect(world.effects.size).toBe(0);
    }
    world.always('charge', undefined);
    await app.passGate(id, { action: 'retry', by: 'ann' });
    const end = await app.runToEnd(id);
    expect(end).toMatchObject({ runtimeStatus: 'Completed', output: 'receipt for book' });
    expect([...world.applied.values()].filter((times) => times > 1)).toEqual([]);
    expect([...world.effects.keys()].map((key) => key.slice(id.length))).toEqual([
      '/main/reserve#4/do',
      '/main/payment#4/charge#1/do',
      '/main/payment#4/charge#2/do',
    ]);
    const history = await app.history(id);
    expect(history.filter(({ EventType }) => EventType === 'SubOrchestrationInstanceFailed')).toEqual([]);
  });

  test.each(['retry', 'skip'] as const)(
    'an undo that it could not do stands at the gate of its parent: %s',
    async (action) => {
      const { app, world, run } = await startTrial(
        activities,
        function* (saga, item) {
          yield* saga.step(reserve, item);
          return yield* saga.run(payment, item);
        },
        { subSagas: [payment] },
      );
      world.next('charge', 'works', 'fails for good');
      world.next('charge-undo', 'fails for good', 'fails for good');
      const { id, end } = await run();
      expect(end.status).toMatchObject({
        phase: 'compensation_failed',
        step: 'undo of main/payment#1/charge#1',
        gate: { number: 1, actions: ['retry', 'skip', 'abort'] },
      });
      expect((await app.get(`${id}:payment:1`)).status.phase).toBe('compensation_failed');
      await app.passGate(id, { action, by: 'ann', reason: 'by hand' });
      const failed = await app.runToEnd(id);
      expect(failed.status).toMatchObject({ phase: 'failed', error: { message: 'charge refuses' } });
      expect(world.effects.size).toBe(action === 'skip' ? 1 : 0);
      await app.rewind(id);
      expect((await app.runToEnd(id)).runtimeStatus).toBe('Completed');
    },
  );

  test.each([
    ['retry', 'Completed', ['reserve', 'charge', 'reserve-undo', 'reserve', 'charge']],
    ['skip', 'Completed', ['reserve', 'charge']],
    ['compensate', 'Failed', ['reserve', 'charge', 'reserve-undo']],
  ] as const)('one that holds keeps what it did until its parent is told to %s', async (action, status, called) => {
    const { app, world, run } = await startTrial(activities, (saga, item) => saga.run(careful, item), {
      subSagas: [careful],
    });
    world.next('charge', 'fails for good');
    const { id, end } = await run();
    expect(end.status).toMatchObject({ phase: 'held', step: 'main/payment#1', error: { code: 'refused' } });
    expect(world.effects.size).toBe(1);
    await app.passGate(id, { action, by: 'ann', data: 'given' });
    expect((await app.runToEnd(id)).runtimeStatus).toBe(status);
    expect(world.called()).toEqual(called);
  });

  test('a scope that holds asks before it goes on without a sub-saga that has undone itself', async () => {
    const { app, world, run } = await startTrial(
      activities,
      (saga, item) => saga.scope('held', () => saga.run(payment, item), { onFailure: 'hold' }),
      { subSagas: [payment] },
    );
    world.next('charge', 'fails for good');
    const { id, end } = await run();
    expect(end.status).toMatchObject({ phase: 'held', step: 'main/held/payment#1' });
    await app.rewind(id);
    expect((await app.runToEnd(id)).output).toBe('receipt for book');
    expect(world.calls.map(({ key }) => key.slice(id.length))).toEqual([
      '/main/held/payment#1/charge#1/do',
      '/main/held/payment#2/charge#1/do',
      '/main/held/payment#2/charge#2/do',
    ]);
  });

  test('past its pivot a step waits in place for a decision, and its parent is past the pivot too', async () => {
    const final = defineSub(function* (saga, item) {
      yield* saga.step(reserve, item);
      saga.pivot();
      return (yield* saga.step(charge, item)).receipt;
    });
    const { app, world, start } = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.run(final, item, { pivot: true });
        yield* saga.step(ship, item);
      },
      { subSagas: [final] },
    );
    world.next('charge', 'fails for good');
    const id = await start();
    const child = `${id}:payment:1`;
    await app.settle();
    expect((await app.get(child)).status).toMatchObject({
      phase: 'held',
      gate: { number: 1, mode: 'event', actions: ['retry', 'skip', 'abort'] },
    });
    expect((await app.get(id)).status.running).toEqual([{ saga: 'payment', instanceId: child }]);
    world.next('ship', 'fails for good');
    await app.raise(child, 'gate:1', { action: 'retry', by: 'ann' });
    const end = await app.runToEnd(id);
    expect(end.status).toMatchObject({ phase: 'held', step: 'main/ship#1', pivoted: true });
    await app.rewind(id);
    expect((await app.runToEnd(id)).runtimeStatus).toBe('Completed');
    expect(world.called()).toEqual(['reserve', 'charge', 'charge', 'ship', 'ship']);
  });

  test('a run that is the pivot and fails before its own undoes everything', async () => {
    const { app, world, run } = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.step(reserve, item);
        return yield* saga.run(payment, item, { pivot: true });
      },
      { subSagas: [payment] },
    );
    world.next('charge', 'works', 'fails for good');
    const { id, end } = await run();
    expect(end.status).toMatchObject({ phase: 'failed', error: { code: 'refused' } });
    expect(world.effects.size).toBe(0);
    await app.rewind(id);
    expect((await app.runToEnd(id)).status).toMatchObject({ phase: 'completed', pivoted: true });
  });

  test('a pivot that its parent has not declared is refused', async () => {
    const surprising = defineSub(function* (saga, item) {
      return (yield* saga.step(charge, item, { pivot: true })).receipt;
    });
    const { world, run } = await startTrial(activities, (saga, item) => saga.run(surprising, item), {
      subSagas: [surprising],
    });
    expect((await run()).end.output).toContain(
      "saga 'payment' has a pivot, but 'main/payment#1' is not declared as one: give saga.run { pivot: true }",
    );
    expect(world.calls).toEqual([]);
  });

  test('two that hold side by side are decided one after the other', async () => {
    const { app, world, run } = await startTrial(
      activities,
      (saga, item) => saga.map([1, 2], () => saga.run(careful, item)),
      { subSagas: [careful] },
    );
    world.next('charge', 'fails for good', 'fails for good');
    const { id } = await run();
    await app.rewind(id);
    expect((await app.runToEnd(id)).output).toContain('gate#2#');
    await app.rewind(id);
    expect((await app.runToEnd(id)).output).toEqual(['receipt for book', 'receipt for book']);
    expect(world.effects.size).toBe(4);
  });

  test('a bug of its code fails both natively, and mended code goes on where it stopped', async () => {
    let isMended = false;
    const buggy = defineSub(function* (saga, item) {
      yield* saga.step(charge, item);
      if (!isMended) throw new TypeError('undefined is not a function');
      return (yield* saga.step(charge, item)).receipt;
    });
    const { app, world, run } = await startTrial(
      activities,
      function* (saga, item) {
        yield* saga.step(reserve, item);
        return yield* saga.run(buggy, item);
      },
      { subSagas: [buggy] },
    );
    const { id, end } = await run();
    expect(end.runtimeStatus).toBe('Failed');
    expect(end.output).toContain('undefined is not a function');
    expect(world.effects.size).toBe(2);
    isMended = true;
    await app.rewind(id);
    expect(await app.runToEnd(id)).toMatchObject({ runtimeStatus: 'Completed', output: 'receipt for book' });
    expect(world.called()).toEqual(['reserve', 'charge', 'charge']);
  });

  test('onFailed of a sub-saga runs after it has undone itself', async () => {
    const mark = defineWorldActivity('mark', { effect: 'none' });
    const marking = defineSaga({
      name: 'marking',
      version: '1',
      input: itemSchema,
      output: z.string(),
      *run(saga, item) {
        yield* saga.step(reserve, item);
        return saga.fail('no', 'no');
      },
      *onFailed(saga, item) {
        yield* saga.attempt(mark, item);
      },
    });
    const { world, run } = await startTrial([...activities, mark], (saga, item) => saga.run(marking, item), {
      subSagas: [marking],
    });
    const { end } = await run();
    expect(end.status).toMatchObject({ phase: 'failed', error: { code: 'no' } });
    expect(world.called()).toEqual(['reserve', 'reserve-undo', 'mark']);
  });
});
