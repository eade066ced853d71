import { type BlobFacts, type DocumentBlobs, documentIdIn, uploadedAs } from '../azure/document-blobs.ts';
import type { DocumentRecords } from '../azure/document-records.ts';
import type { DurableInstances } from '../azure/durable-instances.ts';
import type { IdempotencyClaims } from '../azure/idempotency-claims.ts';
import { instanceIdOf, senderNameOf } from '../documents/document-id.ts';
import { awaitStart } from './await-start.ts';
import { claimDocuments, type ClaimedDocument } from './claim-documents.ts';
import { isUnderWay, type UploadedDocument, uploadedDocumentSchema } from '../documents/document-record.ts';

export interface IntakeServices {
  readonly blobs: DocumentBlobs;
  readonly claims: IdempotencyClaims<ClaimedDocument[]>;
  readonly records: Pick<DocumentRecords, 'read'>;
  readonly now: () => Date;
  readonly newId: () => string;
}

export interface UploadedFile {
  readonly name: string;
  readonly contentType: string;
  readonly content: Uint8Array;
}

/** The files of one request. */
export interface Upload {
  readonly files: readonly UploadedFile[];
  readonly correlationId: string;
  readonly traceparent: string | undefined;
  readonly idempotencyKey: string | undefined;
}

export interface AcceptedDocument {
  readonly documentId: string;
  readonly instanceId: string;
  readonly blobName: string;
}

/**
 * How documents come in. Both ways lead to one instance per document, whatever is repeated: an upload names its documents before
 * it stores anything, and a blob that was put there directly is named by its name and ETag.
 */
export interface Intake {
  /** Stores the files and starts a saga for each. @throws IdempotencyConflict before anything is stored */
  accept(upload: Upload, instances: DurableInstances): Promise<AcceptedDocument[]>;
  /**
   * Starts the saga of a blob that appeared in `incoming`, as it is there now. It may be another version than the one that was
   * announced: a change of its properties alone makes one, and is announced by nobody. A document that has come to its end is
   * known by its record where the engine has forgotten its saga.
   */
  announce(blobName: string, instances: DurableInstances, traceparent?: string): Promise<Announced>;
}

type Started = 'started' | 'known';
export type Announced = { readonly state: Started; readonly instanceId: string } | { readonly state: 'gone' };

export function createIntake({ blobs, claims, records, now, newId }: IntakeServices): Intake {
  return {
    async accept(upload, instances) {
      const { files } = upload;
      const accepted: AcceptedDocument[] = [];
      const { documents, isFirst } = await claimDocuments(upload, { claims, now, newId });
      for (const [n, { documentId, blobName }] of documents.entries()) {
        const file = files[n];
        if (file === undefined) throw new Error('invariant: a claim has one document for each file');
        const document = { documentId, instanceId: instanceIdOf(documentId), blobName };
        // The saga of a repeated one may have been purged; the document's record stays.
        const isTaken =
          !isFirst &&
          ((await awaitStart(instances, document.instanceId)) || (await records.read(documentId)) !== undefined);
        if (!isTaken) await store(document, file, upload, instances);
        accepted.push(document);
      }
      return accepted;
    },
    async announce(blobName, instances, traceparent) {
      const facts = await blobs.inspect(blobName);
      if (facts === undefined) return { state: 'gone' };
      const documentId = documentIdIn(facts);
      const instanceId = instanceIdOf(documentId);
      if (await isForgotten(documentId, instances)) return { state: 'known', instanceId };
      return { state: await startOnce(facts, instances, traceparent), instanceId };
    },
  };

  /** Its saga has ended and was purged. */
  async function isForgotten(documentId: string, instances: DurableInstances): Promise<boolean> {
    const record = await records.read(documentId);
    if (record === undefined || isUnderWay(record)) return false;
    return (await instances.get(instanceIdOf(documentId))) === undefined;
  }

  async function store(
    { documentId, blobName }: AcceptedDocument,
    { name, content, contentType }: UploadedFile,
    { correlationId, traceparent }: Upload,
    instances: DurableInstances,
  ): Promise<void> {
    const metadata = {
      [uploadedAs]: documentId,
      correlationid: correlationId,
      sendername: encodeURIComponent(name),
      ...(traceparent !== undefined && { traceparent }),
    };
    await startOnce(await blobs.upload(blobName, content, { contentType, metadata }), instances);
  }

  /**
   * A repeated request that arrives when the first one's file has been moved on stores it again. Nobody needs that copy: it is
   * known by another ETag than the one that the saga was started with.
   */
  async function startOnce(facts: BlobFacts, instances: DurableInstances, traceparent?: string): Promise<Started> {
    const document = describe(facts, traceparent);
    const instanceId = instanceIdOf(document.documentId);
    if ((await instances.start('processDocument', instanceId, document)) === 'started') return 'started';
    const first = uploadedDocumentSchema.safeParse((await instances.get(instanceId))?.input);
    if (first.success && first.data.etag !== document.etag) await blobs.discard(document.blobName, document.etag);
    return 'known';
  }
}

/** @param traceparent of whoever found the blob, where nobody wrote one beside it */
function describe(facts: BlobFacts, traceparent: string | undefined): UploadedDocument {
  const { blobName, etag, lastModified, metadata } = facts;
  const documentId = documentIdIn(facts);
  return {
    documentId,
    blobName,
    etag,
    name: decoded(metadata['sendername']) ?? senderNameOf(blobName),
    contentType: facts.contentType,
    sizeBytes: facts.sizeBytes,
    blobUrl: facts.blobUrl,
    uploadedAt: lastModified.toISOString(),
    correlationId: metadata['correlationid'] ?? instanceIdOf(documentId),
    traceparent: metadata['traceparent'] ?? traceparent,
  };
}

/** Anybody may have written the metadata of a blob that was put there directly. */
function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
