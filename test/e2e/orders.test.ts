import { describe, expect, it } from 'vitest';
import type { ProblemDocument } from './api.ts';
import { sampleOrder } from '../orders/sample-order.ts';
import { createOrderApi } from './order-api.ts';
import { fulfilled, undone } from './order-balance.ts';
import { useProgram } from './program.ts';

const program = await useProgram({ TRADE_TIMEOUT_SECONDS: '1' });
const orders = createOrderApi(program);

const address = (postalCode: string) => ({ ...sampleOrder().shippingAddress, postalCode });
const card = (cardToken: string) => sampleOrder({ payment: { cardToken } });
const suspicious = () => sampleOrder({ customer: { id: 'c-2', name: 'Mallory', email: 'fraud@example.org' } });

const decide = (instanceId: string, decision: object) =>
  orders.post(`/api/sagas/${instanceId}/reviews/fraud`, { by: 'Kim', ...decision });

/** Places an order and waits until its saga has ended. */
async function run(order: object) {
  const { status, body } = await orders.place(order);
  expect(status).toBe(202);
  return { ...body, saga: await orders.ended(body.instanceId) };
}

describe('a good order', () => {
  it('is reserved, checked, charged, shipped and told of, under one correlation id', async () => {
    const answer = await orders.place(sampleOrder(), { 'x-correlation-id': 'basket-7' });
    expect(answer.status).toBe(202);
    const { orderId, instanceId, statusUrl } = answer.body;
    expect(answer.headers.get('location')).toBe(statusUrl);
    expect(await orders.read(orderId)).toMatchObject({ id: orderId, correlationId: 'basket-7', total: 25 });

    const saga = await orders.ended(instanceId);
    expect(saga).toMatchObject({
      name: 'fulfilOrder',
      runtimeStatus: 'Completed',
      correlationId: 'basket-7',
      progress: 100,
      output: { orderId, status: 'fulfilled', total: 25, currency: 'EUR' },
    });
    expect(program.output()).toContain('started, correlation basket-7');
    const record = await orders.read(orderId);
    expect(record).toMatchObject({
      id: orderId,
      instanceId,
      status: 'fulfilled',
      customer: sampleOrder().customer,
      fraud: { score: 0, risk: 'low' },
      shipment: { carrier: 'local-parcel' },
      notices: ['email', 'sms', 'webhook', 'in_app'].map((channel) => ({ channel, sent: true })),
    });
    expect(JSON.stringify(record)).not.toContain('tok_visa');
    expect(await orders.balanceOf(instanceId)).toEqual(fulfilled(25));
    const messages = await orders.messages(instanceId);
    expect(messages.map(({ request }) => (request as { channel: string }).channel)).toEqual([
      'email',
      'sms',
      'webhook',
      'in_app',
    ]);
    expect(messages[0]?.request).toMatchObject({
      text: expect.stringContaining(record.shipment?.trackingNumber ?? '?') as string,
    });
  });

  it('posted fifty times at once with one Idempotency-Key is one order, and another order is refused the key', async () => {
    const headers = { 'idempotency-key': 'basket-8' };
    const answers = await Promise.all(Array.from({ length: 50 }, () => orders.place(sampleOrder(), headers)));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(202));
    const [first] = answers;
    for (const { body } of answers) expect(body).toEqual(first?.body);
    const { instanceId = '' } = first?.body ?? {};
    await orders.ended(instanceId);
    expect(await orders.balanceOf(instanceId)).toEqual(fulfilled(25));

    const later = await orders.place(sampleOrder(), headers);
    expect(later).toMatchObject({ status: 202, body: first?.body });
    const other = await orders.place(sampleOrder({ currency: 'USD' }), headers);
    expect(other).toMatchObject({ status: 422, body: { type: 'urn:durable-saga:problem:idempotency_key_reused' } });
  });

  it('and another under one Idempotency-Key at the same instant are not both taken', async () => {
    for (const key of ['race-1', 'race-2', 'race-3', 'race-4']) {
      const headers = { 'idempotency-key': key };
      const wanted = Array.from({ length: 10 }, (_, n) => sampleOrder({ currency: n % 2 === 0 ? 'EUR' : 'USD' }));
      const answers = await Promise.all(wanted.map((order) => orders.place(order, headers)));
      const taken = new Set(answers.flatMap(({ status }, n) => (status === 202 ? [wanted[n]?.currency] : [])));
      expect(taken.size).toBe(1);
      expect(answers.filter(({ status }) => status === 202)).toHaveLength(5);
      const { orderId = '', instanceId = '' } = answers.find(({ status }) => status === 202)?.body ?? {};
      await orders.ended(instanceId);
      expect([...taken]).toEqual([(await orders.read(orderId)).currency]);
    }
  });

  it('that is asked for under an unknown id is not found', async () => {
    expect(await orders.get('/api/orders/ord-unknown')).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining("no order 'ord-unknown'") as string },
    });
  });
});

