import { z } from 'zod';
import type { Faults } from '../src/faults.ts';
import { type FraudScore, fraudScoreSchema } from '../src/orders/order-record.ts';
import { defineActivity, minutes } from '../src/saga/index.ts';
import type { Fraud } from '../src/trade/fraud-client.ts';

export interface FraudServices {
  readonly fraud: Fraud;
  readonly faults: Faults;
  /** A score over this, 0 to 100, is for a person to decide. */
  readonly fraudThreshold: number;
}

/** A score changes nothing, so there is nothing to undo. */
export const scoreFraud = defineActivity({
  name: 'scoreFraud',
  input: z.object({
    orderId: z.string(),
    email: z.string(),
    country: z.string(),
    amount: z.number(),
    currency: z.string(),
  }),
  output: fraudScoreSchema,
  effect: 'none',
  timeoutMs: minutes(1),
  async run(request, { fraud, faults, fraudThreshold }: FraudServices, call): Promise<FraudScore> {
    faults.check('fraud');
    const { score, reasons } = await fraud.score(request, call);
    return { score, reasons, risk: score > fraudThreshold ? 'high' : 'low' };
  },
});
