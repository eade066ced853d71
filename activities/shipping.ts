import { z } from 'zod';
import type { Faults } from '../src/faults.ts';
import { addressSchema, orderLineSchema } from '../src/orders/order.ts';
import { shipmentSchema } from '../src/orders/order-record.ts';
import { defineActivity, minutes } from '../src/saga/index.ts';
import type { Shipping } from '../src/trade/shipping-client.ts';

export interface ShippingServices {
  readonly shipping: Shipping;
  readonly faults: Faults;
}

export const scheduleShipping = defineActivity({
  name: 'scheduleShipping',
  input: z.object({ orderId: z.string(), address: addressSchema, lines: z.array(orderLineSchema) }),
  output: shipmentSchema,
  timeoutMs: minutes(1),
  async run({ orderId, address, lines }, { shipping, faults }: ShippingServices, call) {
    faults.check('shipping');
    const parcels = lines.map(({ sku, quantity }) => ({ sku, quantity }));
    return shipping.schedule({ orderId, address, lines: parcels }, call);
  },
  async undo({ idempotencyKey }, { shipping, faults }, call) {
    faults.check('shipping');
    await shipping.cancel(idempotencyKey, call);
  },
});
