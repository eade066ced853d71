import { z } from 'zod';
import type { Faults } from '../src/faults.ts';
import { orderLineSchema } from '../src/orders/order.ts';
import { defineActivity, minutes } from '../src/saga/index.ts';
import type { Inventory } from '../src/trade/inventory-client.ts';

export interface InventoryServices {
  readonly inventory: Inventory;
  readonly faults: Faults;
}

/** All lines or none. */
export const reserveInventory = defineActivity({
  name: 'reserveInventory',
  input: z.object({ orderId: z.string(), lines: z.array(orderLineSchema) }),
  output: z.object({ reservationId: z.string() }),
  timeoutMs: minutes(1),
  async run({ orderId, lines }, { inventory, faults }: InventoryServices, call) {
    faults.check('inventory');
    return inventory.reserve({ orderId, lines: lines.map(({ sku, quantity }) => ({ sku, quantity })) }, call);
  },
  async undo({ idempotencyKey }, { inventory, faults }, call) {
    faults.check('inventory');
    await inventory.release(idempotencyKey, call);
  },
});
