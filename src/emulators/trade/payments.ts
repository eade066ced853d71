import { z } from 'zod';
import { defineEffects, type OutsideSystem, type Refusal } from './outside-system.ts';

const requestSchema = z.object({
  orderId: z.string(),
  cardToken: z.string(),
  amount: z.number().min(0),
  currency: z.string(),
});

/** Test cards that are refused; every other token is a good card. */
function refuse(cardToken: string, attempt: number): Refusal | undefined {
  switch (cardToken) {
    case 'tok_declined':
      return { refused: 402, code: 'card_declined', message: 'the card was declined' };
    case 'tok_insufficient_funds':
      return { refused: 402, code: 'insufficient_funds', message: 'the card has insufficient funds' };
    case 'tok_rate_limited':
      return attempt > 2 ? undefined : rateLimited;
    default:
      return undefined;
  }
}

const rateLimited: Refusal = { refused: 429, code: 'rate_limited', message: 'too many charges', retryAfterSeconds: 3 };

const refundRefused: Refusal = { refused: 422, code: 'refund_refused', message: 'nothing is refunded to this card' };

export const payments: OutsideSystem = {
  name: 'payments',
  effects: {
    charges: defineEffects({
      request: requestSchema,
      book: ({ cardToken }, { newId, attempt }) => refuse(cardToken, attempt) ?? { chargeId: newId() },
      reply({ cardToken }, attempt) {
        if (cardToken === 'tok_times_out') return 'withheld';
        if (cardToken === 'tok_reply_lost') return 'dropped';
        return cardToken === 'tok_reply_lost_once' && attempt === 1 ? 'dropped' : 'sent';
      },
    }),
  },
  undos: {
    refunds: {
      of: 'charges',
      field: 'charge',
      refuse: (charge) => (requestSchema.parse(charge).cardToken === 'tok_refund_refused' ? refundRefused : undefined),
    },
  },
};
