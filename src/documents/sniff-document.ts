import { fileTypeFromBuffer } from 'file-type';

import { isCompleteJpeg, isCompletePdf, isCompletePng, isCompleteZip } from './complete-file.ts';
import { decodeText } from './decode-text.ts';
import { describeForeignContent } from './foreign-content.ts';
import { openPdf } from './open-pdf.ts';

export type DocumentKind = 'pdf' | 'docx' | 'text' | 'png' | 'jpeg';
export type RefusalCode = 'empty' | 'truncated' | 'encrypted' | 'unsupported';
export type SniffedDocument =
  | { readonly ok: true; readonly kind: DocumentKind; readonly contentType: string }
  | { readonly ok: false; readonly code: RefusalCode; readonly message: string };

const contentTypes = {
  pdf: 'application/pdf',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  text: 'text/plain',
  png: 'image/png',
  jpeg: 'image/jpeg',
} satisfies Record<DocumentKind, string>;

/** Readers accept a PDF header anywhere in the first 1024 bytes (ISO 32000-1, annex H, implementation note 13). */
const pdfHeaderWindow = 1024;

/**
 * Says what a file is by its bytes. The name and the declared type are the sender's claim: they appear in the refusal's
 * sentence and never decide anything.
 */
export async function sniffDocument(
  bytes: Uint8Array,
  declaredName: string,
  declaredContentType?: string,
): Promise<SniffedDocument> {
  const claim = declaredContentType ? `${declaredName} (declared as ${declaredContentType})` : declaredName;
  if (bytes.length === 0) return refuse('empty', `${claim} has no content; send the file again.`);

  if (isPdf(bytes)) return sniffPdf(bytes, claim);
  const detected = await fileTypeFromBuffer(bytes);
  if (startsWith(bytes, [0x50, 0x4b, 0x03, 0x04])) return sniffZip(bytes, claim, detected?.mime);
  if (detected?.mime === 'image/png' || startsWith(bytes, [0x89, 0x50, 0x4e, 0x47])) {
    return isCompletePng(bytes) ? accept('png') : cutOff(claim, 'PNG image', 'its IEND chunk');
  }
  if (detected?.mime === 'image/jpeg' || startsWith(bytes, [0xff, 0xd8, 0xff])) {
    return isCompleteJpeg(bytes) ? accept('jpeg') : cutOff(claim, 'JPEG image', 'its end-of-image marker');
  }
  return sniffOther(bytes, claim, detected?.mime);
}

async function sniffPdf(bytes: Uint8Array, claim: string): Promise<SniffedDocument> {
  if (!isCompletePdf(bytes)) return cutOff(claim, 'PDF', 'its trailer (startxref and %%EOF)');
  if (!indexOfAscii(bytes, '/Encrypt')) return accept('pdf');
  // An owner password alone keeps nobody from reading; only a file that asks for a password is out of reach.
  const opened = await openPdf(bytes).catch(() => undefined);
  if (!opened) return refuse('encrypted', `${claim} is an encrypted PDF; remove its password and send it again.`);
  await opened.loadingTask.destroy();
  return accept('pdf');
}

function sniffZip(bytes: Uint8Array, claim: string, mime: string | undefined): SniffedDocument {
  if (!isCompleteZip(bytes)) return cutOff(claim, 'zip or Office file', 'its central directory');
  if (mime === contentTypes.docx || indexOfAscii(bytes, 'word/document.xml')) return accept('docx');
  return unsupported(
    claim,
    mime === undefined || mime === 'application/zip' ? 'a zip archive' : `a file of type ${mime}`,
  );
}

function sniffOther(bytes: Uint8Array, claim: string, mime: string | undefined): SniffedDocument {
  const foreign = describeForeignContent(bytes);
  if (foreign) return unsupported(claim, foreign);
  const text = decodeText(bytes);
  // Whole text without a control character is text, though its first letters may be some format's magic number.
  if (text === undefined)
    return unsupported(claim, mime ? `a file of type ${mime}` : 'binary data of an unknown format');
  return text.trim() === '' ? refuse('empty', `${claim} holds only white space; send the file again.`) : accept('text');
}

function isPdf(bytes: Uint8Array): boolean {
  return indexOfAscii(bytes.subarray(0, pdfHeaderWindow), '%PDF-');
}

function indexOfAscii(bytes: Uint8Array, needle: string): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(needle, 0, 'latin1');
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

function accept(kind: DocumentKind): SniffedDocument {
  return { ok: true, kind, contentType: contentTypes[kind] };
}

function refuse(code: RefusalCode, message: string): SniffedDocument {
  return { ok: false, code, message };
}

function cutOff(claim: string, what: string, missing: string): SniffedDocument {
  return refuse(
    'truncated',
    `${claim} is a ${what} without ${missing}: it was cut off on the way; send the whole file again.`,
  );
}

function unsupported(claim: string, what: string): SniffedDocument {
  return refuse('unsupported', `${claim} looks like ${what}; send a PDF, DOCX, plain text, PNG or JPEG file.`);
}
