import { z } from 'zod';

// How lists of records are paged and searched, wherever they are kept.

/** @param sortKey a time and an id: a page begins after a key, not at an offset, so it stays right while records come and change */
const encodeContinuation = (sortKey: string): string => Buffer.from(sortKey, 'utf8').toString('base64url');

export const decodeContinuation = (continuation: string): string =>
  Buffer.from(continuation, 'base64url').toString('utf8');

/** What a query may ask a page by. */
export const pageShape = {
  top: z.coerce.number().int().min(1).max(100).default(50),
  continuation: z
    .string()
    .refine(isContinuation, 'is not one that a page gave: take it from the page before, or leave it out')
    .optional(),
};

function isContinuation(text: string): boolean {
  const [time, id] = decodeContinuation(text).split(' ');
  return z.iso.datetime().safeParse(time).success && id !== undefined;
}

interface Page<T> {
  readonly records: readonly T[];
  readonly continuation?: string | undefined;
}

export interface Paging {
  /** Most records in a page, 1 to 100. */
  readonly top: number;
  /** From the page before. */
  readonly continuation?: string | undefined;
}

/** A page of everything that was found, the greatest key first. */
export function pageOf<T>(found: readonly T[], keyOf: (record: T) => string, { top, continuation }: Paging): Page<T> {
  const after = continuation === undefined ? undefined : decodeContinuation(continuation);
  const rest = found
    .map((record) => ({ record, key: keyOf(record) }))
    .filter(({ key }) => after === undefined || key < after)
    .toSorted((a, b) => (a.key < b.key ? 1 : -1));
  return pageWithMore(
    rest.slice(0, top + 1).map(({ record }) => record),
    keyOf,
    top,
  );
}

/** @param found one more than fits into the page, where there is more */
export function pageWithMore<T>(found: readonly T[], keyOf: (record: T) => string, top: number): Page<T> {
  const records = found.slice(0, top);
  const last = records.at(-1);
  const isMore = last !== undefined && found.length > top;
  return { records, ...(isMore && { continuation: encodeContinuation(keyOf(last)) }) };
}

const longestIndexedText = 200_000;

/** The words of a text, folded so that search finds them in any case; bounded to what one item may hold. */
export const searchableText = (text: string): string =>
  text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').slice(0, longestIndexedText);

export const searchWords = (q: string): readonly string[] =>
  searchableText(q)
    .split(' ')
    .filter((word) => word !== '');
