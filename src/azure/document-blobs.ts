import { createHash } from 'node:crypto';
import { BlobClient, type BlobServiceClient, type ContainerClient, RestError } from '@azure/storage-blob';
import type { UploadedDocument } from '../documents/document-record.ts';
import { documentIdOf, plainEtag, uploadDateOf } from '../documents/document-id.ts';
import { RetryableError, TerminalError } from '../saga/index.ts';

export const documentContainers = ['incoming', 'processed', 'failed'] as const;
export type DocumentContainer = (typeof documentContainers)[number];

export interface BlobFacts {
  readonly blobName: string;
  readonly etag: string;
  readonly lastModified: Date;
  readonly sizeBytes: number;
  readonly contentType: string | undefined;
  readonly blobUrl: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** A copy is made in the background by Azure; until it is done the blob has no content. */
  readonly isCopyPending: boolean;
}

/** Metadata of a blob that an upload made: the document that it is. Copies of the blob do not keep it, so they are documents of their own. */
export const uploadedAs = 'uploadedas';

/** Metadata of a blob that was moved: the document that it belongs to. */
const movedAs = 'documentid';

/** Which document a blob in `incoming` is: an upload says so, any other blob is the document of its name and ETag. */
export function documentIdIn(facts: BlobFacts): string {
  const given = facts.metadata[uploadedAs];
  return given !== undefined && uploadDateOf(given) !== undefined ? given : documentIdOf(facts);
}

/** Which version of which blob a document is. */
export type BlobOf = Pick<UploadedDocument, 'documentId' | 'blobName' | 'etag'>;

/** The document's file, wherever it is: in `incoming` until it is moved, once, to `processed` or `failed`. */
export interface DocumentBlobs {
  /** Puts a new blob into `incoming`; when the name is taken, that blob stays as it is. */
  upload(blobName: string, content: Uint8Array, options: UploadOptions): Promise<BlobFacts>;
  /** Removes this version of a blob from `incoming`, if it is there. */
  discard(blobName: string, etag: string): Promise<void>;
  /** What is known of a blob in `incoming`; undefined when it is not there (any more). */
  inspect(blobName: string): Promise<BlobFacts | undefined>;
  /** @throws TerminalError `document_gone` when no container holds this version, `too_large`; RetryableError when it changes meanwhile */
  read(document: BlobOf, limitBytes: number, signal?: AbortSignal): Promise<Uint8Array>;
  /**
   * The file as a reader asks for it, who knows where it was once: `gone` when it is in no container any more.
   * @param blobUrl of any place where the file has been
   */
  open(documentId: string, blobUrl: string, limitBytes: number): Promise<OpenedFile>;
  /** Moves the file; doing it again changes nothing. Answers the new URL. @throws as `read` does */
  move(document: BlobOf, to: 'processed' | 'failed'): Promise<string>;
  /** Keeps text of a document for the steps that follow, and gives it back. */
  stageText(documentId: string, text: string): Promise<void>;
  stagedText(documentId: string): Promise<string>;
  discardText(documentId: string): Promise<void>;
  /** Answers when the storage does, with no more rights than those to the blobs. */
  ping(): Promise<void>;
}

export type OpenedFile =
  | { readonly state: 'open'; readonly content: Uint8Array }
  | { readonly state: 'too-large'; readonly sizeBytes: number }
  | { readonly state: 'gone' };

