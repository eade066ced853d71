import { classifyDocument } from '../src/documents/classify-document.ts';
import { computeDoubts } from '../src/documents/doubts.ts';
import { extractInvoice } from '../src/documents/extraction/extract-invoice.ts';
import { readText } from '../src/documents/read-text.ts';
import { createSampleDocument, sampleDocuments } from '../src/local/sample-documents.ts';

/** The app's own default. */
const reviewThreshold = 0.8;

/** The sample documents that are processed without a person, as PDFs. */
export async function createClearDocuments(): Promise<readonly Uint8Array[]> {
  const pdfs = await Promise.all(sampleDocuments.map(createSampleDocument));
  const doubts = await Promise.all(pdfs.map(doubtsOf));
  return pdfs.filter((_, index) => doubts[index]?.length === 0);
}

async function doubtsOf(pdf: Uint8Array): Promise<readonly string[]> {
  const { category, fields } = await extract(pdf);
  return computeDoubts(category, fields, reviewThreshold);
}

async function extract(pdf: Uint8Array) {
  // The reader may take the bytes with it.
  const { text } = await readText('pdf', pdf.slice());
  return { category: classifyDocument(text).category, fields: extractInvoice(text).fields };
}

const measureMs = 1500;

/** Documents a minute that one thread can read, classify and extract, with nothing stored. */
export async function measureExtractionFloor(pdfs: readonly Uint8Array[]): Promise<number> {
  const since = performance.now();
  let read = 0;
  while (performance.now() - since < measureMs) {
    for (const pdf of pdfs) await extract(pdf);
    read += pdfs.length;
  }
  return (read / (performance.now() - since)) * 60_000;
}
