import type { DocumentRecord, DocumentStatus } from '../documents/document-record.ts';
import type { DocumentCategory } from '../documents/fields.ts';

export interface DocumentQuery {
  /** Words; a document matches when its name, vendor, invoice number or text contains all of them. */
  readonly q?: string | undefined;
  readonly status?: DocumentStatus | undefined;
  readonly category?: DocumentCategory | undefined;
  /** First and last upload date, yyyy-MM-dd, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Most records in a page, 1 to 100. */
  readonly top: number;
  /** From the page before. */
  readonly continuation?: string | undefined;
}

export interface DocumentPage {
  readonly documents: readonly DocumentRecord[];
  readonly continuation?: string | undefined;
}

/** A continuation that no page gave out. */
export class InvalidContinuation extends Error {
  override readonly name = 'InvalidContinuation';

  constructor() {
    super('continuation is not one that a page gave: take it from the page before, or leave it out');
  }
}

/** The records of all documents, newest first when queried, with their search index. Every write can be repeated. */
export interface DocumentRecords {
  save(record: DocumentRecord): Promise<void>;
  read(id: string): Promise<DocumentRecord | undefined>;
  /** @throws InvalidContinuation */
  query(query: DocumentQuery): Promise<DocumentPage>;
  /** Makes a document findable by its text. */
  index(id: string, text: string): Promise<void>;
  unindex(id: string): Promise<void>;
  /** Answers when the store does. */
  ping(): Promise<void>;
}

/** Newest first; a page begins after a key, not at an offset, so it stays right while records come and change. */
export const sortKeyOf = ({ uploadedAt, id }: DocumentRecord): string => `${uploadedAt} ${id}`;

export const encodeContinuation = (sortKey: string): string => Buffer.from(sortKey, 'utf8').toString('base64url');

/** @throws InvalidContinuation */
export function decodeContinuation(continuation: string): string {
  const sortKey = Buffer.from(continuation, 'base64url').toString('utf8');
  if (/^\d{4}-\d\d-\d\dT\S+ \S+$/.test(sortKey)) return sortKey;
  throw new InvalidContinuation();
}

const longestIndexedText = 200_000;

/** The words of a text, folded so that search finds them in any case; bounded to what one item may hold. */
export const searchableText = (text: string): string =>
  text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').slice(0, longestIndexedText);

export const searchWords = (q: string): readonly string[] =>
  searchableText(q)
    .split(' ')
    .filter((word) => word !== '');
