import { z } from 'zod';
import type { Faults } from '../src/faults.ts';
import { contactSchema } from '../src/orders/order.ts';
import { shipmentSchema } from '../src/orders/order-record.ts';
import { defineActivity, minutes, seconds, transient } from '../src/saga/index.ts';
import type { Notifications } from '../src/trade/notifications-client.ts';

export interface CustomerNoticeServices {
  readonly notifications: Notifications;
  readonly faults: Faults;
}

/** Tells a customer by one channel that the order is on its way. A message cannot be unsent. */
export const notifyCustomer = defineActivity({
  name: 'notifyCustomer',
  input: z.object({ orderId: z.string(), name: z.string(), contact: contactSchema, shipment: shipmentSchema }),
  output: z.object({}),
  effect: 'final',
  timeoutMs: minutes(1),
  retry: { ...transient, maxAttempts: 3, maxIntervalMs: seconds(10) },
  async run({ orderId, name, contact, shipment }, { notifications, faults }: CustomerNoticeServices, call) {
    faults.check('notification');
    const { carrier, trackingNumber } = shipment;
    const subject = `Your order ${orderId} is on its way`;
    const text = `Hello ${name}, ${carrier} brings your order ${orderId}. Tracking number: ${trackingNumber}.`;
    await notifications.send({ orderId, ...contact, subject, text }, call);
    return {};
  },
});
