import { createHash } from 'node:crypto';

/** The same unique text gives the same order: a repeated request with one idempotency key finds the order of the first. */
export const orderIdOf = (unique: string): string =>
  `ord-${createHash('sha256').update(unique).digest('hex').slice(0, 24)}`;

export const orderInstanceId = (orderId: string): string => `order-${orderId}`;
