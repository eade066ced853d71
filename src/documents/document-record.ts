import { z } from 'zod';
import { instanceIdOf, uploadDateOf } from './document-id.ts';
import { documentCategorySchema, extractionSchema } from './fields.ts';
import type { DocumentKind } from './sniff-document.ts';

export const documentKindSchema = z.enum(['pdf', 'docx', 'text', 'png', 'jpeg']) satisfies z.ZodType<DocumentKind>;

export const documentStatuses = ['processing', 'awaiting_review', 'processed', 'rejected', 'failed'] as const;
export const documentStatusSchema = z.enum(documentStatuses);
export type DocumentStatus = z.infer<typeof documentStatusSchema>;

/** Extracted fields and who extracted them. */
export const recordedExtractionSchema = extractionSchema.extend({
  extractor: z.enum(['claude', 'offline']),
  model: z.string().optional(),
  inputTokens: z.number().int().optional(),
  outputTokens: z.number().int().optional(),
});
export type RecordedExtraction = z.infer<typeof recordedExtractionSchema>;

/** What the product keeps of a document; one per document, in partition `uploadDate`. */
export const documentRecordSchema = z
  .object({
    id: z.string(),
    instanceId: z.string(),
    name: z.string(),
    contentType: z.string().optional(),
    sizeBytes: z.number().int().optional(),
    sha256: z.string().optional(),
    blobUrl: z.string(),
    status: documentStatusSchema,
    category: documentCategorySchema.optional(),
    uploadDate: z.iso.date(),
    uploadedAt: z.iso.datetime(),
    processedAt: z.iso.datetime().optional(),
    correlationId: z.string(),
    extraction: recordedExtractionSchema.optional(),
    review: z
      .object({
        decision: z.enum(['approve', 'reject']),
        by: z.string(),
        reason: z.string().optional(),
        at: z.iso.datetime(),
        corrections: z.record(z.string(), z.unknown()).optional(),
      })
      .optional(),
    error: z.object({ code: z.string(), message: z.string() }).optional(),
  })
  .meta({ id: 'Document' });
export type DocumentRecord = z.infer<typeof documentRecordSchema>;

export const isUnderWay = ({ status }: Pick<DocumentRecord, 'status'>): boolean =>
  status === 'processing' || status === 'awaiting_review';

/** A document as intake saw it: a version of a blob, and the saga that it started. */
export const uploadedDocumentSchema = z.object({
  documentId: z.string(),
  blobName: z.string(),
  /** Of the version that was uploaded, without quotes. */
  etag: z.string(),
  /** As the sender named it. */
  name: z.string(),
  contentType: z.string().optional(),
  sizeBytes: z.number().int(),
  blobUrl: z.string(),
  uploadedAt: z.iso.datetime(),
  correlationId: z.string(),
  /** The distributed trace that it came with. */
  traceparent: z.string().optional(),
});
export type UploadedDocument = z.infer<typeof uploadedDocumentSchema>;

/** The record of a document that has just been taken. */
export function openRecord(document: UploadedDocument): DocumentRecord {
  const { documentId, name, contentType, sizeBytes, blobUrl, uploadedAt, correlationId } = document;
  return {
    id: documentId,
    instanceId: instanceIdOf(documentId),
    name,
    contentType,
    sizeBytes,
    blobUrl,
    status: 'processing',
    uploadDate: uploadDateOf(documentId) ?? uploadedAt.slice(0, 10),
    uploadedAt,
    correlationId,
  };
}
