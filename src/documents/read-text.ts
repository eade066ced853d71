import { decodeText } from './decode-text.ts';
import { DocumentUnreadableError } from './document-unreadable-error.ts';
import { layoutFromText, renderLayout, type Layout } from './layout.ts';
import { readDocx } from './read-docx.ts';
import { readPdf } from './read-pdf.ts';
import type { DocumentKind } from './sniff-document.ts';

export interface ReadLimits {
  readonly pages: number;
  readonly characters: number;
  /** Looked at between pages and within them, so that a document made to take long can be given up. */
  readonly signal?: AbortSignal;
}

export interface ReadDocument {
  /** Keeps the columns of the page: `extractInvoice` reads it nearly as well as the layout. */
  readonly text: string;
  readonly layout: Layout;
  readonly pages: number;
}

export const defaultReadLimits: ReadLimits = { pages: 200, characters: 1_000_000 };

/** Reads what `sniffDocument` has accepted. Throws {@link DocumentUnreadableError}. */
export async function readText(
  kind: DocumentKind,
  bytes: Uint8Array,
  limits: ReadLimits = defaultReadLimits,
): Promise<ReadDocument> {
  if (kind === 'png' || kind === 'jpeg') {
    throw new DocumentUnreadableError('no_text', 'An image has no text layer; enter the fields by hand in the review.');
  }
  if (kind !== 'pdf')
    return readPlain(kind === 'docx' ? await readDocx(bytes, limits.characters) : decodeText(bytes), limits);
  const layout = await readPdf(bytes, limits);
  return { text: renderLayout(layout), layout, pages: layout.pages.length };
}

function readPlain(text: string | undefined, limits: ReadLimits): ReadDocument {
  if (text === undefined)
    throw new DocumentUnreadableError('damaged', 'The bytes are not text in UTF-8, UTF-16 or Windows-1252.');
  if (text.trim() === '') throw new DocumentUnreadableError('no_text', 'The document holds no text.');
  if (text.length > limits.characters) {
    throw new DocumentUnreadableError(
      'too_large',
      `The document has ${text.length} characters, more than the ${limits.characters} allowed; split it.`,
    );
  }
  const layout = layoutFromText(text);
  return { text, layout, pages: layout.pages.length };
}
