import type { BatchAmount, BatchShare } from '../documents/batch.ts';
import type { DocumentRecord, DocumentStatus } from '../documents/document-record.ts';
import type { DocumentCategory } from '../documents/fields.ts';
import type { Paging } from './pages.ts';

export interface DocumentQuery extends Paging {
  /** Words; a document matches when its name, vendor, invoice number or text contains all of them. */
  readonly q?: string | undefined;
  readonly status?: DocumentStatus | undefined;
  readonly category?: DocumentCategory | undefined;
  /** Of the batch that the documents came in. */
  readonly correlationId?: string | undefined;
  /** First and last upload date, yyyy-MM-dd, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface DocumentPage {
  readonly documents: readonly DocumentRecord[];
  readonly continuation?: string | undefined;
}

/** The records of all documents, newest first when queried, with their search index. Every write can be repeated. */
export interface DocumentRecords {
  save(record: DocumentRecord, signal?: AbortSignal): Promise<void>;
  read(id: string): Promise<DocumentRecord | undefined>;
  query(query: DocumentQuery): Promise<DocumentPage>;
  /** How a batch stands; its cost does not grow with the documents of others. */
  countBatch(correlationId: string): Promise<BatchShare[]>;
  sumBatch(correlationId: string): Promise<BatchAmount[]>;
  /** Makes a document findable by its text. */
  index(id: string, text: string): Promise<void>;
  unindex(id: string): Promise<void>;
  /** Answers when the store does. */
  ping(): Promise<void>;
}

/** Newest first. */
export const sortKeyOf = ({ uploadedAt, id }: DocumentRecord): string => `${uploadedAt} ${id}`;
