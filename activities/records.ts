import { z } from 'zod';
import type { DocumentRecords } from '../src/azure/document-records.ts';
import { type DocumentRecord, documentRecordSchema } from '../src/documents/document-record.ts';
import type { Faults } from '../src/faults.ts';
import { defineActivity, seconds } from '../src/saga/index.ts';
import type { DocumentFiles } from './documents.ts';

export interface RecordServices {
  readonly records: Pick<DocumentRecords, 'save' | 'index' | 'unindex'>;
  readonly blobs: DocumentFiles;
  readonly faults: Faults;
}

/** Shows readers where the document stands. The next state overwrites it, so there is nothing to undo. */
export const saveRecord = defineActivity({
  name: 'saveRecord',
  input: documentRecordSchema,
  output: z.object({}),
  effect: 'none',
  timeoutMs: seconds(30),
  async run(record: DocumentRecord, { records, faults }: RecordServices, { signal }) {
    faults.check('persistence');
    await records.save(record, signal);
    return {};
  },
});

/** Puts the result on record. Its undo withdraws the result and leaves a record that says so. */
export const persistRecord = defineActivity({
  name: 'persistRecord',
  input: documentRecordSchema,
  output: z.object({}),
  timeoutMs: seconds(30),
  async run(record: DocumentRecord, { records, faults }: RecordServices, { signal }) {
    faults.check('persistence');
    await records.save(record, signal);
    return {};
  },
  async undo({ input }, { records, faults }, { signal }) {
    faults.check('persistence');
    const { extraction: _, review: __, processedAt: ___, ...rest } = input;
    const error = { code: 'withdrawn', message: 'the result was withdrawn' };
    await records.save({ ...rest, status: 'failed', error }, signal);
  },
});

export const indexDocument = defineActivity({
  name: 'indexDocument',
  input: z.object({ documentId: z.string(), hasText: z.boolean() }),
  output: z.object({}),
  timeoutMs: seconds(30),
  async run({ documentId, hasText }, { records, blobs, faults }: RecordServices) {
    faults.check('persistence');
    if (hasText) await records.index(documentId, await blobs.stagedText(documentId));
    return {};
  },
  async undo({ input }, { records, faults }) {
    faults.check('persistence');
    await records.unindex(input.documentId);
  },
});
