import { createHash } from 'node:crypto';

/** The same unique text gives the same order: a repeated request with one idempotency key finds the order of the first. */
export const orderIdOf = (unique: string): string =>
  `ord-${createHash('sha256').update(unique).digest('hex').slice(0, 24)}`;

/** What can stand in instance ids, item ids, blob names and URLs as it is. */
export const orderIdForm = /^[A-Za-z0-9][\w.-]{0,99}$/;

const instancePrefix = 'order-';

export const orderInstanceId = (orderId: string): string => `${instancePrefix}${orderId}`;

/** Undefined for an instance that is none of an order's. */
export function orderIdOfInstance(instanceId: string): string | undefined {
  const id = instanceId.startsWith(instancePrefix) ? instanceId.slice(instancePrefix.length) : '';
  return orderIdForm.test(id) ? id : undefined;
}
