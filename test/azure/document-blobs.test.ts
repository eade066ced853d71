import { randomUUID } from 'node:crypto';
import { BlobServiceClient, newPipeline, type RequestPolicy, type WebResource } from '@azure/storage-blob';
import { afterEach, describe, expect, it } from 'vitest';
import { type BlobOf, createDocumentBlobs, documentContainers } from '../../src/azure/document-blobs.ts';
import { documentIdOf } from '../../src/documents/document-id.ts';
import { useStorage } from './local-storage.ts';

const storage = await useStorage();
const blobs = createDocumentBlobs(storage);
const incoming = storage.getContainerClient('incoming');
await incoming.createIfNotExists();

const bytes = (text: string): Uint8Array => Buffer.from(text);
const limit = 1_000;
const read = async (document: BlobOf): Promise<string> => Buffer.from(await blobs.read(document, limit)).toString();

afterEach(async () => {
  for (const name of documentContainers) {
    const container = storage.getContainerClient(name);
    if (!(await container.exists())) continue;
    for await (const blob of container.listBlobsFlat()) await container.deleteBlob(blob.name);
  }
});

/** A blob that was put there directly, and the document that it is. */
async function drop(blobName: string, text: string, metadata: Record<string, string> = {}): Promise<BlobOf> {
  await incoming.getBlockBlobClient(blobName).uploadData(bytes(text), { metadata });
  const facts = await blobs.inspect(blobName);
  if (facts === undefined) throw new Error('the blob is not there');
  return { documentId: documentIdOf(facts), blobName, etag: facts.etag };
}

/** Blobs whose client does something else just before it sends the first request of a kind. */
function beforeRequest<T>(isKind: (request: WebResource) => boolean, act: () => Promise<T>) {
  let acted: Promise<T> | undefined;
  const pipeline = newPipeline(storage.credential);
  pipeline.factories.unshift({
    create: (next: RequestPolicy) => ({
      async sendRequest(request: WebResource) {
        if (acted === undefined && isKind(request)) await (acted = act());
        return next.sendRequest(request);
      },
    }),
  });
  return {
    blobs: createDocumentBlobs(new BlobServiceClient(storage.url, pipeline)),
    done: () => acted ?? Promise.reject(new Error('there was no such request')),
  };
}

async function namesIn(container: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of storage.getContainerClient(container).listBlobsFlat()) names.push(name);
  return names;
}

describe('an upload', () => {
  const options = { contentType: 'text/plain', metadata: { correlationid: 'c-1' } };

  it('tells the facts of the blob that it made', async () => {
    const facts = await blobs.upload('a.txt', bytes('hello'), options);
    expect(facts).toMatchObject({ blobName: 'a.txt', sizeBytes: 5, contentType: 'text/plain' });
    expect(facts.metadata).toEqual({ correlationid: 'c-1' });
    expect(facts.etag).not.toContain('"');
  });

  it('leaves a blob alone whose name is taken', async () => {
    const first = await blobs.upload('taken.txt', bytes('first'), options);
    expect(await blobs.upload('taken.txt', bytes('second'), options)).toEqual(first);
  });

  it('by fifty at once makes one blob', async () => {
    const results = await Promise.all(
      Array.from({ length: 50 }, () => blobs.upload('fifty.txt', bytes(randomUUID()), options)),
    );
    expect(new Set(results.map(({ etag }) => etag)).size).toBe(1);
  });
});

describe('reading', () => {
  it('finds the file wherever it was moved', async () => {
    const document = await drop('report ü 报告.txt', 'content');
    expect(await read(document)).toBe('content');
    await blobs.move(document, 'failed');
    expect(await read(document)).toBe('content');
    await blobs.move(document, 'processed');
    expect(await read(document)).toBe('content');
  });

  it('never gives the content of another version', async () => {
    const first = await drop('same.txt', 'first');
    const second = await drop('same.txt', 'second');
    await expect(read(first)).rejects.toMatchObject({ name: 'TerminalError', code: 'document_gone' });
    expect(await read(second)).toBe('second');
  });

  it('never gives the content of a version that is dropped while it works', async () => {
    const first = await drop('same.txt', 'first');
    const overwrite = beforeRequest(
      ({ method }) => method === 'GET',
      () => drop('same.txt', 'second'),
    );
    await expect(overwrite.blobs.read(first, limit)).rejects.toMatchObject({ code: 'document_changed' });
    await expect(read(first)).rejects.toMatchObject({ code: 'document_gone' });
    expect(await read(await overwrite.done())).toBe('second');
  });

  it('refuses a file over the limit', async () => {
    const document = await drop('long.txt', 'x'.repeat(limit + 1));
    await expect(read(document)).rejects.toMatchObject({
      code: 'too_large',
      message: expect.stringContaining('1001') as string,
    });
  });

  it('gives an empty file as no bytes', async () => {
    expect(await read(await drop('empty.txt', ''))).toBe('');
  });
});

