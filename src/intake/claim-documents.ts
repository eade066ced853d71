import { createHash } from 'node:crypto';
import { z } from 'zod';
import { sha256Of } from '../azure/document-blobs.ts';
import { blobNameFor, documentIdOf } from '../documents/document-id.ts';
import { IdempotencyConflict } from './idempotency-conflict.ts';
import type { IntakeServices, Upload, UploadedFile } from './intake.ts';

const claimedDocumentSchema = z.object({ documentId: z.string(), blobName: z.string(), sha256: z.string() });
export type ClaimedDocument = z.infer<typeof claimedDocumentSchema>;

/** Which documents the files of a request are. */
export const claimedDocumentsSchema = z.array(claimedDocumentSchema);

export interface ClaimedDocuments {
  readonly documents: readonly ClaimedDocument[];
  /** Whether this request was the first of its key, so that it is the one to start their sagas. */
  readonly isFirst: boolean;
}

type Services = Pick<IntakeServices, 'claims' | 'now' | 'newId'>;

/** Names the documents of a request before anything is stored. @throws IdempotencyConflict */
export async function claimDocuments({ files, idempotencyKey }: Upload, services: Services): Promise<ClaimedDocuments> {
  const claim = files.map((file) => nameDocument(file, services));
  if (idempotencyKey === undefined) return { documents: claim, isFirst: true };
  const first = await services.claims.claim(idempotencyKey, claim);
  if (contentsOf(first) === contentsOf(claim)) {
    return { documents: first, isFirst: first[0]?.documentId === claim[0]?.documentId };
  }
  throw new IdempotencyConflict(idempotencyKey, 'files');
}

const contentsOf = (documents: readonly ClaimedDocument[]): string => documents.map(({ sha256 }) => sha256).join();

function nameDocument({ name, content }: UploadedFile, { now, newId }: Services): ClaimedDocument {
  const blobName = blobNameFor(now(), createHash('sha256').update(newId()).digest('hex'), name);
  const documentId = documentIdOf({ blobName, etag: '', lastModified: now() });
  return { blobName, documentId, sha256: sha256Of(content) };
}