export interface UploadOptions {
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export function createDocumentBlobs(service: BlobServiceClient): DocumentBlobs {
  const container = (name: DocumentContainer | 'staging') => service.getContainerClient(name);
  const staged = (documentId: string) => container('staging').getBlockBlobClient(`${documentId}.txt`);
  return {
    async upload(blobName, content, { contentType, metadata }) {
      const blob = container('incoming').getBlockBlobClient(blobName);
      const body = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
      await inContainer(container('incoming'), () =>
        blob.uploadData(body, {
          conditions: { ifNoneMatch: '*' },
          blobHTTPHeaders: { blobContentType: contentType },
          metadata: { ...metadata },
        }),
      ).catch(ignoring(409, 412));
      const facts = await inspectBlob(container('incoming'), blobName);
      if (facts === undefined)
        throw new TerminalError(`blob ${blobName} vanished while it was uploaded`, { code: 'document_gone' });
      return facts;
    },
    discard: (blobName, etag) => deleteVersion(container('incoming').getBlobClient(blobName), etag),
    inspect: (blobName) => inspectBlob(container('incoming'), blobName),
    async read(document, limitBytes, signal) {
      const place = await locate(service, document);
      const { facts } = place;
      if (facts.sizeBytes > limitBytes) {
        throw new TerminalError(`the document has ${facts.sizeBytes} bytes; the limit is ${limitBytes}`, {
          code: 'too_large',
        });
      }
      if (facts.sizeBytes === 0) return new Uint8Array();
      const content = await download(service, place, signal);
      if (content === undefined) throw changed(document);
      return content;
    },
    open: (documentId, blobUrl, limitBytes) => openFile(service, documentId, blobUrl, limitBytes),
    move: (document, to) => moveBlob(service, document, to),
    async stageText(documentId, text) {
      await inContainer(container('staging'), () => staged(documentId).upload(text, Buffer.byteLength(text)));
    },
    stagedText: async (documentId) => (await staged(documentId).downloadToBuffer()).toString('utf8'),
    async discardText(documentId) {
      await staged(documentId).deleteIfExists();
    },
    async ping() {
      await container('incoming').exists();
    },
  };
}

interface Place {
  readonly container: DocumentContainer;
  readonly facts: BlobFacts;
}

async function locate(service: BlobServiceClient, document: BlobOf): Promise<Place> {
  const incoming = await inspectBlob(service.getContainerClient('incoming'), document.blobName);
  if (incoming?.etag === document.etag) return { container: 'incoming', facts: incoming };
  const moved = await findMoved(service, document);
  if (moved !== undefined) return moved;
  throw new TerminalError(
    `the document's file ${document.blobName} (ETag ${document.etag}) is in no container: it was deleted or overwritten before it was processed; upload it again`,
    { code: 'document_gone' },
  );
}

async function findMoved(
  service: BlobServiceClient,
  document: Pick<BlobOf, 'blobName' | 'documentId'>,
): Promise<Place | undefined> {
  for (const container of ['failed', 'processed'] as const) {
    for (const blobName of movedNames(document)) {
      const facts = await inspectBlob(service.getContainerClient(container), blobName);
      if (facts?.metadata[movedAs] === document.documentId) return { container, facts };
    }
  }
  return undefined;
}

/** Nothing when the version is not there any more. */
async function download(
  service: BlobServiceClient,
  { container, facts }: Place,
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  return service
    .getContainerClient(container)
    .getBlobClient(facts.blobName)
    .downloadToBuffer(0, undefined, { conditions: thisVersion(facts), ...(signal && { abortSignal: signal }) })
    .catch(ignoring(404, 412));
}

/** A blob that is dropped twice under one name is two documents; the second one moves under a name of its own. */
const movedNames = ({ blobName, documentId }: Pick<BlobOf, 'blobName' | 'documentId'>): readonly [string, string] => [
  blobName,
  `${blobName}.${documentId}`,
];

/** A file that is moved while it is read is found again where it went. */
async function openFile(
  service: BlobServiceClient,
  documentId: string,
  blobUrl: string,
  limitBytes: number,
): Promise<OpenedFile> {
  for (;;) {
    const found = await findFile(service, documentId, new BlobClient(blobUrl).name);
    if (found === undefined) return { state: 'gone' };
    const { sizeBytes } = found.facts;
    if (sizeBytes > limitBytes) return { state: 'too-large', sizeBytes };
    if (sizeBytes === 0) return { state: 'open', content: new Uint8Array() };
    const content = await download(service, found);
    if (content !== undefined) return { state: 'open', content };
  }
}

async function findFile(service: BlobServiceClient, documentId: string, knownName: string): Promise<Place | undefined> {
  const suffix = `.${documentId}`;
  const blobName = knownName.endsWith(suffix) ? knownName.slice(0, -suffix.length) : knownName;
  const incoming = await inspectBlob(service.getContainerClient('incoming'), blobName);
  if (incoming !== undefined && documentIdIn(incoming) === documentId)
    return { container: 'incoming', facts: incoming };
  return findMoved(service, { blobName, documentId });
}

async function moveBlob(service: BlobServiceClient, document: BlobOf, to: 'processed' | 'failed'): Promise<string> {
  const { container, facts } = await locate(service, document);
  if (container === to) return facts.blobUrl;
  const source = service.getContainerClient(container).getBlobClient(facts.blobName);
  const target = service.getContainerClient(to);
  const { [uploadedAs]: _, ...kept } = facts.metadata;
  for (const blobName of movedNames(document)) {
    await inContainer(target, async () => {
      const copying = await target.getBlobClient(blobName).beginCopyFromURL(source.url, {
        metadata: { ...kept, [movedAs]: document.documentId },
        conditions: { ifNoneMatch: '*' },
        sourceConditions: thisVersion(facts),
      });
      await copying.pollUntilDone();
    }).catch(ignoring(404, 409, 412));
    const copy = await inspectBlob(target, blobName);
    if (copy === undefined || copy.isCopyPending) throw changed(document);
    if (copy.metadata[movedAs] !== document.documentId) continue;
    await deleteVersion(source, facts.etag);
    return copy.blobUrl;
  }
  throw new TerminalError(`both names for ${document.blobName} are taken in ${to}`, { code: 'name_taken' });
}

const thisVersion = ({ etag }: Pick<BlobFacts, 'etag'>) => ({ ifMatch: `"${etag}"` });

/** The next attempt finds out where the file is now, if it is anywhere. */
const changed = ({ blobName }: BlobOf): RetryableError =>
  new RetryableError(`the file ${blobName} was moved or overwritten meanwhile`, { code: 'document_changed' });

/** Leaves a version alone that came under the same name meanwhile. */
async function deleteVersion(source: BlobClient, etag: string): Promise<void> {
  await source.deleteIfExists({ conditions: thisVersion({ etag }) }).catch(ignoring(412));
}

async function inspectBlob(container: ContainerClient, blobName: string): Promise<BlobFacts | undefined> {
  const blob = container.getBlobClient(blobName);
  const found = await blob.getProperties().catch(ignoring(404));
  if (found?.etag === undefined || found.lastModified === undefined) return undefined;
  return {
    blobName,
    etag: plainEtag(found.etag),
    lastModified: found.lastModified,
    sizeBytes: found.contentLength ?? 0,
    contentType: found.contentType,
    blobUrl: blob.url,
    metadata: found.metadata ?? {},
    isCopyPending: found.copyStatus === 'pending',
  };
}

/** Makes the container when it turns out to be missing; an account that was set up by infra/ never needs it. */
export async function inContainer<T>(container: ContainerClient, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RestError) || error.statusCode !== 404 || error.code !== 'ContainerNotFound') throw error;
    await container.createIfNotExists();
    return work();
  }
}

/** A handler for `catch` that takes the given status codes as an answer. */
export function ignoring(...statusCodes: readonly number[]): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof RestError && error.statusCode !== undefined && statusCodes.includes(error.statusCode))
      return undefined;
    throw error;
  };
}

export const sha256Of = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