describe('moving', () => {
  it('changes nothing when it is done again', async () => {
    const document = await drop('a.txt', 'content');
    const url = await blobs.move(document, 'processed');
    expect(await blobs.move(document, 'processed')).toBe(url);
    expect(await namesIn('incoming')).toEqual([]);
    expect(await namesIn('processed')).toEqual(['a.txt']);
  });

  it('done by many at once leaves one copy', async () => {
    const document = await drop('a.txt', 'content');
    await Promise.allSettled(Array.from({ length: 10 }, () => blobs.move(document, 'processed')));
    expect(await namesIn('processed')).toEqual(['a.txt']);
    expect(await namesIn('incoming')).toEqual([]);
    expect(await read(document)).toBe('content');
  });

  it('goes on where a crash left it: copied, but not deleted', async () => {
    const document = await drop('a.txt', 'content');
    const target = storage.getContainerClient('processed');
    await target.createIfNotExists();
    await target
      .getBlockBlobClient('a.txt')
      .uploadData(bytes('content'), { metadata: { documentid: document.documentId } });
    await blobs.move(document, 'processed');
    expect(await namesIn('incoming')).toEqual([]);
    expect(await namesIn('processed')).toEqual(['a.txt']);
  });

  it('gives the second document of one name a name of its own', async () => {
    const first = await drop('same.txt', 'first');
    await blobs.move(first, 'processed');
    const second = await drop('same.txt', 'second');
    const url = await blobs.move(second, 'processed');
    expect(url).toContain(second.documentId);
    expect([await read(first), await read(second)]).toEqual(['first', 'second']);
  });

  it('leaves a version alone that came under the same name meanwhile', async () => {
    const first = await drop('same.txt', 'first');
    const second = await drop('same.txt', 'second');
    await expect(blobs.move(first, 'processed')).rejects.toMatchObject({ code: 'document_gone' });
    expect(await read(second)).toBe('second');
    expect(await namesIn('incoming')).toEqual(['same.txt']);
  });

  it('never takes a version for another that is dropped while it works', async () => {
    const first = await drop('same.txt', 'first');
    const overwrite = beforeRequest(
      ({ headers }) => headers.get('x-ms-copy-source') !== undefined,
      () => drop('same.txt', 'second'),
    );
    await expect(overwrite.blobs.move(first, 'processed')).rejects.toMatchObject({ code: 'document_changed' });
    await expect(blobs.move(first, 'processed')).rejects.toMatchObject({ code: 'document_gone' });
    expect(await read(await overwrite.done())).toBe('second');
    expect(await namesIn('processed')).toEqual([]);
  });

  it('keeps the metadata, but not which upload made the blob', async () => {
    const document = await drop('a.txt', 'content', { sendername: 'A', uploadedas: 'x' });
    await blobs.move(document, 'failed');
    const { metadata } = await storage.getContainerClient('failed').getBlobClient('a.txt').getProperties();
    expect(metadata).toEqual({ sendername: 'A', documentid: document.documentId });
  });
});

describe('discarding', () => {
  it('removes that version only', async () => {
    const first = await drop('a.txt', 'first');
    const second = await drop('a.txt', 'second');
    await blobs.discard('a.txt', first.etag);
    expect(await read(second)).toBe('second');
    await blobs.discard('a.txt', second.etag);
    expect(await namesIn('incoming')).toEqual([]);
    await blobs.discard('a.txt', second.etag);
  });
});

describe('staged text', () => {
  it('is given back, replaced and discarded', async () => {
    await blobs.stageText('d', 'ein Ü und 报告');
    await blobs.stageText('d', 'zwei');
    expect(await blobs.stagedText('d')).toBe('zwei');
    await blobs.discardText('d');
    await blobs.discardText('d');
    await expect(blobs.stagedText('d')).rejects.toMatchObject({ statusCode: 404 });
  });
});
