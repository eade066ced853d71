import type { OrderRequest } from '../../src/orders/order.ts';

/** A good order of 25 EUR. */
export const sampleOrder = (change: Partial<OrderRequest> = {}): OrderRequest => ({
  customer: { id: 'c-1', name: 'Ada Berg', email: 'ada@example.org' },
  lines: [{ sku: 'TEA-1', quantity: 2, unitPrice: 12.5 }],
  currency: 'EUR',
  payment: { cardToken: 'tok_visa' },
  shippingAddress: { name: 'Ada Berg', street: 'Hafenweg 1', postalCode: '20095', city: 'Hamburg', country: 'DE' },
  contacts: [
    { channel: 'email', to: 'ada@example.org' },
    { channel: 'sms', to: '+491700000000' },
    { channel: 'webhook', to: 'https://example.org/orders' },
    { channel: 'in_app', to: 'c-1' },
  ],
  ...change,
});
