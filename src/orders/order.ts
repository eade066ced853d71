import { z } from 'zod';
import { sensitive } from '../saga/sensitive.ts';
import { fitsCurrency, fractionDigits, isCurrency } from './money.ts';
import { orderIdForm } from './order-id.ts';

const text = (longest: number) => z.string().trim().min(1).max(longest);

export const orderLineSchema = z.strictObject({
  sku: z.string().regex(/^[A-Za-z0-9][\w.-]{0,63}$/, "1 to 64 letters, digits, '_', '.' or '-'"),
  quantity: z.number().int().min(1).max(10_000),
  /** In major units of the order's currency. */
  unitPrice: z.number().min(0).max(1_000_000),
});

export const addressSchema = z.strictObject({
  name: text(200),
  street: text(200),
  postalCode: text(20),
  city: text(100),
  country: z.string().regex(/^[A-Z]{2}$/, 'a country code of ISO 3166-1 such as DE'),
});
export type Address = z.infer<typeof addressSchema>;

export const customerSchema = z.strictObject({ id: text(100), name: text(200), email: z.email() });

export const channelSchema = z.enum(['email', 'sms', 'webhook', 'in_app']);
export type Channel = z.infer<typeof channelSchema>;

/** One way to tell the customer; each is tried for itself. */
export const contactSchema = z.discriminatedUnion('channel', [
  z.strictObject({ channel: z.literal('email'), to: z.email() }),
  z.strictObject({ channel: z.literal('sms'), to: z.e164() }),
  z.strictObject({ channel: z.literal('webhook'), to: z.url({ protocol: /^https?$/ }) }),
  z.strictObject({ channel: z.literal('in_app'), to: text(100) }),
]);

const currencySchema = z.string().refine(isCurrency, 'a currency code of ISO 4217 such as EUR');

const requestShape = {
  customer: customerSchema,
  lines: z.array(orderLineSchema).min(1).max(100),
  currency: currencySchema,
  /** The token that the payment provider gave for the card; a card number never gets here. */
  payment: z.strictObject({ cardToken: sensitive(text(200)) }),
  shippingAddress: addressSchema,
  contacts: z.array(contactSchema).max(10).default([]),
};

/** What of an order has to be right before its prices can be judged, whatever else is wrong with it. */
const pricedSchema = z.object({ lines: z.array(orderLineSchema), currency: currencySchema });
const whenPriced = { when: ({ value }: { readonly value: unknown }) => pricedSchema.safeParse(value).success };

/** What a customer orders. */
export const orderRequestSchema = z
  .strictObject(requestShape)
  .superRefine(pricesFitCurrency, whenPriced)
  .meta({ id: 'OrderRequest' });
export type OrderRequest = z.infer<typeof orderRequestSchema>;

/** An order as intake took it: the input of its saga. */
export const orderSchema = z
  .strictObject({
    id: z.string().regex(orderIdForm),
    placedAt: z.iso.datetime(),
    correlationId: text(128),
    /** The distributed trace that it came with. */
    traceparent: text(55).optional(),
    ...requestShape,
  })
  .superRefine(pricesFitCurrency, whenPriced);
export type Order = z.infer<typeof orderSchema>;

function pricesFitCurrency({ lines, currency }: z.infer<typeof pricedSchema>, context: z.RefinementCtx): void {
  for (const [n, { unitPrice }] of lines.entries()) {
    if (fitsCurrency(unitPrice, currency)) continue;
    context.addIssue({
      code: 'custom',
      path: ['lines', n, 'unitPrice'],
      message: `is ${unitPrice}; ${currency} has ${fractionDigits(currency)} decimals`,
    });
  }
}
