import { expect, test } from 'vitest';
import { once, RetryableError, seconds } from '../../src/saga/index.ts';
import { gateEvent } from '../../src/saga/operate.ts';
import { onEveryEngine } from './kit/trial.ts';
import { defineWorldActivity } from './kit/world.ts';

const twice = { firstIntervalMs: seconds(1), maxAttempts: 2 };
const reserve = defineWorldActivity('reserve');
const charge = defineWorldActivity('charge', { retry: twice });

/** What an engine with FailureDetails puts into the history where this one puts text. */
const withFailureDetails = (text: string) => {
  const details = { ErrorType: 'TimeoutException', ErrorMessage: 'took too long', StackTrace: null };
  return text.replaceAll(/"FailureDetails": ?null/g, `"FailureDetails":${JSON.stringify(details)}`);
};

onEveryEngine((startTrial) => {
  test.each([
    ['as text', undefined, "Activity function 'charge' failed: killed"],
    ['with details', withFailureDetails, 'TimeoutException: took too long'],
  ])('a task that the host failed, told %s, is tried again and counts as unknown', async (_, alter, message) => {
    const { app, world, start } = await startTrial(
      [reserve, charge],
      function* (saga, item) {
        yield* saga.step(reserve, item);
        yield* saga.step(charge, item);
      },
      { killed: ['charge'], ...(alter && { alterHistory: alter }) },
    );
    const id = await start();
    const { status, runtimeStatus } = await app.runUntil(id, ({ gate }) => gate !== undefined);
    expect(status.error).toEqual({ name: 'HostFailure', code: 'host_failure', message });
    expect(world.called()).toEqual(['reserve', 'charge-undo', 'reserve-undo']);
    expect(world.calls[1]?.done?.outcome).toBe('unknown');
    // Its history cannot be rewound natively any more, so it waits at the gate instead of failing.
    expect({ runtimeStatus, phase: status.phase, gate: status.gate }).toEqual({
      runtimeStatus: 'Running',
      phase: 'failed',
      gate: { number: 1, mode: 'event', actions: ['retry', 'abort'] },
    });
    await app.raise(id, gateEvent(1), { action: 'abort', by: 'ann' });
    expect((await app.runToEnd(id)).output).toContain('aborted by ann');
  });
});

onEveryEngine((startTrial) => {
  const flow = startTrial;
  test('on a backend without rewind, gates wait for their decision as an event', async () => {
    const { app, world, start } = await flow(
      [reserve, charge],
      function* (saga, item) {
        yield* saga.step(reserve, item);
        return yield* saga.step(charge, item, { retry: once });
      },
      { gateMode: 'event' },
    );
    world.next('charge', 'fails', 'fails');
    const id = await start();
    for (const number of [1, 2]) {
      const { status } = await app.runUntil(id, ({ gate }) => gate?.number === number);
      expect(status).toMatchObject({ phase: 'failed', gate: { mode: 'event' } });
      expect(world.effects.size).toBe(0);
      await app.raise(id, gateEvent(number), 'go on');
      await app.settle();
      expect((await app.get(id)).status.gate?.number).toBe(number);
      await app.raise(id, gateEvent(number), { action: 'retry', by: 'ann' });
    }
    expect((await app.runToEnd(id)).output).toEqual({ receipt: 'receipt for book' });
  });

  test('a gate beside an undo that the host kills waits for an event too: a rewind would erase the kill', async () => {
    const killed: string[] = [];
    const patient = defineWorldActivity('reserve', { undoRetry: twice });
    const { app, world, start } = await startTrial(
      [patient, charge],
      (saga, item) =>
        saga.scope(
          'both',
          function* () {
            yield* saga.step(patient, item);
            yield* saga.step(charge, item);
            saga.fail('sold_out', 'too late');
          },
          { order: 'parallel' },
        ),
      { killed },
    );
    // The charge's undo has failed, and its gate waits, when the other undo is killed.
    world.next('charge-undo', 'fails for good');
    world.next('reserve-undo', () => {
      killed.push('reserve-undo');
      throw new RetryableError('busy', { code: 'busy' });
    });
    const id = await start();
    const { status } = await app.runUntil(id, ({ gate }) => gate !== undefined);
    expect(status).toMatchObject({ phase: 'compensation_failed', gate: { number: 1, mode: 'event' } });
    killed.length = 0;
    for (const number of [1, 2]) await app.raise(id, gateEvent(number), { action: 'retry', by: 'ann' });
    await app.runUntil(id, ({ phase, gate }) => phase === 'failed' && gate !== undefined);
    expect(world.effects.size).toBe(0);
    await app.raise(id, gateEvent(3), { action: 'abort', by: 'ann' });
    await app.runToEnd(id);
  });
});
