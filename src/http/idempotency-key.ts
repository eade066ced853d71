import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import { checked } from './problem.ts';

export const idempotencyHeaders = z.object({ 'Idempotency-Key': z.string().min(1).max(255).optional() });

/** What the client names a request by, so that it can be repeated. @throws Problem `invalid` */
export function idempotencyKeyOf(request: HttpRequest): string | undefined {
  const key = request.headers.get('idempotency-key') ?? undefined;
  return checked(idempotencyHeaders, { 'Idempotency-Key': key }, 'The request')['Idempotency-Key'];
}
