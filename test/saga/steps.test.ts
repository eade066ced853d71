import { expect, test } from 'vitest';
import { defineSaga } from '../../src/saga/index.ts';
import { itemSchema } from './kit/world.ts';
import { startTrial } from './kit/trial.ts';
import { defineWorldActivity } from './kit/world.ts';

const reserve = defineWorldActivity('reserve');
const charge = defineWorldActivity('charge');

const order = defineSaga({
  name: 'order',
  version: '1',
  input: itemSchema,
  *run(saga, input) {
    yield* saga.step(reserve, input);
    return yield* saga.step(charge, input);
  },
});

test('a saga runs its steps in order and returns what it returns', async () => {
  const { app, world } = await startTrial([order], [reserve, charge]);
  const id = await app.start(order, { item: 'book' });
  const { runtimeStatus, output, status } = await app.runToEnd(id);
  expect({ runtimeStatus, output }).toEqual({ runtimeStatus: 'Completed', output: { receipt: 'receipt for book' } });
  expect(status.phase).toBe('completed');
  expect(world.called()).toEqual(['reserve', 'charge']);
});

test('a step that fails undoes the ones before it, and a rewind runs the saga again', async () => {
  const { app, world } = await startTrial([order], [reserve, charge]);
  world.next('charge', 'fails for good');
  const id = await app.start(order, { item: 'book' });
  const failed = await app.runToEnd(id);
  expect(failed.runtimeStatus).toBe('Failed');
  expect(failed.output).toContain('gate#1#');
  expect(world.effects.size).toBe(0);
  await app.rewind(id);
  expect((await app.runToEnd(id)).runtimeStatus).toBe('Completed');
  expect(app.phases(id)).toEqual(['running', 'compensating', 'failed', 'running', 'completed']);
});