describe('a bad order', () => {
  it('is answered 400 with each bad field, and starts nothing', async () => {
    const answer = await orders.place<ProblemDocument>({
      ...sampleOrder(),
      lines: [{ sku: 'TEA-1', quantity: 0, unitPrice: 1, color: 'green' }],
      currency: 'EUX',
      colour: 'red',
    });
    expect(answer.status).toBe(400);
    const { errors } = answer.body;
    expect(errors?.map(({ field }) => field)).toEqual(['lines.0.quantity', 'lines.0.color', 'currency', 'colour']);
  });
});

describe('an order that a system says no to', () => {
  it.each(['tok_declined', 'tok_insufficient_funds'])('by card %s is released and cancelled', async (cardToken) => {
    const { orderId, instanceId, saga } = await run(card(cardToken));
    const code = cardToken === 'tok_declined' ? 'card_declined' : 'insufficient_funds';
    expect(saga).toMatchObject({ runtimeStatus: 'Failed', phase: 'failed', error: { code } });
    expect(await orders.undosOf(instanceId)).toEqual(['reserveInventory', 'createOrder']);
    expect(await orders.balanceOf(instanceId)).toEqual(undone({ reservations: 1 }));
    expect(await orders.read(orderId)).toMatchObject({ status: 'failed', error: { code } });
    expect(await orders.messages(instanceId)).toEqual([]);
  });

  it.each([
    ['SOLD-OUT', 'out_of_stock'],
    ['DISCONTINUED', 'unknown_sku'],
  ])('for %s is cancelled before anything is charged', async (sku, code) => {
    const { orderId, instanceId, saga } = await run(sampleOrder({ lines: [{ sku, quantity: 1, unitPrice: 5 }] }));
    expect(saga).toMatchObject({ runtimeStatus: 'Failed', error: { code } });
    expect(await orders.undosOf(instanceId)).toEqual(['createOrder']);
    expect(await orders.balanceOf(instanceId)).toEqual(undone({}));
    expect(await orders.read(orderId)).toMatchObject({ status: 'failed', error: { code } });
  });

  it('because nobody delivers there is refunded, released and cancelled, in that order', async () => {
    const { instanceId, saga } = await run(sampleOrder({ shippingAddress: address('00422') }));
    expect(saga).toMatchObject({ runtimeStatus: 'Failed', error: { code: 'undeliverable' } });
    expect(await orders.undosOf(instanceId)).toEqual(['chargePayment', 'reserveInventory', 'createOrder']);
    expect(await orders.balanceOf(instanceId)).toEqual(undone({ reservations: 1, charges: 1 }));
  });
});

