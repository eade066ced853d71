import { bindDocumentActivities } from '../../activities/bind-activities.ts';
import type { DocumentContainer } from '../../src/azure/document-blobs.ts';
import { createOfflineExtractor } from '../../src/azure/offline-extractor.ts';
import { documentIdOf, instanceIdOf } from '../../src/documents/document-id.ts';
import type { DocumentEvent } from '../../src/documents/document-event.ts';
import type { DocumentRecord, UploadedDocument } from '../../src/documents/document-record.ts';
import { defaultReadLimits, readText } from '../../src/documents/read-text.ts';
import { createFaults } from '../../src/faults.ts';
import { RetryableError } from '../../src/saga/index.ts';
import type { SweepWorld } from '../../src/testing/index.ts';
import { sample } from '../e2e/sample.ts';

/** The text of a sample PDF as a file of its own: a sweep reads it hundreds of times. */
export async function sampleText(name: string): Promise<Uint8Array> {
  const { text } = await readText('pdf', await sample(name), defaultReadLimits);
  return Buffer.from(text);
}

export const uploaded = (name: string, content: Uint8Array): UploadedDocument => {
  const lastModified = new Date('2026-01-05T07:59:00Z');
  const blobName = `20260105075900_0a1b2c3d_${name}`;
  const documentId = documentIdOf({ blobName, etag: '0x8DC', lastModified });
  return {
    documentId,
    blobName,
    etag: '0x8DC',
    name,
    contentType: 'text/plain',
    sizeBytes: content.byteLength,
    blobUrl: `memory:incoming/${blobName}`,
    uploadedAt: lastModified.toISOString(),
    correlationId: instanceIdOf(documentId),
  };
};

export interface DocumentWorld extends SweepWorld {
  /** Where the document's file is. */
  container(): DocumentContainer;
  record(): DocumentRecord | undefined;
  readonly published: readonly DocumentEvent[];
}

/** The real activities on stores in memory that keep what the real ones promise. */
export function openDocumentWorld(content: Uint8Array): DocumentWorld {
  let container: DocumentContainer = 'incoming';
  let record: DocumentRecord | undefined;
  const staged = new Map<string, string>();
  const indexed = new Map<string, string>();
  const published: DocumentEvent[] = [];
  const blobs = {
    read: async () => content,
    async move({ blobName }: { readonly blobName: string }, to: DocumentContainer) {
      container = to;
      return `memory:${to}/${blobName}`;
    },
    stageText: async (id: string, text: string) => void staged.set(id, text),
    async stagedText(id: string) {
      const text = staged.get(id);
      if (text === undefined) throw new RetryableError('no text is staged', { code: 'BlobNotFound' });
      return text;
    },
    discardText: async (id: string) => void staged.delete(id),
  };
  const records = {
    save: async (saved: DocumentRecord) => void (record = saved),
    index: async (id: string, text: string) => void indexed.set(id, text),
    unindex: async (id: string) => void indexed.delete(id),
  };
  const services = {
    blobs,
    records,
    extractor: createOfflineExtractor(),
    events: { publish: async (events: readonly DocumentEvent[]) => void published.push(...events) },
    faults: createFaults([]),
    reviewThreshold: 0.8,
    maxDocumentBytes: 1_000_000,
  };
  return {
    container: () => container,
    record: () => record,
    published,
    activities: bindDocumentActivities(services),
    effects: ({ phase }) => ({
      // A saga that completes discards the text itself.
      downloadDocument: phase === 'completed' ? undefined : staged.size > 0,
      persistRecord: record?.status === 'processed',
      indexDocument: indexed.size > 0,
    }),
  };
}
