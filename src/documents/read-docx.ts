import mammoth from 'mammoth';

import { DocumentUnreadableError } from './document-unreadable-error.ts';

/** The text of a DOCX: a paragraph a line, a table row a line with its cells between tabs. */
export async function readDocx(bytes: Uint8Array): Promise<string> {
  const { value } = await mammoth
    .convertToHtml(
      { buffer: Buffer.from(bytes) },
      { convertImage: mammoth.images.imgElement(() => Promise.resolve({ src: '' })) },
    )
    .catch((cause: unknown) => {
      throw new DocumentUnreadableError('damaged', 'The DOCX file cannot be opened; save it anew and send it again.', {
        cause,
      });
    });
  return textOfHtml(value);
}

/** Covers the markup that mammoth writes, which is well formed; it is no general HTML reader. */
function textOfHtml(html: string): string {
  return html
    .replace(
      /<tr>.*?<\/tr>/gs,
      (row) =>
        `${row
          .replace(/<\/p>(?=<p>)/g, ' ')
          .replace(/<\/?p>/g, '')
          .replace(/<\/t[dh]>(?=<t[dh])/g, '\t')}\n`,
    )
    .replace(/<br \/>|<\/(?:p|h[1-6]|li)>/g, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? '');
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
