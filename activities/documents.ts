import { z } from 'zod';
import { type DocumentBlobs, sha256Of } from '../src/azure/document-blobs.ts';
import { documentKindSchema, type UploadedDocument, uploadedDocumentSchema } from '../src/documents/document-record.ts';
import { DocumentUnreadableError } from '../src/documents/document-unreadable-error.ts';
import { defaultReadLimits, readText } from '../src/documents/read-text.ts';
import { type DocumentKind, sniffDocument } from '../src/documents/sniff-document.ts';
import { defineActivity, minutes, TerminalError } from '../src/saga/index.ts';

/** What the steps of a document do with its file and its text. */
export type DocumentFiles = Pick<DocumentBlobs, 'read' | 'move' | 'stageText' | 'stagedText' | 'discardText'>;

export interface DocumentServices {
  readonly blobs: DocumentFiles;
  readonly maxDocumentBytes: number;
}

export const downloadedDocumentSchema = z.object({
  kind: documentKindSchema,
  contentType: z.string(),
  sizeBytes: z.number().int(),
  sha256: z.string(),
  /** Absent when the document has no text to read: an image, or a scan. */
  characters: z.number().int().optional(),
});

/** Fetches the file, finds out what it is, and stages its text for the steps that follow. */
export const downloadDocument = defineActivity({
  name: 'downloadDocument',
  input: uploadedDocumentSchema,
  output: downloadedDocumentSchema,
  timeoutMs: minutes(2),
  async run(document: UploadedDocument, { blobs, maxDocumentBytes }: DocumentServices, { signal }) {
    const content = await blobs.read(document, maxDocumentBytes, signal);
    const sniffed = await sniffDocument(content, document.name, document.contentType);
    if (!sniffed.ok) throw new TerminalError(sniffed.message, { code: `document_${sniffed.code}` });
    const text = await textOf(sniffed.kind, content, signal);
    if (text !== undefined) await blobs.stageText(document.documentId, text);
    return {
      kind: sniffed.kind,
      contentType: sniffed.contentType,
      sizeBytes: content.byteLength,
      sha256: sha256Of(content),
      characters: text?.length,
    };
  },
  undo: ({ input }, { blobs }) => blobs.discardText(input.documentId),
});

export const discardStagedText = defineActivity({
  name: 'discardStagedText',
  input: z.object({ documentId: z.string() }),
  output: z.object({}),
  effect: 'none',
  async run({ documentId }, { blobs }: DocumentServices) {
    await blobs.discardText(documentId);
    return {};
  },
});

export const moveDocument = defineActivity({
  name: 'moveDocument',
  input: uploadedDocumentSchema.extend({ to: z.enum(['processed', 'failed']) }),
  output: z.object({ blobUrl: z.string() }),
  effect: 'none',
  run: async ({ to, ...document }, { blobs }: DocumentServices) => ({ blobUrl: await blobs.move(document, to) }),
});

async function textOf(kind: DocumentKind, content: Uint8Array, signal: AbortSignal): Promise<string | undefined> {
  if (kind === 'png' || kind === 'jpeg') return undefined;
  try {
    return (await readText(kind, content, { ...defaultReadLimits, signal })).text;
  } catch (error) {
    if (!(error instanceof DocumentUnreadableError)) throw error;
    if (error.code === 'no_text') return undefined;
    throw new TerminalError(error.message, { code: `document_${error.code}`, cause: error });
  }
}
