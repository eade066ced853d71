import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineSaga, once, seconds } from '../../src/saga/index.ts';
import { startSagaApp } from './kit/saga-app.ts';
import { createWorld, defineWorldActivity } from './kit/world.ts';

const twice = { firstIntervalMs: seconds(1), maxAttempts: 2 };
const act = defineWorldActivity('act', { retry: once, undoRetry: twice });

const input = z.object({ order: z.enum(['serial', 'parallel']), steps: z.number() });

/** Does some steps in a scope, and fails. */
const wide = defineSaga({
  name: 'wide',
  version: '1',
  input,
  *run(saga, { order, steps }) {
    yield* saga.scope(
      'wide',
      function* () {
        for (let step = 0; step < steps; step++) yield* saga.attempt(act, { item: 'x' });
        saga.fail('no', 'no');
      },
      { order },
    );
  },
});

/** How each step ends, and how often its undo fails before it works. */
const stepArbitrary = fc.record({
  ends: fc.constantFrom('works', 'works', 'fails for good', 'is lost after', 'is lost before'),
  undoFails: fc.constantFrom(0, 0, 1, 2, 3, 5),
});

test('side by side undoes the same as one after the other, and asks about the same', async () => {
  const world = createWorld();
  const app = await startSagaApp({ sagas: [wide], activities: [act.bind(world)] });
  await fc.assert(
    fc.asyncProperty(fc.array(stepArbitrary, { maxLength: 14 }), async (steps) => {
      const play = async (order: 'serial' | 'parallel') => {
        world.calls.length = 0;
        const failed = new Map<string, number>();
        world.next('act', ...steps.map(({ ends }) => ends));
        world.always('act-undo', ({ idempotencyKey }) => {
          const n = Number(/#(\d+)\/undo$/.exec(idempotencyKey)?.[1]);
          const times = failed.get(idempotencyKey) ?? 0;
          failed.set(idempotencyKey, times + 1);
          if (times < steps[n - 1]!.undoFails) throw new Error('busy');
        });
        const id = await app.start(wide, { order, steps: steps.length });
        let end = await app.runToEnd(id);
        let asked = 0;
        for (; end.status.phase === 'compensation_failed'; asked++) {
          await app.rewind(id);
          end = await app.runToEnd(id);
        }
        expect(end.status.phase).toBe('failed');
        const undone = end.status.ledger.map(({ undo }) => undo);
        const calls = world.calls.map(({ name, key }) => `${name} ${key.slice(id.length)}`);
        return { undone, asked, calls: calls.toSorted(), left: world.effects.size };
      };
      expect(await play('parallel')).toEqual(await play('serial'));
      expect(world.effects.size).toBe(0);
    }),
    { numRuns: 20 },
  );
  await app.close();
});