describe('a charge', () => {
  it.each([
    ['tok_times_out', 'payments_timeout'],
    ['tok_reply_lost', 'payments_reply_lost'],
  ])('by %s happens, is never confirmed, and is refunded exactly once', async (cardToken, code) => {
    const { orderId, instanceId, saga } = await run(card(cardToken));
    expect(saga).toMatchObject({ runtimeStatus: 'Failed', error: { code } });
    expect(saga.compensation).toContainEqual({ step: 'main/chargePayment#1', outcome: 'unknown', undo: 'done' });
    expect(await orders.undosOf(instanceId)).toEqual(['chargePayment', 'reserveInventory', 'createOrder']);
    expect(await orders.balanceOf(instanceId)).toEqual(undone({ reservations: 1, charges: 1 }));
    expect(await orders.read(orderId)).toMatchObject({ status: 'failed' });
  });

  it('whose first reply is lost is found by the next attempt, and made once', async () => {
    const { instanceId, saga } = await run(card('tok_reply_lost_once'));
    expect(saga).toMatchObject({ runtimeStatus: 'Completed' });
    expect(await orders.balanceOf(instanceId)).toEqual(fulfilled(25));
  });

  it('that is rate limited waits as long as it was told', async () => {
    const { instanceId, saga } = await run(card('tok_rate_limited'));
    expect(saga).toMatchObject({ runtimeStatus: 'Completed' });
    expect(await orders.timersOf(instanceId)).toEqual([3, 3]);
    expect(await orders.balanceOf(instanceId)).toEqual(fulfilled(25));
  });
});

// Five failures of a system in a row would keep the next order away from it for a minute: a good one comes in between.
describe('while the carrier is down', () => {
  it('after it took the parcel, the parcel is called off too', async () => {
    const { instanceId } = await run(sampleOrder({ shippingAddress: address('00504') }));
    expect(await orders.undosOf(instanceId)).toEqual([
      'scheduleShipping',
      'chargePayment',
      'reserveInventory',
      'createOrder',
    ]);
    expect(await orders.balanceOf(instanceId)).toEqual(undone({ reservations: 1, charges: 1, shipments: 1 }));
  });

  it('an order is refunded, released and cancelled, fails at the gate, and a rewind afterwards fulfils it', async () => {
    expect((await orders.post('/api/dev/faults', { shipping: 'off' })).status).toBe(200);
    const { orderId, instanceId, saga } = await run(sampleOrder());
    expect(saga).toMatchObject({
      runtimeStatus: 'Failed',
      phase: 'failed',
      error: { code: 'shipping_down' },
      rewindable: { yes: true, actions: ['retry', 'abort'] },
    });
    expect(await orders.timersOf(instanceId)).toEqual([1, 2]);
    expect(await orders.undosOf(instanceId)).toEqual(['chargePayment', 'reserveInventory', 'createOrder']);
    expect(await orders.balanceOf(instanceId)).toEqual(undone({ reservations: 1, charges: 1 }));
    expect(await orders.read(orderId)).toMatchObject({ status: 'failed', error: { code: 'shipping_down' } });

    await orders.post('/api/dev/faults', { shipping: 'on' });
    const decision = { by: 'Kim', reason: 'the carrier is back' };
    expect((await orders.post(`/api/sagas/${instanceId}/rewind`, decision)).status).toBe(202);
    await orders.untilSaga(instanceId, ({ runtimeStatus }) => runtimeStatus === 'Completed');
    expect(await orders.balanceOf(instanceId)).toEqual(fulfilled(25, { reservations: 1, charges: 1 }));
    const record = await orders.read(orderId);
    expect(record).toMatchObject({ status: 'fulfilled' });
    expect(record.error).toBeUndefined();
  });

  it('for real, its own answers lead to the same end', async () => {
    const { instanceId, saga } = await run(sampleOrder({ shippingAddress: address('00503') }));
    expect(saga).toMatchObject({ runtimeStatus: 'Failed', error: { code: 'carrier_down' } });
    expect(await orders.undosOf(instanceId)).toEqual(['chargePayment', 'reserveInventory', 'createOrder']);
    expect(await orders.balanceOf(instanceId)).toEqual(undone({ reservations: 1, charges: 1 }));
  });
});

