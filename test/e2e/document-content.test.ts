import { BlobServiceClient } from '@azure/storage-blob';
import { describe, expect, it } from 'vitest';
import type { DocumentRecord } from '../../src/documents/document-record.ts';
import { docx, png } from '../documents/sample-files.ts';
import { createApi, type ProblemDocument, until } from './api.ts';
import { useProgram } from './program.ts';
import { sample } from './sample.ts';

const program = await useProgram({ MAX_DOCUMENT_MB: '1' });
const api = createApi(program.url);
const storage = BlobServiceClient.fromConnectionString(program.connections.storage);

const contentOf = async (documentId: string, query = ''): Promise<Response> =>
  fetch(`${program.url}/api/documents/${documentId}/content${query}`);
const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());

async function processed(name: string, content: Uint8Array): Promise<string> {
  const { documentId } = await api.upload(name, content);
  await api.untilRecord(documentId, ({ status }) => status === 'processed' || status === 'awaiting_review');
  return documentId;
}

describe('the content of a document', () => {
  it('is the file itself, before it is moved and after, under headers that let nothing run', async () => {
    const content = await sample('unclear-invoice.pdf');
    const { documentId, instanceId } = await api.upload('überweisung (1).pdf', content);
    await api.untilSaga(instanceId, ({ phase }) => phase === 'in_review');
    const before = await contentOf(documentId);
    expect(before.status).toBe(200);
    expect(Object.fromEntries(before.headers)).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': "inline; filename*=UTF-8''%C3%BCberweisung%20%281%29.pdf",
      'content-security-policy': "default-src 'none'; frame-ancestors 'self'",
      'x-content-type-options': 'nosniff',
    });
    expect(await bytesOf(before)).toEqual(Buffer.from(content));

    await api.post(`/api/sagas/${instanceId}/reviews/extraction`, { decision: 'reject', by: 'Kim' });
    const { blobUrl } = await api.untilRecord(documentId, ({ status }) => status === 'rejected');
    expect(blobUrl).toContain('/failed/');
    expect(await bytesOf(await contentOf(documentId))).toEqual(Buffer.from(content));
  });

  it('is nothing that a browser would run, whatever was dropped and called a document', async () => {
    const page = Buffer.from('<!doctype html><script>alert(1)</script>');
    const client = storage.getContainerClient('incoming').getBlockBlobClient('invoice.html');
    await client.uploadData(page, { blobHTTPHeaders: { blobContentType: 'text/html' } });
    const { documents } = await until(
      'record of the dropped page',
      async () => (await api.get<{ documents: DocumentRecord[] }>('/api/documents?q=invoice.html')).body,
      (found) => found.documents[0]?.status === 'failed',
    );
    const answer = await contentOf(documents[0]!.id);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': "attachment; filename*=UTF-8''invoice.html",
      'content-security-policy': "default-src 'none'; frame-ancestors 'self'; sandbox",
    });
    expect(await bytesOf(answer)).toEqual(page);
  });

  it('can be had as text', async () => {
    const id = await processed('letter.docx', docx(['Größe 报告']));
    const asText = await contentOf(id, '?as=text');
    expect(asText.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await asText.text()).toContain('Größe 报告');
  });

  it('is gone once nobody keeps it, and says so', async () => {
    const id = await processed('short-lived.txt', Buffer.from('soon deleted'));
    for (const container of ['incoming', 'processed', 'failed']) {
      const client = storage.getContainerClient(container);
      if (!(await client.exists())) continue;
      for await (const blob of client.listBlobsFlat()) {
        if (blob.name.endsWith('short-lived.txt')) await client.deleteBlob(blob.name);
      }
    }
    const gone = await contentOf(id);
    expect(gone.status).toBe(410);
    expect(((await gone.json()) as ProblemDocument).detail).toContain('is not kept any more');
  });

  it('is refused where there is none, or none as text', async () => {
    expect((await contentOf('20260101-000000000000000000000000')).status).toBe(404);
    const { documentId } = await api.upload('dot.png', png);
    await api.untilRecord(documentId, () => true);
    const noText = await contentOf(documentId, '?as=text');
    expect(noText.status).toBe(409);
    expect(((await noText.json()) as ProblemDocument).detail).toContain('no text layer');
    expect((await contentOf(documentId, '?as=page')).status).toBe(400);
  });
});
