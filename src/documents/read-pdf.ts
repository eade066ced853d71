import { DocumentUnreadableError } from './document-unreadable-error.ts';
import { layoutFromRuns, type Layout, type Page, type TextRun } from './layout.ts';
import { openPdf, type OpenPdf } from './open-pdf.ts';
import type { ReadLimits } from './read-text.ts';

type PdfPage = Awaited<ReturnType<OpenPdf['getPage']>>;
type PdfViewport = ReturnType<PdfPage['getViewport']>;
type PdfText = Awaited<ReturnType<PdfPage['getTextContent']>>;

/** The text layer of a PDF. Throws {@link DocumentUnreadableError}, also for a scan without one. */
export async function readPdf(bytes: Uint8Array, limits: ReadLimits): Promise<Layout> {
  const pdf = await openPdf(bytes).catch((cause: unknown) => {
    throw cause instanceof Error && cause.name === 'PasswordException'
      ? new DocumentUnreadableError('encrypted', 'The PDF asks for a password; remove it and send the file again.', {
          cause,
        })
      : new DocumentUnreadableError('damaged', 'The PDF cannot be opened; export it anew and send it again.', {
          cause,
        });
  });
  try {
    return await readPages(pdf, limits);
  } finally {
    await pdf.loadingTask.destroy();
  }
}

async function readPages(pdf: OpenPdf, limits: ReadLimits): Promise<Layout> {
  if (pdf.numPages > limits.pages) {
    throw tooLarge(`${pdf.numPages} pages, more than the ${limits.pages} allowed`);
  }
  const pages: Page[] = [];
  let characters = 0;
  const count = (text: string) => {
    limits.signal?.throwIfAborted();
    characters += text.length;
    if (characters > limits.characters) throw tooLarge(`more than the ${limits.characters} characters allowed`);
  };
  for (let number = 1; number <= pdf.numPages; number += 1) {
    count('');
    const page = await pdf.getPage(number).catch((cause: unknown) => {
      throw damagedPage(number, cause);
    });
    const viewport = page.getViewport({ scale: 1 });
    const runs = await readRuns(page, viewport, count).catch((cause: unknown) => {
      limits.signal?.throwIfAborted();
      throw cause instanceof DocumentUnreadableError ? cause : damagedPage(number, cause);
    });
    pages.push(layoutFromRuns(runs, viewport.width, viewport.height));
  }
  if (pages.every(({ rows }) => rows.length === 0)) {
    throw new DocumentUnreadableError(
      'no_text',
      'The PDF has no text layer: it is a scan or a picture. Send it through text recognition, or enter the fields by hand.',
    );
  }
  return { pages };
}

/**
 * Reads piece by piece, so that `count` can end a page that has no end. The stream is then left as it is rather than
 * cancelled: nobody pulls, so pdf.js makes no more of it, and closing the document ends it. (Cancelling makes pdf.js close
 * the stream a second time, which throws where nobody can catch it.)
 */
async function readRuns(page: PdfPage, viewport: PdfViewport, count: (text: string) => void): Promise<TextRun[]> {
  const runs: TextRun[] = [];
  const reader: ReadableStreamDefaultReader<PdfText> = page.streamTextContent().getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    for (const item of piece.value.items) {
      if (!('str' in item)) continue;
      count(item.str);
      const [, , xSkew = 0, ySize = 0, x = 0, y = 0] = item.transform.map(Number);
      const [left = 0, top = 0] = viewport.convertToViewportPoint(x, y).map(Number);
      runs.push({ text: item.str, left, right: left + item.width, y: top, size: Math.hypot(xSkew, ySize) || 1 });
    }
  }
  page.cleanup();
  return runs;
}

function damagedPage(number: number, cause: unknown): DocumentUnreadableError {
  return new DocumentUnreadableError('damaged', `Page ${number} of the PDF cannot be read; export it anew.`, { cause });
}

function tooLarge(what: string): DocumentUnreadableError {
  return new DocumentUnreadableError('too_large', `The PDF has ${what}; split it and send the parts.`);
}
