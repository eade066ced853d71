import { expect, test } from 'vitest';
import { minutes, type Operation, type Saga, seconds } from '../../src/saga/index.ts';
import { activities, defineSub, reserve } from './kit/payment.ts';
import { onEveryEngine } from './kit/trial.ts';
import { defineWorldActivity, type Item } from './kit/world.ts';

const slowly = defineWorldActivity('slowly', { undoRetry: { firstIntervalMs: seconds(30), maxAttempts: 3 } });

const failing = (saga: Saga, item: Item, n: number): Operation<never> =>
  saga.scope(
    'wide',
    function* () {
      for (let done = 0; done < n; done++) yield* saga.step(slowly, item);
      return saga.fail('no', 'no');
    },
    { order: 'parallel' },
  );

onEveryEngine((startTrial) => {
  test('undoes what a scope did side by side, each with its own retries', async () => {
    const { app, world, run } = await startTrial([slowly], (saga, item) => failing(saga, item, 5));
    world.next('slowly-undo', 'fails', 'fails', 'fails', 'fails', 'fails', 'fails');
    const before = app.now().getTime();
    const { end } = await run();
    expect(end.status).toMatchObject({ phase: 'failed', error: { code: 'no' } });
    expect(world.effects.size).toBe(0);
    expect(app.now().getTime() - before).toBe(minutes(1));
    expect(end.status.ledger.map(({ undo }) => undo)).toEqual(['done', 'done', 'done', 'done', 'done']);
  });

  test('calls ten at the same time at most', async () => {
    const { world, run } = await startTrial([slowly], (saga, item) => failing(saga, item, 25));
    let running = 0;
    let most = 0;
    world.always('slowly-undo', async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    });
    await run();
    expect(world.effects.size).toBe(0);
    expect(most).toBeLessThanOrEqual(10);
  });

  test('an undo that fails for good does not keep the others, and stands at the gate alone', async () => {
    const { app, world, run } = await startTrial([slowly], (saga, item) => failing(saga, item, 4));
    world.next('slowly-undo', 'works', 'fails for good', 'fails', 'fails for good');
    const { id, end } = await run();
    expect(end.status).toMatchObject({ phase: 'compensation_failed', gate: { number: 1 } });
    expect(end.status.ledger.map(({ undo }) => undo)).toEqual(['failed', 'done', 'failed', 'done']);
    await app.passGate(id, { action: 'skip', by: 'ann', reason: 'by hand' });
    expect((await app.runToEnd(id)).status).toMatchObject({ phase: 'compensation_failed', gate: { number: 2 } });
    await app.rewind(id);
    const failed = await app.runToEnd(id);
    expect(failed.status.phase).toBe('failed');
    expect(failed.status.ledger.map(({ undo }) => undo).toSorted()).toEqual(['done', 'done', 'done', 'skipped']);
    await app.rewind(id);
    expect((await app.runToEnd(id)).output).toContain('gate#4#');
  });

  test('what a scope hands over is undone in the order of the scope that it was handed to', async () => {
    const { world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.scope('wide', () => saga.all([saga.step(reserve, item), saga.step(reserve, item)]), {
        order: 'parallel',
      });
      saga.fail('no', 'no');
    });
    const { id } = await run();
    expect(world.calls.slice(2).map(({ key }) => key)).toEqual([
      `${id}/main/wide/reserve#2/undo`,
      `${id}/main/wide/reserve#1/undo`,
    ]);
  });

  test('a cancel undoes side by side what branches have done, sub-sagas too', async () => {
    const slow = defineSub(function* (saga, item) {
      yield* saga.step(slowly, item);
      yield* saga.sleep(minutes(9));
      return 'late';
    });
    const { app, world, start } = await startTrial(
      [slowly],
      (saga, item) =>
        saga.scope('wide', () => saga.all([saga.run(slow, item), saga.step(slowly, item)]), { order: 'parallel' }),
      { subSagas: [slow] },
    );
    const id = await start();
    await app.runUntil(`${id}:payment:1`, ({ step }) => step === 'sleep');
    await app.cancel(id, 'ann');
    expect((await app.runToEnd(id)).status).toMatchObject({ phase: 'failed', error: { code: 'cancelled' } });
    expect(world.effects.size).toBe(0);
  });

  test('a sub-saga that could not undo one of many leaves it to its parent', async () => {
    const wide = defineSub((saga, item) => failing(saga, item, 3));
    const { app, world, run } = await startTrial([...activities, slowly], (saga, item) => saga.run(wide, item), {
      subSagas: [wide],
    });
    world.next('slowly-undo', 'works', 'fails for good', 'works', 'fails for good');
    const { id, end } = await run();
    expect(end.status).toMatchObject({ phase: 'compensation_failed', step: 'undo of main/payment#1/wide/slowly#2' });
    expect(world.effects.size).toBe(1);
    await app.rewind(id);
    expect((await app.runToEnd(id)).status).toMatchObject({ phase: 'failed', error: { code: 'no' } });
    expect(world.effects.size).toBe(0);
  });
});
