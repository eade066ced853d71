import { z } from 'zod';
import { computeTotal } from './money.ts';
import { addressSchema, channelSchema, customerSchema, type Order, orderLineSchema } from './order.ts';

export const orderStatuses = ['processing', 'awaiting_review', 'fulfilled', 'rejected', 'cancelled', 'failed'] as const;
export const orderStatusSchema = z.enum(orderStatuses);
export type OrderStatus = z.infer<typeof orderStatusSchema>;

export const shipmentSchema = z.object({ shipmentId: z.string(), carrier: z.string(), trackingNumber: z.string() });

/** `risk` is `high` when the score is over the app's threshold, and a person decides. */
export const fraudScoreSchema = z.object({
  /** 0 to 100. */
  score: z.number(),
  reasons: z.array(z.string()),
  risk: z.enum(['low', 'high']),
});
export type FraudScore = z.infer<typeof fraudScoreSchema>;

/** What became of telling the customer, by channel. */
export const noticeSchema = z.object({
  channel: channelSchema,
  sent: z.boolean(),
  error: z.string().optional(),
});
export type Notice = z.infer<typeof noticeSchema>;

/** What the product shows of an order: its read model. The card token is not in it. */
export const orderRecordSchema = z
  .object({
    id: z.string(),
    instanceId: z.string(),
    correlationId: z.string(),
    status: orderStatusSchema,
    customer: customerSchema,
    lines: z.array(orderLineSchema),
    currency: z.string(),
    total: z.number(),
    shippingAddress: addressSchema,
    placedAt: z.iso.datetime(),
    closedAt: z.iso.datetime().optional(),
    reservationId: z.string().optional(),
    fraud: fraudScoreSchema.optional(),
    review: z
      .object({
        decision: z.enum(['approve', 'reject']),
        by: z.string(),
        reason: z.string().optional(),
        /** How the customer was checked before an approval. */
        checkedBy: z.string().optional(),
        at: z.iso.datetime(),
      })
      .optional(),
    chargeId: z.string().optional(),
    shipment: shipmentSchema.optional(),
    notices: z.array(noticeSchema).optional(),
    error: z.object({ code: z.string(), message: z.string() }).optional(),
  })
  .meta({ id: 'Order' });
export type OrderRecord = z.infer<typeof orderRecordSchema>;

export const isOrderUnderWay = ({ status }: Pick<OrderRecord, 'status'>): boolean =>
  status === 'processing' || status === 'awaiting_review';

/** What a fulfilled order came to. */
export const orderOutcomeSchema = z.object({
  orderId: z.string(),
  status: z.literal('fulfilled'),
  total: z.number(),
  currency: z.string(),
  chargeId: z.string(),
  shipment: shipmentSchema,
  notices: z.array(noticeSchema),
});
export type OrderOutcome = z.infer<typeof orderOutcomeSchema>;

/** The record of an order that has just been taken. */
export function openOrder(order: Order, instanceId: string): OrderRecord {
  const { payment: _, contacts: __, ...shown } = order;
  return { ...shown, instanceId, status: 'processing', total: computeTotal(order.lines, order.currency) };
}
