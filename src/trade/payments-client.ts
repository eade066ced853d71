import { z } from 'zod';
import { createServiceClient, critical, type KeyedCall, type ServiceOptions } from './service-client.ts';

const chargeSchema = z.object({ chargeId: z.string() });
export type Charge = z.infer<typeof chargeSchema>;

export interface ChargeRequest {
  readonly orderId: string;
  readonly cardToken: string;
  /** In major units. */
  readonly amount: number;
  readonly currency: string;
}

export interface Payments {
  /** @throws TerminalError `card_declined`, `insufficient_funds` */
  charge(request: ChargeRequest, call: KeyedCall): Promise<Charge>;
  /** Gives back what was charged under the key, if anything was; a charge that arrives later still is refused. */
  refund(chargeKey: string, call: KeyedCall): Promise<void>;
}

export function createPayments(options: ServiceOptions): Payments {
  const service = createServiceClient('payments', options, critical);
  return {
    charge: (request, call) => service.post('charges', request, chargeSchema, call),
    async refund(chargeKey, call) {
      await service.post('refunds', { charge: chargeKey }, z.unknown(), call);
    },
  };
}
