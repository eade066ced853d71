import { z } from 'zod';
import type { OrderRecords } from '../src/azure/order-records.ts';
import type { Faults } from '../src/faults.ts';
import { type OrderRecord, orderRecordSchema } from '../src/orders/order-record.ts';
import { defineActivity, seconds } from '../src/saga/index.ts';

export interface OrderServices {
  readonly orders: Pick<OrderRecords, 'save'>;
  readonly faults: Faults;
}

/** Puts the order on record; its undo cancels it there. */
export const createOrder = defineActivity({
  name: 'createOrder',
  input: orderRecordSchema,
  output: z.object({}),
  timeoutMs: seconds(30),
  async run(order: OrderRecord, { orders, faults }: OrderServices, { signal }) {
    faults.check('persistence');
    await orders.save(order, signal);
    return {};
  },
  async undo({ input }, { orders, faults }, { signal }) {
    faults.check('persistence');
    await orders.save({ ...input, status: 'cancelled' }, signal);
  },
});

/** Shows readers where the order stands. The next state overwrites it, so there is nothing to undo. */
export const saveOrder = defineActivity({
  name: 'saveOrder',
  input: orderRecordSchema,
  output: z.object({}),
  effect: 'none',
  timeoutMs: seconds(30),
  async run(order: OrderRecord, { orders, faults }: OrderServices, { signal }) {
    faults.check('persistence');
    await orders.save(order, signal);
    return {};
  },
});
