import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeTotal, fitsCurrency, fractionDigits } from '../../src/orders/money.ts';
import { orderRequestSchema, orderSchema } from '../../src/orders/order.ts';
import { orderIdOf } from '../../src/orders/order-id.ts';
import { openOrder, orderRecordSchema } from '../../src/orders/order-record.ts';
import { sampleOrder } from './sample-order.ts';

const complaints = (order: unknown) =>
  (orderRequestSchema.safeParse(order).error?.issues ?? []).map(({ path }) => path.join('.'));

describe('an order request', () => {
  it('is taken as it is, and without contacts has none', () => {
    const order = sampleOrder();
    expect(orderRequestSchema.parse(order)).toEqual(order);
    const { contacts: _, ...quiet } = order;
    expect(orderRequestSchema.parse(quiet).contacts).toEqual([]);
  });

  it('is refused with every bad field named, the prices among them', () => {
    const order = sampleOrder();
    const bad = {
      ...order,
      customer: { id: '', name: 'Ada', email: 'nobody' },
      currency: 'JPY',
      lines: [
        { sku: 'TEA-1', quantity: 1, unitPrice: 12.5 },
        { sku: 'TEA-2', quantity: 2, unitPrice: 3 },
      ],
      payment: {},
      contacts: [
        { channel: 'sms', to: '0170' },
        { channel: 'pigeon', to: 'loft' },
      ],
    };
    expect(complaints(bad)).toEqual([
      'customer.id',
      'customer.email',
      'payment.cardToken',
      'contacts.0.to',
      'contacts.1.channel',
      'lines.0.unitPrice',
    ]);
  });

  it.each([
    ['no lines', { lines: [] }, 'lines'],
    ['no whole quantity', { lines: [{ sku: 'A', quantity: 1.5, unitPrice: 1 }] }, 'lines.0.quantity'],
    ['nothing of an article', { lines: [{ sku: 'A', quantity: 0, unitPrice: 1 }] }, 'lines.0.quantity'],
    ['a price below zero', { lines: [{ sku: 'A', quantity: 1, unitPrice: -1 }] }, 'lines.0.unitPrice'],
    ['an article code with a space', { lines: [{ sku: 'A B', quantity: 1, unitPrice: 1 }] }, 'lines.0.sku'],
    ['a currency that does not exist', { currency: 'EUX' }, 'currency'],
    ['a webhook that is no web address', { contacts: [{ channel: 'webhook', to: 'file:///etc' }] }, 'contacts.0.to'],
  ])('with %s is refused', (_, change, field) => {
    expect(complaints({ ...sampleOrder(), ...change })).toEqual([field]);
  });
});

describe('the total of an order', () => {
  it('is exact in the decimals of its currency', () => {
    expect(computeTotal([{ quantity: 3, unitPrice: 0.1 }], 'EUR')).toBe(0.3);
    expect(computeTotal([{ quantity: 3, unitPrice: 1.005 }], 'KWD')).toBe(3.015);
    expect(computeTotal([{ quantity: 3, unitPrice: 100 }], 'JPY')).toBe(300);
  });

  it('is the sum that counting in minor units gives, for any prices', () => {
    const line = fc.record({ quantity: fc.integer({ min: 1, max: 10_000 }), minor: fc.integer({ min: 0, max: 1e8 }) });
    const currency = fc.constantFrom('EUR', 'JPY', 'KWD');
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), currency, (lines, code) => {
        const scale = 10 ** fractionDigits(code);
        const priced = lines.map(({ quantity, minor }) => ({ quantity, unitPrice: minor / scale }));
        for (const { unitPrice } of priced) expect(fitsCurrency(unitPrice, code)).toBe(true);
        const expected = lines.reduce((sum, { quantity, minor }) => sum + quantity * minor, 0) / scale;
        expect(computeTotal(priced, code)).toBe(expected);
      }),
    );
  });
});

describe('the record of an order', () => {
  it('shows all but the card and the contacts', () => {
    const order = orderSchema.parse({
      ...sampleOrder(),
      id: orderIdOf('a'),
      placedAt: '2026-01-02T03:04:05.678Z',
      correlationId: 'c-9',
    });
    const record = openOrder(order, 'order-1');
    expect(orderRecordSchema.parse(record)).toEqual(record);
    expect(record).toMatchObject({ id: order.id, instanceId: 'order-1', status: 'processing', total: 25 });
    expect(JSON.stringify(record)).not.toContain(order.payment.cardToken);
  });
});
