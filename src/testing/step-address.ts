/**
 * Which executions of steps are meant: the k-th that the host runs, from 1 and over all instances; `chargePayment#2`, the second of
 * an activity, as statuses and logs name it (in a sub-saga `payOrder#1/chargePayment#2`); or `chargePayment`, every one.
 */
export type StepAddress = number | string;

export interface ExecutedStep {
  /** `main/chargePayment#2` */
  readonly id: string;
  /** From 1, in order of their first calls. */
  readonly place: number;
}

const withoutNumber = (id: string): string => id.slice(id.lastIndexOf('/') + 1).replace(/#\d+$/, '');

export const isAt = (address: StepAddress, { id, place }: ExecutedStep): boolean =>
  typeof address === 'number' ? address === place : `/${id}`.endsWith(`/${address}`) || address === withoutNumber(id);

/** What tells a step from all others: its id without the outermost scope. */
export const shortStep = (id: string): string => id.replace(/^main\//, '');

/** @throws RangeError for an address that can never be met */
export function checkAddress(address: StepAddress, activities: readonly string[]): void {
  if (typeof address === 'number') {
    if (Number.isInteger(address) && address >= 1) return;
    throw new RangeError(`step ${address}: steps are numbered 1, 2, 3, … in the order in which they are first called`);
  }
  const name = withoutNumber(address);
  if (activities.includes(name)) return;
  throw new RangeError(`step '${address}': there is no activity '${name}'; there are ${activities.join(', ')}`);
}

/** What an idempotency key of the engine says: `instanceId/scope/step#n/do`. */
export function readCallKey(
  key: string,
  instanceId: string,
): { readonly step: string; readonly direction: 'do' | 'undo' } {
  const end = key.lastIndexOf('/');
  return { step: key.slice(instanceId.length + 1, end), direction: key.slice(end + 1) === 'undo' ? 'undo' : 'do' };
}
