import { z } from 'zod';
import type { Activity } from './activity.ts';

// What was done, as data: it goes from a sub-saga to its parent and from one generation to the next.
// 1. An entry is written before its call, so that there is no effect without one.
// 2. A scope that ends hands its entries to the one around it.
// 3. Entries are undone in the reverse order of their start; a sub-saga's stand where the sub-saga was started.

/** `failed` means that the effect did not happen, `unknown` that it may have. */
export type Outcome = 'succeeded' | 'unknown' | 'failed';

export interface LedgerEntry {
  /** The activity's name. */
  readonly activity: string;
  /** `scope/step#n`, unique in the root instance; its idempotency key without instance and direction. */
  readonly id: string;
  readonly input?: unknown;
  /** Where it started among the others, and within a sub-saga among that one's: operations side by side end in any order. */
  readonly order: readonly number[];
  output?: unknown;
  outcome: Outcome;
  /** Some attempt may have had its effect, whatever the others came to. */
  doubtful: boolean;
  undo: 'none' | 'pending' | 'done' | 'failed' | 'skipped';
  /** Who skipped the step, or its failed compensation, and why. */
  skipped?: Skipped | undefined;
}

export interface Skipped {
  readonly by: string;
  readonly reason?: string | undefined;
}

export const ledgerEntrySchema: z.ZodType<LedgerEntry> = z.object({
  activity: z.string(),
  id: z.string(),
  input: z.unknown().optional(),
  order: z.array(z.number()),
  output: z.unknown().optional(),
  outcome: z.enum(['succeeded', 'unknown', 'failed']),
  doubtful: z.boolean(),
  undo: z.enum(['none', 'pending', 'done', 'failed', 'skipped']),
  skipped: z.object({ by: z.string(), reason: z.string().optional() }).optional(),
});

export interface Scope {
  /** `main`, or the names of the open scopes from the outside in, joined by `/`; a sub-saga is a scope of its parent. */
  readonly path: string;
  readonly onFailure: 'compensate' | 'hold';
  /** Whether its entries are undone one after the other, or side by side. */
  readonly order: 'serial' | 'parallel';
  readonly entries: LedgerEntry[];
}

export const openScope = (path: string, options: Pick<Scope, 'onFailure' | 'order'>): Scope => ({
  path,
  onFailure: options.onFailure,
  order: options.order,
  entries: [],
});

/** Until it is known better, a call that was sent may have had its effect. */
export function createEntry<I, O>(activity: Activity<I, O>, id: string, input: I, order: number): LedgerEntry {
  const undo = activity.effect === 'compensable' ? 'pending' : 'none';
  return { activity: activity.name, id, input, order: [order], outcome: 'unknown', doubtful: false, undo };
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
  return entries.filter(isLeft).sort((a, b) => compareOrders(b.order, a.order));
}

/** Nobody asks for the values of what is not to be undone any more. */
export const withoutNeedless = (entry: LedgerEntry): LedgerEntry =>
  isLeft(entry) ? entry : { ...entry, input: undefined, output: undefined };

export const isLeft = ({ outcome, undo }: LedgerEntry): boolean =>
  outcome !== 'failed' && (undo === 'pending' || undo === 'failed');

function compareOrders(a: readonly number[], b: readonly number[]): number {
  const place = a.findIndex((n, at) => n !== b[at]);
  return (a[place] ?? 0) - (b[place] ?? 0);
}
