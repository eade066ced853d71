import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineReview, hours, once, TerminalError } from '../../src/saga/index.ts';
import { sagaStatusSchema } from '../../src/saga/operate.ts';
import { onEveryEngine } from './kit/trial.ts';
import { defineWorldActivity } from './kit/world.ts';

// That a status fits its schema and 16 KB is checked by the kit after every episode of every test.

const reserve = defineWorldActivity('reserve');
const look = defineReview({ name: 'look', decision: z.object({}), withinMs: hours(1), otherwise: 'approve' });
const utf16Bytes = (value: unknown) => JSON.stringify(value).length * 2;

onEveryEngine((startTrial) => {
  test('a review of a huge thing is shown without it, and says so', async () => {
    const { app, start } = await startTrial(
      [reserve],
      function* (saga) {
        yield* saga.review(look, { of: 'ü'.repeat(100_000) });
      },
      { reviews: [look] },
    );
    const id = await start();
    const { status } = await app.runUntil(id, ({ phase }) => phase === 'in_review');
    expect(status.review).toMatchObject({ id: 'look' });
    expect(status.review?.of).toBeUndefined();
    expect(status.trimmed).toBe("the review's subject");
    await app.cancel(id, 'ann');
  });

  test('a long ledger shows its end, and says so', async () => {
    const { run } = await startTrial([reserve], function* (saga, item) {
      for (let n = 0; n < 60; n++) {
        yield* saga.scope(`a-scope-with-a-rather-long-name-${n}`, () =>
          saga.scope(`b-scope-with-a-rather-long-name-${n}`, () => saga.attempt(reserve, item, { retry: once })),
        );
      }
    });
    const { status } = (await run()).end;
    expect(status.trimmed).toBe('all but the last 20 ledger entries');
    expect(status.ledger.map(({ step }) => step.slice(step.lastIndexOf('#')))).toEqual(
      Array.from({ length: 20 }, (_, n) => `#${n + 41}`),
    );
  });

  test('whatever is too long is cut, control characters and all', async () => {
    const noisy = '\u0001'.repeat(3_000);
    const { world, run } = await startTrial([reserve], function* (saga, item) {
      yield* saga.step(reserve, item);
      saga.fail(noisy, noisy);
    });
    world.next('reserve', () => {
      throw Object.assign(new TerminalError(noisy, { code: noisy }), { name: noisy });
    });
    const { end } = await run();
    expect(end.runtimeStatus).toBe('Failed');
    expect(utf16Bytes(end.status)).toBeLessThan(16 * 1024);
    expect(sagaStatusSchema.parse(end.status)).toMatchObject({ phase: 'failed', saga: 'trial' });
    expect(end.status.trimmed).toContain('the ends of long texts');
  });

  test('a sleep is shown with its end, progress as the saga says, within 0 and 100', async () => {
    const { app, start } = await startTrial([reserve], function* (saga) {
      saga.progress(140);
      yield* saga.sleep(hours(1));
      saga.progress(-3);
      yield* saga.sleep(hours(1));
    });
    const id = await start();
    const first = await app.runUntil(id, ({ phase }) => phase === 'waiting');
    const until = new Date(app.now().getTime() + hours(1)).toISOString();
    expect(first.status).toMatchObject({ step: 'sleep', nextAttemptAt: until, progress: 100 });
    await app.runUntil(id, ({ progress }) => progress === 0);
    expect((await app.runToEnd(id)).status).toMatchObject({ progress: 100, phase: 'completed' });
  });

  test('a saga shows itself from its first episode on', async () => {
    const { app, start } = await startTrial([reserve], function* (saga, item) {
      yield* saga.step(reserve, item);
    });
    const id = await start();
    expect((await app.runToEnd(id)).status).toEqual({
      saga: 'trial',
      version: '1',
      correlationId: id,
      phase: 'completed',
      progress: 100,
      ledger: [{ step: 'main/reserve#1', outcome: 'succeeded', undo: 'pending' }],
    });
    expect(app.phases(id)).toEqual(['running', 'completed']);
  });
});
