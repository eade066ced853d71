import type { DocumentKind } from '../documents/sniff-document.ts';
import type { RecordedExtraction } from '../documents/document-record.ts';
import type { DocumentCategory } from '../documents/fields.ts';

export interface ExtractionRequest {
  readonly kind: DocumentKind;
  readonly category: DocumentCategory;
  /** Absent for an image and for a scan. */
  readonly text: string | undefined;
  /** Fetches the file itself, for extractors that look at it. */
  readonly content: () => Promise<Uint8Array>;
  readonly signal: AbortSignal;
}

/** Reads the fields of a document. */
export interface DocumentExtractor {
  readonly name: RecordedExtraction['extractor'];
  /** @throws RetryableError when the service is busy or down; TerminalError when it refuses the document */
  extract(request: ExtractionRequest): Promise<RecordedExtraction>;
}
