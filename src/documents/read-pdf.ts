import { DocumentUnreadableError } from './document-unreadable-error.ts';
import { layoutFromRuns, type Layout, type Page, type TextRun } from './layout.ts';
import { openPdf, type OpenPdf } from './open-pdf.ts';
import type { ReadLimits } from './read-text.ts';

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
  for (let number = 1; number <= pdf.numPages; number += 1) {
    limits.signal?.throwIfAborted();
    const page = await readPage(pdf, number).catch((cause: unknown) => {
      throw new DocumentUnreadableError('damaged', `Page ${number} of the PDF cannot be read; export it anew.`, {
        cause,
      });
    });
    characters += countCharacters(page);
    if (characters > limits.characters) throw tooLarge(`more than the ${limits.characters} characters allowed`);
    pages.push(page);
  }
  if (characters === 0) {
    throw new DocumentUnreadableError(
      'no_text',
      'The PDF has no text layer: it is a scan or a picture. Send it through text recognition, or enter the fields by hand.',
    );
  }
  return { pages };
}

async function readPage(pdf: OpenPdf, number: number): Promise<Page> {
  const page = await pdf.getPage(number);
  const viewport = page.getViewport({ scale: 1 });
  const content = await page.getTextContent();
  const runs: TextRun[] = [];
  for (const item of content.items) {
    if (!('str' in item)) continue;
    const [, , xSkew = 0, ySize = 0, x = 0, y = 0] = item.transform.map(Number);
    const [left = 0, top = 0] = viewport.convertToViewportPoint(x, y).map(Number);
    const size = Math.hypot(xSkew, ySize) || 1;
    runs.push({ text: item.str, left, right: left + item.width, y: top, size });
  }
  page.cleanup();
  return layoutFromRuns(runs, viewport.width, viewport.height);
}

function countCharacters(page: Page): number {
  return page.rows.reduce((sum, row) => sum + row.cells.reduce((inRow, { text }) => inRow + text.length, 0), 0);
}

function tooLarge(what: string): DocumentUnreadableError {
  return new DocumentUnreadableError('too_large', `The PDF has ${what}; split it and send the parts.`);
}
