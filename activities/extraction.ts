import { z } from 'zod';
import type { DocumentExtractor } from '../src/azure/document-extractor.ts';
import { classifyDocument as classify } from '../src/documents/classify-document.ts';
import {
  documentKindSchema,
  recordedExtractionSchema,
  uploadedDocumentSchema,
} from '../src/documents/document-record.ts';
import { documentCategorySchema } from '../src/documents/fields.ts';
import { computeDoubts } from '../src/documents/doubts.ts';
import type { Faults } from '../src/faults.ts';
import { defineActivity, minutes } from '../src/saga/index.ts';
import type { DocumentFiles } from './documents.ts';

export interface ExtractionServices {
  readonly blobs: DocumentFiles;
  readonly extractor: DocumentExtractor;
  readonly faults: Faults;
  /** Fields that are less sure than this, 0 to 1, are for a person to decide. */
  readonly reviewThreshold: number;
  readonly maxDocumentBytes: number;
}

const readableSchema = z.object({
  document: uploadedDocumentSchema,
  kind: documentKindSchema,
  hasText: z.boolean(),
});

export const classifyDocument = defineActivity({
  name: 'classifyDocument',
  input: readableSchema,
  output: z.object({ category: documentCategorySchema, confidence: z.number() }),
  effect: 'none',
  async run({ document, hasText }, { blobs }: ExtractionServices) {
    if (!hasText) return { category: 'other' as const, confidence: 0 };
    const { category, confidence } = classify(await blobs.stagedText(document.documentId));
    return { category, confidence };
  },
});

/** Reads the fields, and says which of them a person should look at. Only tokens are spent: there is nothing to undo. */
export const extractFields = defineActivity({
  name: 'extractFields',
  input: readableSchema.extend({ category: documentCategorySchema }),
  output: z.object({ extraction: recordedExtractionSchema, doubts: z.array(z.string()) }),
  effect: 'none',
  timeoutMs: minutes(4),
  async run({ document, kind, hasText, category }, services: ExtractionServices, { signal }) {
    const { blobs, extractor, faults, reviewThreshold, maxDocumentBytes } = services;
    faults.check('extraction');
    const extraction = await extractor.extract({
      kind,
      category,
      text: hasText ? await blobs.stagedText(document.documentId) : undefined,
      content: () => blobs.read(document, maxDocumentBytes, signal),
      signal,
    });
    return { extraction, doubts: computeDoubts(category, extraction.fields, reviewThreshold) };
  },
});
