import { z } from 'zod';
import { notifyCustomer } from '../activities/customer-notices.ts';
import { scoreFraud } from '../activities/fraud.ts';
import { reserveInventory } from '../activities/inventory.ts';
import { createOrder, saveOrder } from '../activities/orders.ts';
import { chargePayment } from '../activities/payments.ts';
import { scheduleShipping } from '../activities/shipping.ts';
import { type Order, orderSchema } from '../src/orders/order.ts';
import {
  type FraudScore,
  type Notice,
  openOrder,
  type OrderOutcome,
  type OrderRecord,
} from '../src/orders/order-record.ts';
import {
  defineReview,
  defineSaga,
  hours,
  briefly,
  type Operation,
  ReviewRejected,
  type Saga,
  SagaCancelled,
  type SagaFailure,
} from '../src/saga/index.ts';

/** Asked when an order looks like fraud: approve it, with a word on how the customer was checked, or reject it. */
export const fraudReview = defineReview({
  name: 'fraud',
  decision: z.strictObject({ checkedBy: z.enum(['phone', 'email', 'documents']).optional() }).optional(),
  withinMs: hours(24),
  otherwise: 'reject',
});

/** One order from the customer's click to a parcel under way. Until the parcel is booked, any failure undoes everything. */
export const fulfilOrder = defineSaga({
  name: 'fulfilOrder',
  version: '1',
  input: orderSchema,
  reviews: [fraudReview],
  correlationId: ({ correlationId }) => correlationId,
  traceparent: ({ traceparent }) => traceparent,

  *run(saga, order): Operation<OrderOutcome> {
    const { id: orderId, lines, customer, shippingAddress: address, currency, payment } = order;
    const opened = openOrder(order, saga.instanceId);
    const { total: amount } = opened;

    yield* saga.step(createOrder, opened);
    const { reservationId } = yield* saga.step(reserveInventory, { orderId, lines });
    saga.progress(20);
    const buyer = { email: customer.email, country: address.country };
    const fraud = yield* saga.step(scoreFraud, { orderId, ...buyer, amount, currency });
    const checked: OrderRecord = { ...opened, reservationId, fraud };
    const review = fraud.risk === 'high' ? yield* askForFraud(saga, checked, fraud) : undefined;
    saga.progress(40);
    const { chargeId } = yield* saga.step(chargePayment, { orderId, ...payment, amount, currency });
    saga.progress(60);
    const shipment = yield* saga.step(scheduleShipping, { orderId, address, lines }, { retry: { maxAttempts: 3 } });
    saga.progress(80);

    saga.pivot();
    const fulfilled: OrderRecord = {
      ...checked,
      status: 'fulfilled',
      review,
      chargeId,
      shipment,
      closedAt: saga.now().toISOString(),
    };
    yield* saga.step(saveOrder, fulfilled);
    const notices = yield* notify(saga, order, shipment);
    yield* saga.attempt(saveOrder, { ...fulfilled, notices }, { retry: briefly });
    return { orderId, status: 'fulfilled', total: amount, currency, chargeId, shipment, notices };
  },

  *onFailed(saga, order, failure) {
    const { code, message } = failure.data;
    const at = saga.now().toISOString();
    yield* saga.attempt(saveOrder, {
      ...openOrder(order, saga.instanceId),
      status: statusAfter(failure),
      ...(failure instanceof ReviewRejected && {
        review: { decision: 'reject', by: failure.by, reason: failure.reason, at },
      }),
      closedAt: at,
      error: { code, message },
    });
  },
});

function* askForFraud(
  saga: Saga,
  order: OrderRecord,
  { score, reasons }: FraudScore,
): Operation<NonNullable<OrderRecord['review']>> {
  yield* saga.attempt(saveOrder, { ...order, status: 'awaiting_review' }, { retry: briefly });
  const { id: orderId, customer, total, currency, shippingAddress } = order;
  const { data, by, reason, at } = yield* saga.review(fraudReview, {
    of: { orderId, score, reasons, customer, total, currency, country: shippingAddress.country },
  });
  const review = { decision: 'approve' as const, by, reason, checkedBy: data?.checkedBy, at: at.toISOString() };
  yield* saga.attempt(saveOrder, { ...order, review }, { retry: briefly });
  return review;
}

/** Every channel is tried for itself, beside the others: one that fails costs the customer that message only. */
const notify = (saga: Saga, order: Order, shipment: OrderOutcome['shipment']): Operation<Notice[]> =>
  saga.map(order.contacts, function* (contact): Operation<Notice> {
    const { id: orderId, customer } = order;
    const sent = yield* saga.attempt(notifyCustomer, { orderId, name: customer.name, contact, shipment });
    return { channel: contact.channel, sent: sent.ok, ...(!sent.ok && { error: sent.error.code }) };
  });

function statusAfter(failure: SagaFailure): OrderRecord['status'] {
  if (failure instanceof ReviewRejected) return 'rejected';
  return failure instanceof SagaCancelled ? 'cancelled' : 'failed';
}
