import { z } from 'zod';
import { defineEffects, type OutsideSystem, type Refusal } from './outside-system.ts';

const requestSchema = z.object({
  orderId: z.string(),
  address: z.object({ postalCode: z.string(), city: z.string(), country: z.string() }),
  lines: z.array(z.object({ sku: z.string(), quantity: z.number() })),
});

/** Test addresses, by postal code; every other one is delivered to. */
function refuse(postalCode: string): Refusal | undefined {
  switch (postalCode) {
    case '00503':
      return { refused: 503, code: 'carrier_down', message: 'the carrier does not answer' };
    case '00422':
      return { refused: 422, code: 'undeliverable', message: 'no carrier delivers to this address' };
    default:
      return undefined;
  }
}

export const shipping: OutsideSystem = {
  name: 'shipping',
  effects: {
    shipments: defineEffects({
      request: requestSchema,
      book({ address }, { newId }) {
        const shipmentId = newId();
        const trackingNumber = `LP${shipmentId.replaceAll('-', '').slice(0, 12).toUpperCase()}`;
        return refuse(address.postalCode) ?? { shipmentId, carrier: 'local-parcel', trackingNumber };
      },
      reply: ({ address }) => (address.postalCode === '00504' ? 'dropped' : 'sent'),
    }),
  },
  undos: { cancellations: { of: 'shipments', field: 'shipment' } },
};
