import type { Activity } from './activity.ts';

/** `failed` means that the effect did not happen, `unknown` that it may have. */
export type Outcome = 'succeeded' | 'unknown' | 'failed';

/**
 * What a scope did, in the order in which its steps started. An entry is written before its call, so that there is no
 * effect without one; a scope that ends hands its entries to its parent.
 */
export interface LedgerEntry {
  readonly activity: Activity<unknown, unknown>;
  /** `scope/step#n`, unique in the instance. */
  readonly id: string;
  readonly input: unknown;
  /** Among all entries of the run: operations side by side hand theirs over in any order. */
  readonly order: number;
  output?: unknown;
  outcome: Outcome;
  /** Some attempt may have had its effect, whatever the others came to. */
  doubtful: boolean;
  undo: 'none' | 'pending' | 'done' | 'failed' | 'skipped';
  /** Who skipped the step, or its failed compensation, and why. */
  skipped?: Skipped;
}

export interface Skipped {
  readonly by: string;
  readonly reason: string | undefined;
}

export interface Scope {
  /** `main`, or the names of the open scopes from the outside in, joined by `/`. */
  readonly path: string;
  readonly onFailure: 'compensate' | 'hold';
  readonly entries: LedgerEntry[];
}

export const openScope = (path: string, onFailure: Scope['onFailure']): Scope => ({ path, onFailure, entries: [] });

/** Until it is known better, a call that was sent may have had its effect. */
export function enterStep<I, O>(
  { scope, ledger }: { readonly scope: Scope; readonly ledger: LedgerEntry[] },
  activity: Activity<I, O>,
  id: string,
  input: I,
): LedgerEntry {
  const undo = activity.effect === 'compensable' ? 'pending' : 'none';
  const entry: LedgerEntry = { activity, id, input, order: ledger.length, outcome: 'unknown', doubtful: false, undo };
  scope.entries.push(entry);
  ledger.push(entry);
  return entry;
}

/** A later attempt that failed for certain does not clear an earlier one whose effect is unknown. */
export function noteFailure(entry: LedgerEntry, outcome: 'failed' | 'unknown'): void {
  entry.doubtful ||= outcome === 'unknown';
  entry.outcome = entry.doubtful ? 'unknown' : 'failed';
}

export function noteSuccess(entry: LedgerEntry, output: unknown): void {
  entry.output = output;
  entry.outcome = 'succeeded';
}

/** What is left to undo, last started first. A step that is known to have failed left nothing behind. */
export function computeUndoOrder(entries: readonly LedgerEntry[]): LedgerEntry[] {
  return entries
    .filter((entry) => entry.outcome !== 'failed' && (entry.undo === 'pending' || entry.undo === 'failed'))
    .sort((a, b) => b.order - a.order);
}
