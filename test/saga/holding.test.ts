import { expect, test } from 'vitest';
import { hours, type Operation, type Saga, StepFailed } from '../../src/saga/index.ts';
import { onEveryEngine } from './kit/trial.ts';
import { defineWorldActivity, type Item } from './kit/world.ts';

const reserve = defineWorldActivity('reserve');
const charge = defineWorldActivity('charge');
const send = defineWorldActivity('send', { effect: 'final' });
const activities = [reserve, charge, send];

function* tryAndWait(saga: Saga<Item>, item: Item): Operation<void> {
  yield* saga.step(reserve, item);
  yield* saga.step(charge, item);
  yield* saga.sleep(hours(2));
}

onEveryEngine((startTrial) => {
  test('past the pivot a failure holds, effects kept, and a rewind tries the step again', async () => {
    const { app, world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      saga.pivot();
      return yield* saga.step(charge, item);
    });
    world.next('charge', 'fails for good');
    const { id, end } = await run();
    expect(end.status).toMatchObject({ phase: 'held', pivoted: true, step: 'main/charge#1' });
    expect(end.status.gate?.actions).toEqual(['retry', 'skip', 'abort']);
    expect(world.called()).toEqual(['reserve', 'charge']);
    await app.rewind(id);
    expect(await app.runToEnd(id)).toMatchObject({
      runtimeStatus: 'Completed',
      output: { receipt: 'receipt for book' },
    });
    expect(world.calls.slice(1).map(({ key }) => key)).toEqual([`${id}/main/charge#1/do`, `${id}/main/charge#1/do`]);
  });

  test('a step without undo is refused before the pivot, in words, and nothing is undone', async () => {
    const { world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      yield* saga.step(send, item);
    });
    const { end } = await run();
    expect(end.output).toContain(
      "step 'send' cannot be undone, so it may only stand at or after the pivot: call saga.pivot() before it, or give it { pivot: true }",
    );
    expect(world.called()).toEqual(['reserve']);
  });

  test('a step that is the pivot may be final, and what follows it holds', async () => {
    const { world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(send, item, { pivot: true });
      yield* saga.step(charge, item);
    });
    world.next('charge', 'fails for good');
    expect((await run()).end.status.phase).toBe('held');
  });

  test('a pivot that certainly failed was none: everything is undone', async () => {
    const { world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      yield* saga.step(send, item, { pivot: true });
    });
    world.next('send', 'fails for good');
    const { end } = await run();
    expect(end.status).toMatchObject({ phase: 'failed' });
    expect(end.status.pivoted).toBeUndefined();
    expect(world.called()).toEqual(['reserve', 'send', 'reserve-undo']);
  });

  test('a pivot of which nobody knows holds', async () => {
    const { world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      yield* saga.step(send, item, { pivot: true });
    });
    world.next('send', 'is lost after');
    const { end } = await run();
    expect(end.status).toMatchObject({ phase: 'held', pivoted: true });
    expect(world.called()).toEqual(['reserve', 'send']);
  });

  test('a failure past the pivot that is no step can only be given up', async () => {
    const { app, world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      saga.pivot();
      saga.fail('odd', 'odd');
    });
    const { id, end } = await run();
    expect(end.status.gate?.actions).toEqual(['abort']);
    await app.rewind(id);
    const again = await app.runToEnd(id);
    expect(again.output).toContain('gate#2#');
    await app.passGate(id, { action: 'abort', by: 'ann' });
    expect((await app.runToEnd(id)).output).toContain('aborted by ann; it had failed with odd: odd');
    expect(world.called()).toEqual(['reserve']);
  });

  test.each([
    ['when it is rewound', {}],
    ['when it is told', { gateMode: 'event' } as const],
  ])('%s, a step that was held beyond the deadline is tried again, in the time that was left', async (_, options) => {
    const { app, world, start } = await startTrial(
      activities,
      (saga, item) => saga.scope('careful', () => tryAndWait(saga, item), { onFailure: 'hold' }),
      { withinMs: hours(1), ...options },
    );
    world.next('charge', 'fails for good');
    const id = await start();
    await app.settle();
    expect((await app.get(id)).status).toMatchObject({ phase: 'held' });
    await app.advance(hours(5));
    await app.passGate(id, { action: 'retry', by: 'ann' });
    const before = app.now().getTime();
    const end = await app.runUntil(id, ({ gate }) => gate?.number === 2);
    expect(end.status.error).toMatchObject({ code: 'cancelled' });
    expect(world.called()).toEqual(['reserve', 'charge', 'charge', 'charge-undo', 'reserve-undo']);
    expect(app.now().getTime() - before).toBe(hours(1));
    await app.passGate(id, { action: 'abort', by: 'ann' });
    await app.runToEnd(id);
  });

  test('a pivot that an operator skips is passed: nothing before it is undone any more', async () => {
    const { app, world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      yield* saga.scope('careful', () => saga.step(send, item, { pivot: true }), { onFailure: 'hold' });
      yield* saga.step(charge, item);
    });
    world.next('send', 'fails for good');
    world.next('charge', 'fails for good');
    const { id, end } = await run();
    expect(end.status).toMatchObject({ phase: 'held', step: 'main/careful/send#1' });
    expect(end.status.pivoted).toBeUndefined();
    await app.passGate(id, { action: 'skip', by: 'ann', data: { receipt: 'by letter' } });
    const again = await app.runToEnd(id);
    expect(again.status).toMatchObject({ phase: 'held', pivoted: true, step: 'main/charge#1' });
    expect(world.called()).toEqual(['reserve', 'send', 'charge']);
  });

  test('a scope that holds keeps its effects at the failed step, and goes on from there', async () => {
    const { app, world, run } = await startTrial(activities, function* (saga, item) {
      return yield* saga.scope(
        'careful',
        function* () {
          yield* saga.step(reserve, item);
          return yield* saga.step(charge, item);
        },
        { onFailure: 'hold' },
      );
    });
    world.next('charge', 'fails for good');
    const { id, end } = await run();
    expect(end.status).toMatchObject({ phase: 'held', gate: { actions: ['retry', 'compensate', 'skip', 'abort'] } });
    expect(world.effects.size).toBe(1);
    await app.rewind(id);
    expect((await app.runToEnd(id)).output).toEqual({ receipt: 'receipt for book' });
    expect(world.called()).toEqual(['reserve', 'charge', 'charge']);
  });

  test('a held step that an operator gives up is undone with its scopes, and nothing asks again', async () => {
    const { app, world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.scope('outer', outer, { onFailure: 'hold' });
      function* outer() {
        yield* saga.step(reserve, item);
        yield* saga.scope('inner', () => saga.step(charge, item));
      }
    });
    world.next('charge', 'is lost after');
    const { id } = await run();
    await app.passGate(id, { action: 'compensate', by: 'ann', reason: 'customer gave up' });
    const end = await app.runToEnd(id);
    expect(end.status.phase).toBe('failed');
    expect(end.output).toContain('gate#2#');
    expect(world.called()).toEqual(['reserve', 'charge', 'charge-undo', 'reserve-undo']);
  });

  test('what a held step may have done in an earlier round is undone, although its last round has certainly failed', async () => {
    const { app, world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.scope('careful', () => saga.step(charge, item), { onFailure: 'hold' });
    });
    world.next('charge', 'is lost after', 'fails for good');
    const { id } = await run();
    await app.rewind(id);
    await app.runToEnd(id);
    await app.passGate(id, { action: 'compensate', by: 'ann' });
    await app.runToEnd(id);
    expect(world.called()).toEqual(['charge', 'charge', 'charge-undo']);
    expect(world.effects.size).toBe(0);
  });

  test('a failure that comes out of a compensated scope holds the scope around it that holds', async () => {
    const { app, world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.scope('outer', outer, { onFailure: 'hold' });
      function* outer() {
        yield* saga.step(reserve, item);
        yield* saga.scope('inner', () => saga.step(charge, item), { onFailure: 'compensate' });
      }
    });
    world.next('charge', 'fails for good');
    const { id, end } = await run();
    expect(end.status).toMatchObject({ phase: 'held', gate: { actions: ['compensate', 'abort'] } });
    expect(world.effects.size).toBe(1);
    await app.passGate(id, { action: 'compensate', by: 'ann' });
    expect((await app.runToEnd(id)).status.phase).toBe('failed');
    expect(world.effects.size).toBe(0);
  });

  test('an operator skips a held step with its output, and the saga counts it as done', async () => {
    const { app, world, run } = await startTrial(activities, function* (saga, item) {
      return yield* saga.scope('careful', careful, { onFailure: 'hold' });
      function* careful() {
        const { receipt } = yield* saga.step(charge, item);
        yield* saga.step(reserve, { item: receipt });
        return receipt;
      }
    });
    world.next('charge', 'fails for good');
    const { id } = await run();
    await app.passGate(id, { action: 'skip', by: 'ann', reason: 'paid in cash', data: { receipt: 'cash' } });
    const end = await app.runToEnd(id);
    expect(end.output).toBe('cash');
    expect(end.status.ledger[0]).toEqual({
      step: 'main/careful/charge#1',
      outcome: 'succeeded',
      undo: 'pending',
      skipped: { by: 'ann', reason: 'paid in cash' },
    });
    expect(world.called()).toEqual(['charge', 'reserve']);
  });

  test('data that does not fit a skipped step opens the next gate, without another call', async () => {
    const { app, world, run } = await startTrial(activities, function* (saga, item) {
      return yield* saga.scope('careful', () => saga.step(charge, item), { onFailure: 'hold' });
    });
    world.next('charge', 'fails for good');
    const { id } = await run();
    await app.passGate(id, { action: 'skip', by: 'ann', data: { receipt: 7 } });
    const end = await app.runToEnd(id);
    expect(end.output).toContain('gate#2#');
    expect(end.status.error).toMatchObject({ code: 'invalid_decision' });
    expect(world.called()).toEqual(['charge']);
    await app.passGate(id, { action: 'skip', by: 'ann', data: { receipt: 'cash' } });
    expect((await app.runToEnd(id)).output).toEqual({ receipt: 'cash' });
  });

  test('a failure inside a held scope can be caught like any other once it is given up', async () => {
    const { app, world, run } = await startTrial(activities, function* (saga, item) {
      try {
        return yield* saga.scope('careful', () => saga.step(charge, item), { onFailure: 'hold' });
      } catch (error) {
        if (!(error instanceof StepFailed)) throw error;
        return error.data.code;
      }
    });
    world.next('charge', 'fails for good');
    const { id } = await run();
    await app.passGate(id, { action: 'compensate', by: 'ann' });
    expect((await app.runToEnd(id)).output).toBe('refused');
  });
});
