import { expect, test } from 'vitest';
import { seconds } from '../../src/saga/index.ts';
import { onEveryEngine } from './kit/trial.ts';
import { defineWorldActivity } from './kit/world.ts';

const reserve = defineWorldActivity('reserve');
const charge = defineWorldActivity('charge', { retry: { firstIntervalMs: seconds(1), maxAttempts: 3 } });
const activities = [reserve, charge];

onEveryEngine((startTrial) => {
  test('a failed saga is natively Failed, and its output names the gate and the failure', async () => {
    const { app, world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      yield* saga.step(charge, item);
    });
    world.next('charge', 'fails for good');
    const { id, end } = await run();
    expect(end.runtimeStatus).toBe('Failed');
    expect(end.output).toContain('gate#1# {"name":"TerminalError","code":"refused","message":"charge refuses"}');
    expect(end.status).toMatchObject({
      phase: 'failed',
      step: 'main/charge#1',
      gate: { number: 1, mode: 'rewind', actions: ['retry', 'abort'] },
    });
    const failures = (await app.history(id)).filter(({ EventType }) => EventType === 'TaskFailed');
    expect(failures.map(({ FunctionName }) => FunctionName)).toEqual(['sagaGate']);
  });

  test('is rewound whatever its id consists of', async () => {
    const { app, world } = await startTrial(activities, (saga, item) => saga.step(charge, item));
    world.next('charge', 'fails for good');
    const id = await app.start({ name: 'trial' }, { item: 'book' }, 'Größe #7? 50 & more');
    expect((await app.runToEnd(id)).output).toContain('gate#1#');
    await app.rewind(id);
    expect((await app.runToEnd(id)).runtimeStatus).toBe('Completed');
  });

  test('is rewound three times, after retries and compensation, and then completes in the same instance', async () => {
    const { app, world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      return yield* saga.step(charge, item);
    });
    world.always('charge', 'fails');
    const { id } = await run();
    for (const gate of [2, 3]) {
      await app.rewind(id);
      const end = await app.runToEnd(id);
      expect(end.output).toContain(`gate#${gate}#`);
      expect(world.effects.size).toBe(0);
    }
    world.always('charge', undefined);
    await app.rewind(id);
    const end = await app.runToEnd(id);
    expect(end).toMatchObject({ runtimeStatus: 'Completed', output: { receipt: 'receipt for book' } });
    expect(end.status.error).toBeUndefined();
    expect([...world.effects.keys()]).toEqual([`${id}/main/reserve#4/do`, `${id}/main/charge#4/do`]);
    expect([...world.applied.values()]).toEqual([1, 1, 1, 1, 1]);
  });

  test('is failed for the first time, though a bug that was mended before had said its words', async () => {
    const code = { isBroken: true };
    const { app, world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      if (code.isBroken) throw new Error(`cannot read gate#1# in Activity function 'sagaGate' failed: gate#1# {}`);
      yield* saga.step(charge, item);
    });
    const { id, end } = await run();
    expect(end.output).toContain('cannot read gate#1#');
    code.isBroken = false;
    world.always('charge', 'fails for good');
    await app.rewind(id);
    const failed = await app.runToEnd(id);
    expect(failed).toMatchObject({ runtimeStatus: 'Failed', status: { phase: 'failed', gate: { number: 1 } } });
    expect(world.called()).toEqual(['reserve', 'charge', 'reserve-undo']);
  });

  test('an aborted saga stays failed, whatever rewinds it', async () => {
    const { app, run } = await startTrial(activities, function* (saga) {
      yield* saga.sleep(seconds(1));
      saga.fail('no', 'no way');
    });
    const { id } = await run();
    await app.passGate(id, { action: 'abort', by: 'ann', reason: 'enough' });
    const end = await app.runToEnd(id);
    expect(end.output).toContain('aborted by ann: enough; it had failed with no: no way');
    expect(end.status.phase).toBe('aborted');
    await app.rewind(id);
    expect((await app.runToEnd(id)).output).toBe(end.output);
  });

  test('a decision that is not possible at its gate counts as a rewind by another tool', async () => {
    const { app, run } = await startTrial(activities, function* (saga) {
      saga.fail('no', 'no');
    });
    const { id } = await run();
    await app.passGate(id, { action: 'skip', by: 'ann' });
    expect((await app.runToEnd(id)).output).toContain('gate#2#');
    expect(app.lines.map(({ text }) => text)).toContain(`${id} ↻ gate 1: retry by unknown (rewound by another tool)`);
  });

  test('an undo that fails stops the compensation, which goes on where it stopped', async () => {
    const { app, world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      yield* saga.step(reserve, item);
      yield* saga.step(reserve, item);
      saga.fail('no', 'no');
    });
    world.next('reserve-undo', 'works', 'fails for good', 'fails for good');
    const { id, end } = await run();
    expect(end.status).toMatchObject({
      phase: 'compensation_failed',
      error: { message: 'reserve-undo refuses' },
      gate: { actions: ['retry', 'skip', 'abort'] },
    });
    expect(end.status.ledger.map(({ undo }) => undo)).toEqual(['pending', 'failed', 'done']);
    await app.rewind(id);
    expect((await app.runToEnd(id)).output).toContain('gate#2#');
    await app.rewind(id);
    const failed = await app.runToEnd(id);
    expect(failed.output).toContain('gate#3#');
    expect(failed.status).toMatchObject({ phase: 'failed', error: { code: 'no' } });
    expect(world.effects.size).toBe(0);
    expect(world.calls.slice(3).map(({ key }) => key.slice(id.length))).toEqual([
      '/main/reserve#3/undo',
      '/main/reserve#2/undo',
      '/main/reserve#2/undo',
      '/main/reserve#2/undo',
      '/main/reserve#1/undo',
    ]);
  });

  test('an operator skips an undo and says why, and the rest is undone', async () => {
    const { app, world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      yield* saga.step(reserve, item);
      saga.fail('no', 'no');
    });
    world.next('reserve-undo', 'fails for good');
    const { id } = await run();
    await app.passGate(id, { action: 'skip', by: 'ann', reason: 'released by hand' });
    const end = await app.runToEnd(id);
    expect(end.status.ledger).toEqual([
      { step: 'main/reserve#1', outcome: 'succeeded', undo: 'done' },
      {
        step: 'main/reserve#2',
        outcome: 'succeeded',
        undo: 'skipped',
        skipped: { by: 'ann', reason: 'released by hand' },
      },
    ]);
    expect(world.effects.size).toBe(1);
  });

  test('onFailed runs after the compensation and before the gate, after every failure anew', async () => {
    const mark = defineWorldActivity('mark', { effect: 'none' });
    const { app, world, run } = await startTrial(
      [...activities, mark],
      function* (saga, item) {
        yield* saga.step(reserve, item);
        saga.fail('no', 'no');
      },
      {
        *onFailed(saga, _item, failure) {
          yield* saga.step(mark, { item: failure.data.code });
        },
      },
    );
    const { id } = await run();
    await app.rewind(id);
    await app.runToEnd(id);
    expect(world.called()).toEqual(['reserve', 'reserve-undo', 'mark', 'reserve', 'reserve-undo', 'mark']);
  });

  test('a failure of onFailed is told, and does not lose the gate or the failure', async () => {
    const { app, world, run } = await startTrial(
      activities,
      function* (saga) {
        yield* saga.sleep(seconds(1));
        saga.fail('no', 'no');
      },
      {
        *onFailed(saga, item) {
          yield* saga.step(charge, item);
        },
      },
    );
    world.always('charge', 'fails for good');
    const { id, end } = await run();
    expect(end).toMatchObject({ runtimeStatus: 'Failed', status: { phase: 'failed', error: { code: 'no' } } });
    expect(end.output).toContain('gate#1#');
    expect(app.lines.map(({ text }) => text)).toContain(
      `${id} ✗ onFailed: refused: charge refuses; the instance fails all the same`,
    );
    await app.rewind(id);
    expect((await app.runToEnd(id)).output).toContain('gate#2#');
  });

  test('a bug of the saga fails the instance with its effects kept, and mended code goes on where it stopped', async () => {
    let isMended = false;
    const { app, world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.scope('all', function* () {
        yield* saga.step(reserve, item);
        yield* saga.attempt(charge, item);
        if (!isMended) throw new TypeError('undefined is not a function');
        yield* saga.step(charge, item);
      });
      return 'done';
    });
    world.next('charge', 'fails', 'works');
    const { id, end } = await run();
    expect(end).toMatchObject({
      runtimeStatus: 'Failed',
      output: "Orchestrator function 'trial' failed: undefined is not a function",
      status: { phase: 'running' },
    });
    expect(world.effects.size).toBe(2);
    isMended = true;
    await app.rewind(id);
    expect(await app.runToEnd(id)).toMatchObject({ runtimeStatus: 'Completed', output: 'done' });
    expect(world.called()).toEqual(['reserve', 'charge', 'charge', 'charge']);
  });

  test.each<[string, (error: unknown) => unknown]>([
    ['goes on', () => undefined],
    ['throws another failure', () => new Error('mine')],
  ])('code that catches everything and %s does nothing behind a failed gate', async (_, thrown) => {
    const { app, world, run } = await startTrial(activities, function* (saga, item) {
      yield* saga.step(reserve, item);
      try {
        yield* saga.scope('careful', () => saga.step(charge, item), { onFailure: 'hold' });
      } catch (error) {
        const other = thrown(error);
        if (other !== undefined) saga.fail('other', 'other');
      } finally {
        saga.progress(99);
        yield* saga.attempt(reserve, item);
      }
      return 'swallowed';
    });
    world.next('charge', 'fails for good');
    const { id, end } = await run();
    expect(end).toMatchObject({ runtimeStatus: 'Failed', status: { phase: 'held', progress: 0 } });
    expect(end.output).toContain('gate#1#');
    expect(world.called()).toEqual(['reserve', 'charge']);
    await app.rewind(id);
    expect(await app.runToEnd(id)).toMatchObject({ runtimeStatus: 'Completed', output: 'swallowed' });
  });

  test('code that catches everything and returns does not complete behind a failed gate', async () => {
    const { app, world, run } = await startTrial(activities, function* (saga, item) {
      try {
        return yield* saga.scope('careful', () => saga.step(charge, item), { onFailure: 'hold' });
      } catch {
        return 'swallowed';
      }
    });
    world.next('charge', 'fails for good');
    const { id, end } = await run();
    expect(end).toMatchObject({ runtimeStatus: 'Failed', status: { phase: 'held' } });
    expect(app.lines.at(-1)?.text).toContain(`${id} ✗ failed at gate 1`);
  });

  test('code that catches everything does nothing behind an abort either', async () => {
    const { app, world, run } = await startTrial(activities, function* (saga, item) {
      try {
        yield* saga.scope('careful', () => saga.step(charge, item), { onFailure: 'hold' });
      } catch {
        yield* saga.step(reserve, item);
      }
      return 'swallowed';
    });
    world.next('charge', 'fails for good');
    const { id } = await run();
    await app.passGate(id, { action: 'abort', by: 'ann' });
    const end = await app.runToEnd(id);
    expect(end.runtimeStatus).toBe('Failed');
    expect(end.output).toContain('aborted by ann');
    expect(world.called()).toEqual(['charge']);
  });
});
