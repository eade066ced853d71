import { expect, test } from 'vitest';
import { RetryableError, seconds } from '../../src/saga/index.ts';
import { onEveryEngine } from './kit/trial.ts';
import { defineWorldActivity, type RecordedCall } from './kit/world.ts';

const reserve = defineWorldActivity('reserve');
const charge = defineWorldActivity('charge');
const growing = { firstIntervalMs: seconds(1), maxAttempts: 4, backoffCoefficient: 2 };

const busyFor = (retryAfterMs: number) => () => {
  throw new RetryableError('busy', { code: 'busy', retryAfterMs });
};

const gaps = (calls: readonly RecordedCall[]) =>
  calls.slice(1).map(({ at }, n) => at.getTime() - calls[n]!.at.getTime());

onEveryEngine((startTrial) => {
  test('runs its steps in order and returns what it returns', async () => {
    const { world, run } = await startTrial([reserve, charge], function* (saga, item) {
      yield* saga.step(reserve, item);
      return yield* saga.step(charge, item);
    });
    const { end } = await run();
    expect(end).toMatchObject({ runtimeStatus: 'Completed', output: { receipt: 'receipt for book' } });
    expect(end.status).toMatchObject({ phase: 'completed', progress: 100 });
    expect(world.called()).toEqual(['reserve', 'charge']);
  });

  test('shows an error only until a step has succeeded', async () => {
    const { app, world, start } = await startTrial([reserve, charge], function* (saga, item) {
      yield* saga.attempt(reserve, item);
      yield* saga.step(charge, item);
      yield* saga.sleep(seconds(9));
    });
    world.next('reserve', 'fails for good');
    const id = await start();
    const { status } = await app.runUntil(id, ({ step }) => step === 'sleep');
    expect(status.error).toBeUndefined();
    await app.runToEnd(id);
  });

  test('tries a step again after waits that grow, and then goes on', async () => {
    const { app, world, run } = await startTrial([reserve], function* (saga, item) {
      return yield* saga.step(reserve, item, { retry: growing });
    });
    world.next('reserve', 'fails', 'fails', 'fails');
    const { id, end } = await run();
    expect(end.runtimeStatus).toBe('Completed');
    expect(gaps(world.calls)).toEqual([1000, 2000, 4000]);
    expect(world.calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
    expect(new Set(world.calls.map(({ key }) => key))).toEqual(new Set([`${id}/main/reserve#1/do`]));
    expect(app.phases(id)).toEqual([
      'running',
      'waiting',
      'running',
      'waiting',
      'running',
      'waiting',
      'running',
      'completed',
    ]);
    expect((await app.history(id)).filter(({ EventType }) => EventType === 'TaskFailed')).toEqual([]);
  });

  test('shortens waits by a jitter that differs between instances and is the same at every replay', async () => {
    const jittery = { ...growing, jitter: 0.5 };
    const { app, world, start } = await startTrial([reserve], function* (saga, item) {
      return yield* saga.step(reserve, item, { retry: jittery });
    });
    const waits: number[][] = [];
    for (let n = 0; n < 2; n++) {
      world.calls.length = 0;
      world.next('reserve', 'fails', 'fails', 'fails');
      await app.runToEnd(await start());
      waits.push(gaps(world.calls));
    }
    for (const [n, longest] of [1000, 2000, 4000].entries()) {
      for (const wait of waits.map((row) => row[n]!)) expect(wait > longest / 2 && wait < longest).toBe(true);
    }
    expect(waits[0]).not.toEqual(waits[1]);
  });

  test('waits as long as the other side asks for, where that is longer', async () => {
    const { world, run } = await startTrial([reserve], function* (saga, item) {
      return yield* saga.step(reserve, item, { retry: growing });
    });
    world.next('reserve', busyFor(90_000), busyFor(1), busyFor(Number.NaN));
    expect((await run()).end.runtimeStatus).toBe('Completed');
    expect(gaps(world.calls)).toEqual([90_000, 2000, 4000]);
  });

  test('asks retryIf, and stops when it says no', async () => {
    const { world, run } = await startTrial([reserve], function* (saga, item) {
      return yield* saga.step(reserve, item, { retry: { ...growing, retryIf: ({ code }) => code !== 'busy' } });
    });
    world.next('reserve', 'fails');
    expect((await run()).end.runtimeStatus).toBe('Failed');
    expect(world.called()).toEqual(['reserve']);
  });

  test('does not try again what cannot be mended by it', async () => {
    const { world, run } = await startTrial([reserve], function* (saga, item) {
      return yield* saga.step(reserve, item, { retry: growing });
    });
    world.next('reserve', 'fails for good');
    const { end } = await run();
    expect(end.runtimeStatus).toBe('Failed');
    expect(end.status.error).toEqual({ name: 'TerminalError', code: 'refused', message: 'reserve refuses' });
    expect(world.called()).toEqual(['reserve']);
  });

  test('starts no attempt after the time for all of them is over', async () => {
    const { world, run } = await startTrial([reserve], function* (saga, item) {
      return yield* saga.step(reserve, item, { retry: { ...growing, timeoutMs: 2_500 } });
    });
    world.always('reserve', 'fails');
    await run();
    expect(gaps(world.calls)).toEqual([1000]);
  });

  test('takes a step that does not answer in time for unknown, and undoes it', async () => {
    const slow = defineWorldActivity('slow', { timeoutMs: 20 });
    const { world, run } = await startTrial([reserve, slow], function* (saga, item) {
      yield* saga.step(reserve, item);
      yield* saga.step(slow, item);
    });
    let aborted = false;
    world.next(
      'slow',
      ({ signal }) => new Promise<never>(() => signal.addEventListener('abort', () => (aborted = true))),
    );
    const { end } = await run();
    expect(end.status.error?.code).toBe('timeout');
    expect(aborted).toBe(true);
    expect(world.called()).toEqual(['reserve', 'slow', 'slow-undo', 'reserve-undo']);
    expect(world.calls[2]?.done).toMatchObject({ outcome: 'unknown', input: { item: 'book' } });
    expect(world.calls[2]?.done).not.toHaveProperty('output');
  });

  test('hands an undo the output, and the key that the effect was done with', async () => {
    const { world, run } = await startTrial([reserve], function* (saga, item) {
      yield* saga.step(reserve, item);
      saga.fail('sold_out', 'nothing left');
    });
    const { id, end } = await run();
    expect(end.status.error).toMatchObject({ code: 'sold_out', message: 'nothing left' });
    expect(world.calls[1]).toMatchObject({ name: 'reserve-undo', key: `${id}/main/reserve#1/undo` });
    expect(world.calls[1]?.done).toEqual({
      outcome: 'succeeded',
      input: { item: 'book' },
      output: { receipt: 'receipt for book' },
      idempotencyKey: `${id}/main/reserve#1/do`,
    });
    expect(world.effects.size).toBe(0);
  });

  test('does not undo what has certainly failed', async () => {
    const { world, run } = await startTrial([reserve, charge], function* (saga, item) {
      yield* saga.step(reserve, item);
      yield* saga.step(charge, item);
    });
    world.next('charge', 'fails for good');
    const { end } = await run();
    expect(world.called()).toEqual(['reserve', 'charge', 'reserve-undo']);
    expect(end.status.ledger).toEqual([
      { step: 'main/reserve#1', outcome: 'succeeded', undo: 'done' },
      { step: 'main/charge#1', outcome: 'failed', undo: 'none' },
    ]);
  });

  test('undoes a step of which one attempt was lost, although the last one has certainly failed', async () => {
    const { world, run } = await startTrial([reserve], function* (saga, item) {
      yield* saga.step(reserve, item, { retry: growing });
    });
    world.next('reserve', ({ attempt }) => {
      throw new RetryableError('lost', { code: 'lost', outcome: attempt === 1 ? 'unknown' : 'failed' });
    });
    world.next('reserve', 'fails', 'fails', 'fails for good');
    await run();
    expect(world.called()).toEqual(['reserve', 'reserve', 'reserve', 'reserve', 'reserve-undo']);
  });

  test('best-effort steps that fail are recorded, and the saga goes on', async () => {
    const { world, run } = await startTrial([reserve], function* (saga, item) {
      const first = yield* saga.attempt(reserve, item);
      const second = yield* saga.attempt(reserve, item);
      return { first: first.ok ? first.value : first.error.code, second: second.ok };
    });
    world.next('reserve', 'fails for good');
    const { end } = await run();
    expect(end.output).toEqual({ first: 'refused', second: true });
    expect(end.status.ledger.map(({ outcome }) => outcome)).toEqual(['failed', 'succeeded']);
    expect(end.status.error).toBeUndefined();
  });

  test('an activity without undo leaves nothing to undo', async () => {
    const peek = defineWorldActivity('peek', { effect: 'none' });
    const { world, run } = await startTrial([peek, charge], function* (saga, item) {
      yield* saga.step(peek, item);
      yield* saga.step(charge, item);
    });
    world.next('charge', 'fails for good');
    const { end } = await run();
    expect(world.called()).toEqual(['peek', 'charge']);
    expect(end.status.ledger[0]).toEqual({ step: 'main/peek#1', outcome: 'succeeded', undo: 'none' });
  });

  test('now, newId and random are the same at every replay', async () => {
    const { run } = await startTrial([reserve], function* (saga, item) {
      const before = { now: saga.now().toISOString(), id: saga.newId(), random: saga.random() };
      yield* saga.step(reserve, { item: JSON.stringify(before) });
      yield* saga.sleep(seconds(5));
      const after = { now: saga.now().toISOString(), id: saga.newId(), random: saga.random() };
      yield* saga.step(reserve, { item: JSON.stringify(after) });
      return { item, before, after };
    });
    const { output } = (await run()).end;
    const { before, after } = output as Record<'before' | 'after', { now: string; id: string; random: number }>;
    expect(Date.parse(after.now) - Date.parse(before.now)).toBe(5000);
    expect(after.id).not.toBe(before.id);
    expect(after.random).not.toBe(before.random);
    expect(before.random >= 0 && before.random < 1).toBe(true);
  });

  test('sleeps for longer than a single timer can, and no result is lost after it', async () => {
    const { app, world, run } = await startTrial([reserve, charge], function* (saga, item) {
      yield* saga.step(reserve, item);
      yield* saga.sleep(30 * 86_400_000);
      return yield* saga.step(charge, item);
    });
    const startedAt = app.now().getTime();
    const { end } = await run();
    expect(end.output).toEqual({ receipt: 'receipt for book' });
    expect(world.calls[1]!.at.getTime() - startedAt).toBe(30 * 86_400_000);
  });
});
