import { createHash } from 'node:crypto';

/** A document is one version of a blob in `incoming`: the same name and ETag are the same document, however often announced. */
export interface BlobVersion {
  readonly blobName: string;
  /** With or without quotes. */
  readonly etag: string;
  readonly lastModified: Date;
}

/** `yyyyMMdd-<24 hex>`: the day is the record's partition, so that the id alone finds the record. */
export function documentIdOf({ blobName, etag, lastModified }: BlobVersion): string {
  const version = createHash('sha256')
    .update(`${blobName}\n${plainEtag(etag)}`)
    .digest('hex');
  return `${lastModified.toISOString().slice(0, 10).replaceAll('-', '')}-${version.slice(0, 24)}`;
}

const documentId = /^(\d{4})(\d{2})(\d{2})-[0-9a-f]{24}$/;

/** The partition of a document's record; undefined when this is no document id. */
export function uploadDateOf(id: string): string | undefined {
  const parts = documentId.exec(id);
  return parts === null ? undefined : `${parts[1]}-${parts[2]}-${parts[3]}`;
}

const instancePrefix = 'document-';

export const instanceIdOf = (id: string): string => `${instancePrefix}${id}`;

/** Undefined for an instance that is none of a document's. */
export function documentIdOfInstance(instanceId: string): string | undefined {
  const id = instanceId.startsWith(instancePrefix) ? instanceId.slice(instancePrefix.length) : '';
  return documentId.test(id) ? id : undefined;
}

/** Event Grid gives ETags bare, the storage API in quotes. */
export const plainEtag = (etag: string): string => etag.replaceAll('"', '');

const longestName = 100;

/**
 * `yyyyMMddHHmmss_<8 hex>_<name>`. The name is what is left of the sender's once folders and characters that blob names or
 * URLs cannot carry are gone, at most 100 characters with the extension kept.
 */
export function blobNameFor(uploadedAt: Date, unique: string, name: string): string {
  const stamp = uploadedAt.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
  return `${stamp}_${unique.slice(0, 8)}_${safeName(name)}`;
}

function safeName(name: string): string {
  const base = name.split(/[\\/]/).at(-1) ?? '';
  const clean = base
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Cs}"*:<>?|#%]/gu, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/^[. ]+|[. ]+$/g, '');
  const extension = /\.[A-Za-z0-9]{1,10}$/.exec(clean)?.[0] ?? '';
  const stem = clean.slice(0, clean.length - extension.length);
  return `${
    Array.from(stem)
      .slice(0, longestName - extension.length)
      .join('') || 'document'
  }${extension}`;
}

/** The sender's name, read back from a blob name; blobs put there directly have none but their own. */
export const senderNameOf = (blobName: string): string => blobName.replace(/^\d{14}_[0-9a-f]{8}_/, '');
