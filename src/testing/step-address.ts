/**
 * Which executions of steps are meant: the k-th that the host runs, from 1 and over all instances; `chargePayment#2`, the second of
 * an activity in its instance, as statuses and logs name it; or `chargePayment`, every one.
 */
export type StepAddress = number | string;

export interface ExecutedStep {
  /** `main/chargePayment#2` */
  readonly id: string;
  /** From 1, in order of their first calls. */
  readonly place: number;
}

/** `chargePayment#2` */
export const shortStep = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

export function isAt(address: StepAddress, { id, place }: ExecutedStep): boolean {
  if (typeof address === 'number') return address === place;
  const short = shortStep(id);
  return address === id || address === short || address === short.replace(/#\d+$/, '');
}

/** @throws RangeError for an address that can never be met */
export function checkAddress(address: StepAddress, activities: readonly string[]): void {
  if (typeof address === 'number') {
    if (Number.isInteger(address) && address >= 1) return;
    throw new RangeError(`step ${address}: steps are numbered 1, 2, 3, … in the order in which they are first called`);
  }
  const name = shortStep(address).replace(/#\d+$/, '');
  if (activities.includes(name)) return;
  throw new RangeError(`step '${address}': there is no activity '${name}'; there are ${activities.join(', ')}`);
}

/** What an idempotency key of the engine says: `instanceId/scope/step#n/do`. */
export function readCallKey(
  key: string,
  instanceId: string,
): { readonly step: string; readonly direction: 'do' | 'undo' } {
  const own = key.startsWith(`${instanceId}/`) ? key.slice(instanceId.length + 1) : key;
  const end = own.lastIndexOf('/');
  return { step: own.slice(0, end), direction: own.slice(end + 1) === 'undo' ? 'undo' : 'do' };
}
