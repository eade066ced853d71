import { z } from 'zod';
import type { Faults } from '../src/faults.ts';
import { defineActivity, minutes, sensitive, transient } from '../src/saga/index.ts';
import type { Payments } from '../src/trade/payments-client.ts';

export interface PaymentServices {
  readonly payments: Payments;
  readonly faults: Faults;
}

/** The refund names the charge by its idempotency key: a charge whose answer was lost has no id that we know. */
export const chargePayment = defineActivity({
  name: 'chargePayment',
  input: z.object({ orderId: z.string(), cardToken: sensitive(z.string()), amount: z.number(), currency: z.string() }),
  output: z.object({ chargeId: z.string() }),
  timeoutMs: minutes(1),
  retry: { ...transient, maxAttempts: 3 },
  async run(request, { payments, faults }: PaymentServices, call) {
    faults.check('payments');
    return payments.charge(request, call);
  },
  async undo({ idempotencyKey }, { payments, faults }, call) {
    faults.check('payments');
    await payments.refund(idempotencyKey, call);
  },
});
