import mammoth from 'mammoth';

import { DocumentUnreadableError } from './document-unreadable-error.ts';
import { inflatesWithin } from './inflates-within.ts';

/** The text of a DOCX: a paragraph a line, a table row a line with its cells between tabs. */
export async function readDocx(bytes: Uint8Array, maxCharacters: number): Promise<string> {
  // Markup outweighs text, but not without end: a few kilobytes of zip can hold gigabytes.
  if (!inflatesWithin(bytes, /\.(?:xml|rels)$/, maxCharacters * markupPerCharacter)) {
    throw new DocumentUnreadableError('too_large', 'The DOCX file unpacks to far more than a document; split it.');
  }
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const convertImage = mammoth.images.imgElement(() => Promise.resolve({ src: '' }));
  const { value } = await mammoth.convertToHtml({ buffer }, { convertImage }).catch((cause: unknown) => {
    throw new DocumentUnreadableError('damaged', 'The DOCX file cannot be opened; save it anew and send it again.', {
      cause,
    });
  });
  return textOfHtml(value);
}

const markupPerCharacter = 64;

/** Covers the markup that mammoth writes, which is well formed; it is no general HTML reader. */
function textOfHtml(html: string): string {
  return html
    .replace(/<tr>.*?<\/tr>/gs, (row) => `${rowAsLine(row)}\n`)
    .replace(/<br \/>|<\/(?:p|h[1-6]|li)>/g, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? '');
}

function rowAsLine(row: string): string {
  return row
    .replace(/<\/p>(?=<p>)/g, ' ')
    .replace(/<\/?p>/g, '')
    .replace(/<\/t[dh]>(?=<t[dh])/g, '\t');
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
