import type { Activity, Outcome } from './activity.ts';

/**
 * What a scope did, in the order in which its steps started. An entry is written before its call, so that there is no
 * effect without one; a scope that succeeds hands its entries to its parent.
 */
export interface LedgerEntry {
  readonly activity: Activity<unknown, unknown>;
  /** `scope/step#n`, unique in the instance. */
  readonly id: string;
  readonly input: unknown;
  output?: unknown;
  outcome: Outcome;
  undo: 'none' | 'pending' | 'done' | 'failed' | 'skipped';
  /** Who skipped a failed compensation, and why. */
  skipped?: { readonly by: string; readonly reason: string | undefined };
}

export interface Scope {
  /** `main`, or the names of the open scopes from the outside in, joined by `/`. */
  readonly path: string;
  readonly onFailure: 'compensate' | 'hold';
  readonly entries: LedgerEntry[];
}

export const openScope = (path: string, onFailure: Scope['onFailure']): Scope => ({ path, onFailure, entries: [] });

/** Until it is known better, a call that was sent may have had its effect. */
export function enter<I, O>(scope: Scope, activity: Activity<I, O>, id: string, input: I): LedgerEntry {
  const undo = activity.effect === 'compensable' ? 'pending' : 'none';
  const entry: LedgerEntry = { activity, id, input, outcome: 'unknown', undo };
  scope.entries.push(entry);
  return entry;
}

/** What is left to undo, last started first. A step that is known to have failed left nothing behind. */
export function computeUndoOrder(entries: readonly LedgerEntry[]): LedgerEntry[] {
  return entries
    .filter((entry) => entry.outcome !== 'failed' && (entry.undo === 'pending' || entry.undo === 'failed'))
    .toReversed();
}
