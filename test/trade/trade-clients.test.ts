import { describe, expect, it } from 'vitest';
import { sampleOrder } from '../orders/sample-order.ts';
import { keyed, startLocalTrade } from './local-trade.ts';

const charge = (cardToken: string) => ({ orderId: 'o-1', cardToken, amount: 25, currency: 'EUR' });
const reservation = (sku: string, quantity = 1) => ({ orderId: 'o-1', lines: [{ sku, quantity }] });
const shipment = (postalCode: string) => ({
  orderId: 'o-1',
  address: { ...sampleOrder().shippingAddress, postalCode },
  lines: [{ sku: 'TEA-1', quantity: 2 }],
});

const message = (channel: 'email' | 'sms', to: string) => ({ orderId: 'o', channel, to, subject: 'S', text: 'T' });

describe('payments', () => {
  it('charge a card once for a key, and refund it once', async () => {
    const { payments, list } = await startLocalTrade();
    const first = await payments.charge(charge('tok_visa'), keyed('o-1/do'));
    expect(await payments.charge(charge('tok_visa'), keyed('o-1/do'))).toEqual(first);
    expect(await list('payments/charges')).toMatchObject([{ state: 'done', answer: first }]);

    await payments.refund('o-1/do', keyed('o-1/undo'));
    await payments.refund('o-1/do', keyed('o-1/undo'));
    expect(await list('payments/charges')).toMatchObject([{ state: 'undone' }]);
    expect(await list('payments/refunds')).toMatchObject([{ answer: { undone: true } }]);
  });

  it('refuse another charge under a key that was used', async () => {
    const { payments } = await startLocalTrade();
    await payments.charge(charge('tok_visa'), keyed('k'));
    await expect(payments.charge({ ...charge('tok_visa'), amount: 1 }, keyed('k'))).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'idempotency_key_reused',
    });
  });

  it.each([
    ['tok_declined', 'card_declined'],
    ['tok_insufficient_funds', 'insufficient_funds'],
  ])('with %s say no for good, and charge nothing', async (card, code) => {
    const { payments, list } = await startLocalTrade();
    await expect(payments.charge(charge(card), keyed('k'))).rejects.toMatchObject({
      name: 'TerminalError',
      code,
      outcome: 'failed',
    });
    expect(await list('payments/charges')).toEqual([]);
  });

  it.each([
    ['tok_times_out', 'payments_timeout'],
    ['tok_reply_lost', 'payments_reply_lost'],
  ])('with %s leave unknown whether they charged, and are refunded by the key of the charge', async (card, code) => {
    const { payments, list } = await startLocalTrade();
    await expect(payments.charge(charge(card), keyed('k/do'))).rejects.toMatchObject({
      name: 'RetryableError',
      code,
      outcome: 'unknown',
    });
    expect(await list('payments/charges')).toMatchObject([{ state: 'done' }]);
    await payments.refund('k/do', keyed('k/undo'));
    expect(await list('payments/charges')).toMatchObject([{ state: 'undone' }]);
  });

  it('that lost a reply give it to the next attempt, with one charge', async () => {
    const { payments, list } = await startLocalTrade();
    await expect(payments.charge(charge('tok_reply_lost_once'), keyed('k'))).rejects.toMatchObject({
      outcome: 'unknown',
    });
    const { chargeId } = await payments.charge(charge('tok_reply_lost_once'), keyed('k'));
    expect(await list('payments/charges')).toMatchObject([{ answer: { chargeId } }]);
  });

  it('that are asked too often say when to come back', async () => {
    const { payments } = await startLocalTrade();
    for (const _ of ['first', 'second']) {
      await expect(payments.charge(charge('tok_rate_limited'), keyed('k'))).rejects.toMatchObject({
        name: 'RetryableError',
        code: 'rate_limited',
        retryAfterMs: 3_000,
        outcome: 'failed',
      });
    }
    expect(await payments.charge(charge('tok_rate_limited'), keyed('k'))).toHaveProperty('chargeId');
  });

  it('never charge what was refunded before the charge arrived', async () => {
    const { payments, list } = await startLocalTrade();
    await payments.refund('late/do', keyed('late/undo'));
    await expect(payments.charge(charge('tok_visa'), keyed('late/do'))).rejects.toMatchObject({ code: 'voided' });
    expect(await list('payments/charges')).toMatchObject([{ state: 'void' }]);
    expect(await list('payments/refunds')).toMatchObject([{ answer: { undone: false } }]);
  });

  it('of a card that takes no refunds stay', async () => {
    const { payments, list } = await startLocalTrade();
    await payments.charge(charge('tok_refund_refused'), keyed('k/do'));
    await expect(payments.refund('k/do', keyed('k/undo'))).rejects.toMatchObject({ code: 'refund_refused' });
    expect(await list('payments/charges')).toMatchObject([{ state: 'done' }]);
    expect(await list('payments/refunds')).toEqual([]);
  });

  it('keep what they did over a restart', async () => {
    const trade = await startLocalTrade();
    const first = await trade.payments.charge(charge('tok_visa'), keyed('k/do'));
    await trade.restart();
    expect(await trade.payments.charge(charge('tok_visa'), keyed('k/do'))).toEqual(first);
    await trade.payments.refund('k/do', keyed('k/undo'));
    await trade.restart();
    expect(await trade.list('payments/charges')).toMatchObject([{ state: 'undone' }]);
  });
});

