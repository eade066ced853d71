import { z } from 'zod';
import { defineSaga, type Operation, type Saga, seconds } from '../../../src/saga/index.ts';
import { defineWorldActivity, type Item, itemSchema } from './world.ts';

// Activities, and sagas that others run.

export const reserve = defineWorldActivity('reserve');
export const charge = defineWorldActivity('charge', { retry: { firstIntervalMs: seconds(1), maxAttempts: 3 } });
export const ship = defineWorldActivity('ship');
export const activities = [reserve, charge, ship];

export const defineSub = (run: (saga: Saga<Item>, item: Item) => Operation<string>, name = 'payment') =>
  defineSaga({ name, version: '1', input: itemSchema, output: z.string(), run });

/** Charges twice. */
export const payment = defineSub(function* (saga, item) {
  const { receipt } = yield* saga.step(charge, item);
  yield* saga.step(charge, item);
  return receipt;
});

/** Reserves, then holds where charging fails. */
export const careful = defineSub(function* (saga, item) {
  yield* saga.step(reserve, item);
  const { receipt } = yield* saga.scope('careful', () => saga.step(charge, item), { onFailure: 'hold' });
  return receipt;
});
