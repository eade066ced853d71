import { z } from 'zod';
import { createServiceClient, critical, type KeyedCall, type ServiceOptions } from './service-client.ts';

const scoreSchema = z.object({
  /** 0 to 100. */
  score: z.number().min(0).max(100),
  reasons: z.array(z.string()),
});
export type Score = z.infer<typeof scoreSchema>;

export interface ScoreRequest {
  readonly orderId: string;
  readonly email: string;
  readonly country: string;
  /** In major units. */
  readonly amount: number;
  readonly currency: string;
}

export interface Fraud {
  score(request: ScoreRequest, call: KeyedCall): Promise<Score>;
}

export function createFraud(options: ServiceOptions): Fraud {
  const service = createServiceClient('fraud', options, critical);
  return { score: (request, call) => service.post('scores', request, scoreSchema, call) };
}
