import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import { Problem } from './problem.ts';

const longestKey = 255;

export const idempotencyHeaders = z.object({ 'Idempotency-Key': z.string().min(1).max(longestKey).optional() });

/** What the client names a request by, so that it can be repeated. @throws Problem `invalid` */
export function idempotencyKeyOf(request: HttpRequest): string | undefined {
  const key = request.headers.get('idempotency-key') ?? undefined;
  if (key === undefined || (key !== '' && key.length <= longestKey)) return key;
  throw new Problem(400, 'invalid', `Idempotency-Key must have 1 to ${longestKey} characters.`, [
    { field: 'Idempotency-Key', message: `has ${key.length} characters` },
  ]);
}