describe('an order that looks like fraud', () => {
  it('says so when its saga is killed', async () => {
    const { orderId, instanceId } = (await orders.place(suspicious())).body;
    await orders.untilOrder(orderId, 'awaiting_review');
    await orders.post(`/api/sagas/${instanceId}/terminate`, { by: 'Kim', reason: 'lost' });
    expect(await orders.read(orderId)).toMatchObject({
      status: 'failed',
      reservationId: expect.any(String) as string,
      closedAt: expect.any(String) as string,
      error: { code: 'terminated', message: 'its saga was terminated (by Kim: lost)' },
    });
  });

  it('waits for a person, charges nothing until then, and goes on when it is approved', async () => {
    const { orderId, instanceId } = (await orders.place(suspicious())).body;
    await orders.untilOrder(orderId, 'awaiting_review');
    const { review } = await orders.untilSaga(instanceId, ({ phase }) => phase === 'in_review');
    expect(review?.of).toMatchObject({ orderId, score: 90, reasons: ['e-mail known from fraud'], total: 25 });
    expect((await orders.balanceOf(instanceId)).kept).toEqual({ reservations: 1, charges: 0, shipments: 0 });
    const nonsense = await decide(instanceId, { decision: 'approve', data: { checkedBy: 'stars' } });
    expect(nonsense.status).toBe(400);

    expect((await decide(instanceId, { decision: 'approve', data: { checkedBy: 'phone' } })).status).toBe(202);
    expect(await orders.ended(instanceId)).toMatchObject({ runtimeStatus: 'Completed' });
    expect(await orders.read(orderId)).toMatchObject({
      status: 'fulfilled',
      fraud: { score: 90, risk: 'high' },
      review: { decision: 'approve', by: 'Kim', checkedBy: 'phone' },
    });
    expect(await orders.balanceOf(instanceId)).toEqual(fulfilled(25));
  });

  it('is released and cancelled when it is rejected', async () => {
    const { orderId, instanceId } = (await orders.place(suspicious())).body;
    await orders.untilSaga(instanceId, ({ phase }) => phase === 'in_review');
    expect((await decide(instanceId, { decision: 'reject', reason: 'a stolen card' })).status).toBe(202);
    expect(await orders.ended(instanceId)).toMatchObject({
      runtimeStatus: 'Failed',
      error: { code: 'review_rejected' },
    });
    expect(await orders.undosOf(instanceId)).toEqual(['reserveInventory', 'createOrder']);
    expect(await orders.balanceOf(instanceId)).toEqual(undone({ reservations: 1 }));
    expect(await orders.read(orderId)).toMatchObject({
      status: 'rejected',
      review: { decision: 'reject', by: 'Kim', reason: 'a stolen card' },
    });
  });

  it('is undone when it is cancelled meanwhile', async () => {
    const { orderId, instanceId } = (await orders.place(suspicious())).body;
    await orders.untilSaga(instanceId, ({ phase }) => phase === 'in_review');
    await orders.post(`/api/sagas/${instanceId}/cancel`, { by: 'Mallory', reason: 'changed my mind' });
    await orders.ended(instanceId);
    expect(await orders.balanceOf(instanceId)).toEqual(undone({ reservations: 1 }));
    expect(await orders.read(orderId)).toMatchObject({ status: 'cancelled' });
  });
});

describe('a message that cannot be delivered', () => {
  it('costs the customer that message, and nothing else', async () => {
    const contacts = [
      { channel: 'email' as const, to: 'unreachable@example.org' },
      { channel: 'in_app' as const, to: 'c-1' },
    ];
    const { orderId, instanceId, saga } = await run(sampleOrder({ contacts }));
    expect(saga).toMatchObject({ runtimeStatus: 'Completed' });
    expect(await orders.read(orderId)).toMatchObject({
      status: 'fulfilled',
      notices: [
        { channel: 'email', sent: false, error: 'channel_down' },
        { channel: 'in_app', sent: true },
      ],
    });
    expect(await orders.messages(instanceId)).toHaveLength(1);
    expect(await orders.balanceOf(instanceId)).toEqual(fulfilled(25));
  });
});
