import type { z } from 'zod';
import { discardStagedText, downloadDocument, moveDocument } from '../activities/documents.ts';
import { classifyDocument, extractFields } from '../activities/extraction.ts';
import { publishEvents } from '../activities/notification.ts';
import { indexDocument, persistRecord, saveRecord } from '../activities/records.ts';
import { applyCorrections, extractionDecisionSchema } from '../src/documents/corrections.ts';
import {
  type DocumentRecord,
  openRecord,
  type UploadedDocument,
  uploadedDocumentSchema,
} from '../src/documents/document-record.ts';
import {
  days,
  defineReview,
  defineSaga,
  briefly,
  type Operation,
  ReviewRejected,
  type Saga,
} from '../src/saga/index.ts';

/** Asked when the extractor is not sure enough: approve as it is, approve with corrections, or reject. Subscribers are reminded daily. */
export const extractionReview = defineReview({
  name: 'extraction',
  decision: extractionDecisionSchema,
  withinMs: days(3),
  otherwise: 'reject',
});

type Happening = z.infer<typeof publishEvents.input>['happened'][number];

/** One document from upload to a record that can be searched, with a person's decision where the extractor is not sure. */
export const processDocument = defineSaga({
  name: 'processDocument',
  version: '1',
  input: uploadedDocumentSchema,
  reviews: [extractionReview],
  correlationId: ({ correlationId }) => correlationId,
  traceparent: ({ traceparent }) => traceparent,

  *run(saga, document) {
    const opened = openRecord(document);
    yield* saga.attempt(saveRecord, opened, { retry: briefly });
    yield* announce(saga, document, [
      { type: 'DocumentUploaded', data: { name: document.name } },
      { type: 'ProcessingStarted', data: {} },
    ]);

    const file = yield* saga.step(downloadDocument, document);
    const { kind, contentType, sizeBytes, sha256 } = file;
    const hasText = file.characters !== undefined;
    saga.progress(20);
    const { category } = yield* saga.step(classifyDocument, { document, kind, hasText });
    const extracted = yield* saga.step(extractFields, { document, kind, hasText, category });
    const { model, inputTokens, outputTokens } = extracted.extraction;
    if (model !== undefined) saga.log(`read by ${model}: ${inputTokens} tokens in, ${outputTokens} out`);
    saga.progress(50);
    yield* announce(saga, document, [
      { type: 'DocumentClassified', data: { category } },
      { type: 'ExtractionCompleted', data: { doubts: extracted.doubts } },
    ]);

    const found: DocumentRecord = {
      ...opened,
      contentType,
      sizeBytes,
      sha256,
      category,
      extraction: extracted.extraction,
    };
    const checked = extracted.doubts.length === 0 ? found : yield* review(saga, found, extracted.doubts);
    const processed: DocumentRecord = { ...checked, status: 'processed', processedAt: saga.now().toISOString() };
    saga.progress(70);

    yield* saga.step(persistRecord, processed);
    yield* saga.step(indexDocument, { documentId: document.documentId, hasText });
    saga.progress(90);
    const moved = yield* saga.attempt(moveDocument, { ...document, to: 'processed' });
    const blobUrl = moved.ok ? moved.value.blobUrl : processed.blobUrl;
    if (moved.ok) yield* saga.attempt(saveRecord, { ...processed, blobUrl });
    yield* saga.attempt(discardStagedText, document, { retry: briefly });
    yield* announce(saga, document, [
      { type: 'DocumentIndexed', data: {} },
      ...(moved.ok ? [{ type: 'DocumentMoved', data: { blobUrl } } as const] : []),
      { type: 'DocumentProcessed', data: { category: processed.category, blobUrl } },
    ]);
    return { documentId: document.documentId, status: processed.status, category: processed.category, blobUrl };
  },

  *onFailed(saga, document, failure) {
    const rejected = failure instanceof ReviewRejected;
    const { code, message } = failure.data;
    const moved = yield* saga.attempt(moveDocument, { ...document, to: 'failed' });
    yield* saga.attempt(saveRecord, {
      ...openRecord(document),
      ...(moved.ok && moved.value),
      status: rejected ? 'rejected' : 'failed',
      processedAt: saga.now().toISOString(),
      ...(rejected && {
        review: { decision: 'reject', by: failure.by, reason: failure.reason, at: saga.now().toISOString() },
      }),
      error: { code, message },
    });
    yield* announce(saga, document, [
      { type: rejected ? 'DocumentRejected' : 'DocumentFailed', data: { code, message } },
    ]);
  },
});

function* review(saga: Saga, found: DocumentRecord, doubts: readonly string[]): Operation<DocumentRecord> {
  yield* saga.attempt(saveRecord, { ...found, status: 'awaiting_review' }, { retry: briefly });
  const { data, by, reason, at } = yield* saga.review(extractionReview, {
    of: { documentId: found.id, name: found.name, category: found.category, doubts, fields: found.extraction?.fields },
    remind: {
      everyMs: days(1),
      by: publishEvents,
      with: ({ number, deadline }) => ({
        documentId: found.id,
        at: saga.now().toISOString(),
        happened: [
          { type: 'ReviewReminded' as const, data: { number, name: found.name, deadline: deadline.toISOString() } },
        ],
      }),
    },
  });
  const corrections = data?.corrections ?? {};
  const { extraction } = found;
  return {
    ...found,
    category: data?.category ?? found.category,
    extraction: extraction && { ...extraction, fields: applyCorrections(extraction.fields, corrections) },
    review: { decision: 'approve', by, reason, at: at.toISOString(), corrections },
  };
}

/** Events are best effort: a subscriber that misses one still finds the record. */
function* announce(saga: Saga, { documentId }: UploadedDocument, happened: Happening[]): Operation<void> {
  yield* saga.attempt(publishEvents, { documentId, at: saga.now().toISOString(), happened }, { retry: briefly });
}