describe('inventory', () => {
  it('reserves all lines or none, and gives them back', async () => {
    const { inventory, list } = await startLocalTrade();
    const stock = async () =>
      Object.fromEntries(
        (await list<{ sku: string; available: number }>('inventory/stock')).map(({ sku, available }) => [
          sku,
          available,
        ]),
      );
    const before = await stock();
    const lines = [
      { sku: 'LAST-ONE', quantity: 1 },
      { sku: 'TEA-1', quantity: 5 },
    ];
    await inventory.reserve({ orderId: 'o-1', lines }, keyed('a/do'));
    expect(await stock()).toEqual({ ...before, 'LAST-ONE': 0, 'TEA-1': 999_995 });
    await expect(inventory.reserve({ orderId: 'o-2', lines }, keyed('b/do'))).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'out_of_stock',
      message: expect.stringContaining('LAST-ONE: 1 wanted, 0 available') as string,
    });
    await inventory.release('a/do', keyed('a/undo'));
    await inventory.release('a/do', keyed('a/undo'));
    expect(await stock()).toEqual({ ...before, 'TEA-1': 1_000_000 });
  });

  it('counts an article of several lines as one', async () => {
    const { inventory } = await startLocalTrade();
    const lines = [
      { sku: 'LAST-ONE', quantity: 1 },
      { sku: 'LAST-ONE', quantity: 1 },
    ];
    await expect(inventory.reserve({ orderId: 'o', lines }, keyed('k'))).rejects.toMatchObject({
      code: 'out_of_stock',
    });
  });

  it.each([
    ['SOLD-OUT', 'out_of_stock'],
    ['DISCONTINUED', 'unknown_sku'],
  ])('has no %s', async (sku, code) => {
    const { inventory } = await startLocalTrade();
    await expect(inventory.reserve(reservation(sku), keyed('k'))).rejects.toMatchObject({
      name: 'TerminalError',
      code,
    });
  });
});

describe('fraud', () => {
  it.each([
    ['a small order', {}, 0],
    ['a dear one', { amount: 1_500 }, 30],
    ['a very dear one', { amount: 6_000 }, 80],
    ['a country at risk', { country: 'KP' }, 50],
    ['a known address', { email: 'fraud@example.org' }, 90],
    ['everything at once', { email: 'fraud@example.org', country: 'IR', amount: 9_000 }, 100],
  ])('scores %s', async (_, change, expected) => {
    const { fraud } = await startLocalTrade();
    const request = { orderId: 'o', email: 'ada@example.org', country: 'DE', amount: 25, currency: 'EUR', ...change };
    expect((await fraud.score(request, keyed('k'))).score).toBe(expected);
  });
});

describe('shipping', () => {
  it('schedules a parcel once for a key, and calls it off', async () => {
    const { shipping, list } = await startLocalTrade();
    const first = await shipping.schedule(shipment('20095'), keyed('k/do'));
    expect(await shipping.schedule(shipment('20095'), keyed('k/do'))).toEqual(first);
    await shipping.cancel('k/do', keyed('k/undo'));
    expect(await list('shipping/shipments')).toMatchObject([{ state: 'undone', answer: first }]);
    expect(await list('shipping/cancellations')).toMatchObject([{ answer: { undone: true } }]);
  });

  it.each([
    ['00503', { name: 'RetryableError', code: 'carrier_down', outcome: 'failed' }],
    ['00422', { name: 'TerminalError', code: 'undeliverable', outcome: 'failed' }],
    ['00504', { name: 'RetryableError', code: 'shipping_reply_lost', outcome: 'unknown' }],
  ])('to %s fails', async (postalCode, error) => {
    const { shipping } = await startLocalTrade();
    await expect(shipping.schedule(shipment(postalCode), keyed('k'))).rejects.toMatchObject(error);
  });
});

describe('notifications', () => {
  it('are kept by channel', async () => {
    const { notifications, list } = await startLocalTrade();
    await notifications.send(message('email', 'ada@example.org'), keyed('a'));
    await notifications.send(message('sms', '+491700000000'), keyed('b'));
    expect((await list('notifications/messages')).map(({ request }) => request)).toEqual([
      message('email', 'ada@example.org'),
      message('sms', '+491700000000'),
    ]);
  });

  it('go on by one channel while another one is kept away from', async () => {
    const { notifications, list } = await startLocalTrade();
    const failing = () =>
      notifications.send(message('email', 'unreachable@example.org'), keyed('e')).catch((error: unknown) => error);
    for (let n = 0; n < 5; n++) expect(await failing()).toMatchObject({ code: 'channel_down' });
    expect(await failing()).toMatchObject({ code: 'email_circuit_open' });
    await notifications.send(message('sms', '+491700000000'), keyed('s'));
    expect(await list('notifications/messages')).toHaveLength(1);
  });
});

describe('the local systems', () => {
  it.each([
    ['POST', 'payments/charges', {}, '{}', 400, 'no_idempotency_key'],
    ['POST', 'payments/charges', { 'idempotency-key': 'k' }, 'no json', 400, 'invalid'],
    ['POST', 'payments/refunds', { 'idempotency-key': 'k' }, '{"charge":7}', 400, 'invalid'],
    ['POST', 'payments/tips', { 'idempotency-key': 'k' }, '{}', 404, 'not_found'],
    ['GET', 'payments/tips', {}, undefined, 404, 'not_found'],
    ['GET', 'bank', {}, undefined, 404, 'not_found'],
  ])('refuse %s %s %o %s', async (method, path, headers, body, status, code) => {
    const { url } = await startLocalTrade();
    const response = await fetch(`${url}/${path}`, { method, headers, ...(body !== undefined && { body }) });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });

  it('list what begins with a key', async () => {
    const { payments, list } = await startLocalTrade();
    for (const key of ['order-1/a', 'order-1/b', 'order-2/a']) await payments.charge(charge('tok_visa'), keyed(key));
    expect((await list('payments/charges?key=order-1/')).map(({ key }) => key)).toEqual(['order-1/a', 'order-1/b']);
  });
});
