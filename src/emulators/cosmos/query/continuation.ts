import type { Json } from '../json.ts';
import { compareForOrder, type Value } from './order.ts';

/**
 * Where a row stands in the full answer: its sort keys, then the number of its document and its number among the rows
 * of that document. Pages resume after a position rather than after a count, so that writes between two pages neither
 * repeat nor hide the other documents.
 */
export interface Position {
  readonly keys: readonly Value[];
  readonly document: number;
  readonly row: number;
}

export interface Continuation {
  readonly after: Position;
  /** Rows that LIMIT or TOP still allows. */
  readonly take: number | null;
}

export function comparePositions(a: Position, b: Position, descending: readonly boolean[]): number {
  for (const [index, isDescending] of descending.entries()) {
    const order = compareForOrder(a.keys[index], b.keys[index]);
    if (order !== 0) return isDescending ? -order : order;
  }
  return a.document - b.document || a.row - b.row;
}

export function writeContinuation({ after, take }: Continuation): string {
  const keys = after.keys.map((key) => (key === undefined ? [] : [key]));
  return Buffer.from(JSON.stringify({ keys, document: after.document, row: after.row, take })).toString('base64url');
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** Undefined for what {@link writeContinuation} did not write. */
export function readContinuation(token: string): Continuation | undefined {
  let parsed: Partial<Record<string, unknown>>;
  try {
    parsed = Object(JSON.parse(Buffer.from(token, 'base64url').toString())) as Partial<Record<string, unknown>>;
  } catch {
    return undefined;
  }
  const { keys, document, row, take } = parsed;
  if (!Array.isArray(keys) || !keys.every((key) => Array.isArray(key) && key.length <= 1)) return undefined;
  if (!isCount(document) || !isCount(row) || (take !== null && !isCount(take))) return undefined;
  return { after: { keys: (keys as Json[][]).map(([key]) => key), document, row }, take };
}
