import { createHash } from 'node:crypto';
import type { BlobFacts, DocumentBlobs } from '../azure/document-blobs.ts';
import { sha256Of } from '../azure/document-blobs.ts';
import type { DurableInstances } from '../azure/durable-instances.ts';
import { type IdempotencyClaims, type UploadClaim } from '../azure/idempotency-claims.ts';
import { blobNameFor, documentIdOf, instanceIdOf, senderNameOf, uploadDateOf } from '../documents/document-id.ts';
import { type UploadedDocument, uploadedDocumentSchema } from '../documents/document-record.ts';

export interface IntakeServices {
  readonly blobs: DocumentBlobs;
  readonly claims: IdempotencyClaims;
  readonly now: () => Date;
  readonly newId: () => string;
}

export interface Upload {
  readonly name: string;
  readonly contentType: string;
  readonly content: Uint8Array;
  readonly correlationId: string;
  readonly idempotencyKey: string | undefined;
}

export interface AcceptedDocument {
  readonly documentId: string;
  readonly instanceId: string;
  readonly blobName: string;
}

/**
 * How documents come in. Both ways lead to one instance per document, whatever is repeated: an upload names its document before
 * it stores anything, and a blob that was put there directly is named by its name and ETag.
 */
export interface Intake {
  /** Stores the file and starts its saga. @throws IdempotencyConflict */
  accept(upload: Upload, instances: DurableInstances): Promise<AcceptedDocument>;
  /** Starts the saga of a blob that appeared in `incoming`; undefined when that version is not there any more. */
  announce(blobName: string, etag: string | undefined, instances: DurableInstances): Promise<Announced>;
}

export type Announced =
  { readonly state: 'started' | 'known'; readonly instanceId: string } | { readonly state: 'gone' | 'superseded' };

/** One key was used for two different files. */
export class IdempotencyConflict extends Error {
  override readonly name = 'IdempotencyConflict';
}

export function createIntake({ blobs, claims, now, newId }: IntakeServices): Intake {
  return {
    async accept(upload, instances) {
      const claim = await claimFor(upload);
      const accepted = {
        documentId: claim.documentId,
        instanceId: instanceIdOf(claim.documentId),
        blobName: claim.blobName,
      };
      if (upload.idempotencyKey !== undefined && (await instances.get(accepted.instanceId)) !== undefined)
        return accepted;
      const facts = await blobs.upload(claim.blobName, upload.content, {
        contentType: upload.contentType,
        metadata: {
          documentid: claim.documentId,
          correlationid: upload.correlationId,
          sendername: encodeURIComponent(upload.name),
        },
      });
      const document = describe(facts);
      if ((await start(instances, document)) === 'exists' && facts.created) await discardSpare(document, instances);
      return accepted;
    },
    async announce(blobName, etag, instances) {
      const facts = await blobs.inspect(blobName);
      if (facts === undefined) return { state: 'gone' };
      if (etag !== undefined && etag !== facts.etag) return { state: 'superseded' };
      const document = describe(facts);
      const state = (await start(instances, document)) === 'started' ? 'started' : 'known';
      return { state, instanceId: instanceIdOf(document.documentId) };
    },
  };

  /** A repeated request that arrives when the first one's file has been moved on stores it again: nobody needs that copy. */
  async function discardSpare(
    { documentId, blobName, etag }: UploadedDocument,
    instances: DurableInstances,
  ): Promise<void> {
    const known = uploadedDocumentSchema.safeParse((await instances.get(instanceIdOf(documentId)))?.input);
    if (known.success && known.data.etag !== etag) await blobs.discard(blobName, etag);
  }

  async function claimFor({ name, content, idempotencyKey }: Upload): Promise<UploadClaim> {
    const blobName = blobNameFor(now(), createHash('sha256').update(newId()).digest('hex'), name);
    const documentId = documentIdOf({ blobName, etag: '', lastModified: now() });
    const claim: UploadClaim = { blobName, documentId, sha256: sha256Of(content) };
    if (idempotencyKey === undefined) return claim;
    const first = await claims.claim(idempotencyKey, claim);
    if (first.sha256 === claim.sha256) return first;
    throw new IdempotencyConflict(
      `Idempotency-Key '${idempotencyKey}' was used before for another file: use a new key for a new file.`,
    );
  }
}

const start = (instances: DurableInstances, document: UploadedDocument): Promise<'started' | 'exists'> =>
  instances.start('processDocument', instanceIdOf(document.documentId), document);

function describe(facts: BlobFacts): UploadedDocument {
  const { blobName, etag, lastModified, metadata } = facts;
  const given = metadata['documentid'];
  const documentId = given !== undefined && uploadDateOf(given) !== undefined ? given : documentIdOf(facts);
  const senderName = metadata['sendername'];
  return {
    documentId,
    blobName,
    etag,
    name: senderName === undefined ? senderNameOf(blobName) : decodeURIComponent(senderName),
    contentType: facts.contentType,
    sizeBytes: facts.sizeBytes,
    blobUrl: facts.blobUrl,
    uploadedAt: lastModified.toISOString(),
    correlationId: metadata['correlationid'] ?? instanceIdOf(documentId),
  };
}
