import { Problem } from '../http/problem.ts';
import { IdempotencyConflict } from '../intake/idempotency-conflict.ts';

/** For what intake throws. @throws Problem `idempotency_key_reused`, or the error as it is */
export function refuseReusedKey(error: unknown): never {
  throw error instanceof IdempotencyConflict ? new Problem(422, 'idempotency_key_reused', error.message) : error;
}
