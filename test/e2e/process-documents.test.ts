import { afterAll, describe, expect, it } from 'vitest';
import type { DocumentPage } from '../../src/azure/document-records.ts';
import type { DocumentEvent } from '../../src/documents/document-event.ts';
import type { SagaView } from '../../src/ops/saga-view.ts';
import { type Accepted, createApi, until } from './api.ts';
import { connect } from './local-clients.ts';
import { useProgram } from './program.ts';
import { sample } from './sample.ts';

const program = await useProgram();
const api = createApi(program.url);
const local = connect(program.connections);
afterAll(() => local.close());

const isProcessed = ({ status }: { readonly status: string }): boolean => status === 'processed';
const isMoved = ({ blobUrl }: { readonly blobUrl: string }): boolean => blobUrl.includes('/processed/');

const query = async (text: string) => (await api.get<DocumentPage>(`/api/documents?${text}`)).body;
const idsOf = ({ documents }: DocumentPage): string[] => documents.map(({ id }) => id);
const movedTwice = async () => (await query('q=twice&status=processed')).documents.filter(isMoved);
const list = async (text: string) =>
  (await api.get<{ sagas: SagaView[]; continuation?: string }>(`/api/sagas?${text}`)).body;

describe('a PDF posted as the raw body', () => {
  it('becomes a record, a moved blob and events, all under one correlation id', async () => {
    const content = await sample('harbor-pine-invoice.pdf');
    const answer = await api.send<Accepted>('/api/documents?name=harbor.pdf', {
      method: 'POST',
      headers: { 'x-correlation-id': 'order-4711' },
      body: Buffer.from(content),
    });
    const { documentId, instanceId, blobName, statusUrl } = answer.body;

    expect(answer.status).toBe(202);
    expect(answer.headers.get('x-correlation-id')).toBe('order-4711');
    expect(answer.headers.get('location')).toBe(statusUrl);
    expect(blobName).toMatch(/^\d{14}_[0-9a-f]{8}_harbor\.pdf$/);

    const saga = await api.untilSaga(instanceId, ({ runtimeStatus }) => runtimeStatus === 'Completed');
    expect(saga).toMatchObject({
      name: 'processDocument',
      phase: 'completed',
      progress: 100,
      correlationId: 'order-4711',
      output: { documentId, status: 'processed', category: 'invoice' },
      rewindable: { yes: false },
    });
    expect((await api.send<SagaView>(statusUrl)).body.instanceId).toBe(instanceId);

    const [record, ...others] = await local.recordsOf(documentId);
    expect(others).toEqual([]);
    expect(record).toMatchObject({
      id: documentId,
      instanceId,
      name: 'harbor.pdf',
      contentType: 'application/pdf',
      sizeBytes: content.byteLength,
      status: 'processed',
      category: 'invoice',
      uploadDate: documentId.replace(/^(\d{4})(\d\d)(\d\d)-.*/, '$1-$2-$3'),
      correlationId: 'order-4711',
      extraction: { extractor: 'offline' },
    });
    expect(record?.blobUrl).toContain(`/processed/${blobName}`);

    expect(await local.blobNames('incoming')).not.toContain(blobName);
    expect(await local.readBlob('processed', blobName)).toBe(Buffer.from(content).toString('latin1'));
    expect(await local.blobNames('staging')).not.toContain(`${documentId}.txt`);

    const messages = await local.eventsUntil(documentId, 'DocumentProcessed');
    const events = messages.map(({ body }) => body as DocumentEvent);
    expect(events.map(({ type }) => type)).toEqual([
      'DocumentUploaded',
      'ProcessingStarted',
      'DocumentClassified',
      'ExtractionCompleted',
      'DocumentIndexed',
      'DocumentMoved',
      'DocumentProcessed',
    ]);
    for (const { correlationId, messageId, body } of messages) {
      expect(correlationId).toBe('order-4711');
      expect(body).toMatchObject({ id: messageId, subject: documentId, correlationId: 'order-4711', version: '1.0' });
    }
  });
});

it('a path with a slash at its end is answered as without', async () => {
  const init = { method: 'POST', body: Buffer.from(await sample('harbor-pine-invoice.pdf')) };
  const { status, body } = await api.send<Accepted>('/api/documents/?name=slash.pdf', init);
  expect([status, body.statusUrl]).toEqual([202, `${program.url}/api/sagas/${body.instanceId}`]);
  await api.untilRecord(body.documentId, isProcessed);
});

describe('a multipart body', () => {
  it('with one file is answered as a raw body is', async () => {
    const form = new FormData();
    form.append('file', new Blob([Buffer.from(await sample('greenfield-receipt.pdf'))]), 'receipt.pdf');
    const { status, body } = await api.send<Accepted>('/api/documents', { method: 'POST', body: form });

    expect(status).toBe(202);
    expect(await api.untilRecord(body.documentId, isProcessed)).toMatchObject({
      name: 'receipt.pdf',
      category: 'receipt',
    });
  });

  it('with many files starts one saga each under one correlation id', async () => {
    const names = ['harbor-pine-invoice.pdf', 'nordlicht-rechnung.pdf', 'service-agreement.pdf'];
    const form = new FormData();
    form.append('comment', 'three at once');
    for (const name of names) form.append('files', new Blob([Buffer.from(await sample(name))]), name);
    const answer = await api.send<{ correlationId: string; documents: Accepted[] }>('/api/documents', {
      method: 'POST',
      headers: { 'x-correlation-id': 'batch-9' },
      body: form,
    });

    expect(answer.status).toBe(202);
    expect(answer.body.correlationId).toBe('batch-9');
    const records = await Promise.all(
      answer.body.documents.map(({ documentId }) => api.untilRecord(documentId, isProcessed)),
    );
    expect(records.map(({ name, correlationId }) => [name, correlationId])).toEqual(
      names.map((name) => [name, 'batch-9']),
    );
    expect(new Set(records.map(({ instanceId }) => instanceId)).size).toBe(3);
  });
});

describe('a blob put straight into incoming', () => {
  it('leads to one saga', async () => {
    const name = 'dropped by hand – Größe.pdf';
    await local.dropBlob(name, await sample('molenzicht-factuur.pdf'));
    const found = await until(
      'documents of the dropped blob',
      async () => (await api.get<DocumentPage>('/api/documents?q=dropped')).body.documents,
      (documents) => documents.some((document) => isProcessed(document) && isMoved(document)),
    );

    expect(found.map((document) => document.name)).toEqual([name]);
    expect(await local.blobNames('incoming')).not.toContain(name);
    expect(await local.blobNames('processed')).toContain(name);
    const { body } = await api.get<{ sagas: SagaView[] }>(`/api/sagas?q=${found[0]?.instanceId}`);
    expect(body.sagas).toHaveLength(1);
  });

  it('is a document each time when other content comes under the same name, and no blob is lost', async () => {
    const contents = [await sample('harbor-pine-invoice.pdf'), await sample('atelier-brumaire-facture.pdf')];
    for (const [n, content] of contents.entries()) {
      await local.dropBlob('twice.pdf', content);
      await until('documents of that name', movedTwice, (documents) => documents.length === n + 1);
    }

    const kept = (await local.blobNames('processed')).filter((name) => name.startsWith('twice.pdf'));
    expect(kept).toHaveLength(2);
    const bytes = await Promise.all(kept.map((name) => local.readBlob('processed', name)));
    expect(new Set(bytes)).toEqual(new Set(contents.map((content) => Buffer.from(content).toString('latin1'))));
  });
});

describe('the read side', () => {
  it('finds documents by text, status, category and day, and pages through them', async () => {
    const uploads = await Promise.all(
      Array.from({ length: 5 }, async (_, n) =>
        api.upload(
          `quokka ${n}.txt`,
          Buffer.from(`SERVICE AGREEMENT\nThis Agreement is made between Quokka ${n} Ltd and us.`),
        ),
      ),
    );
    const ids = uploads.map(({ documentId }) => documentId);
    await Promise.all(ids.map((id) => api.untilRecord(id, isMoved)));

    expect(new Set(idsOf(await query('q=QUOKKA+agreement')))).toEqual(new Set(ids));
    expect(idsOf(await query('q=quokka+3'))).toEqual([ids[3]]);
    expect(idsOf(await query('q=quokka&status=failed'))).toEqual([]);
    const [first] = await query('q=quokka').then(({ documents }) => documents);
    expect(
      idsOf(await query(`q=quokka&category=${first?.category}&from=${first?.uploadDate}&to=${first?.uploadDate}`)),
    ).toContain(first?.id);
    expect(idsOf(await query('q=quokka&to=2020-01-01'))).toEqual([]);

    const paged: string[] = [];
    let continuation: string | undefined;
    do {
      const after = continuation === undefined ? '' : `&continuation=${encodeURIComponent(continuation)}`;
      const page = await query(`q=quokka&top=2${after}`);
      expect(page.documents.length).toBeLessThanOrEqual(2);
      paged.push(...idsOf(page));
      continuation = page.continuation;
    } while (continuation !== undefined);
    expect(paged).toHaveLength(5);
    expect(new Set(paged)).toEqual(new Set(ids));
  });

  it('lists sagas by name, status and correlation id, newest first, page by page', async () => {
    for (const n of [1, 2, 3]) {
      const name = `listed ${n}.pdf`;
      const { documentId } = await api.upload(name, await sample('harbor-pine-invoice.pdf'), {
        'x-correlation-id': 'listed-7',
      });
      await api.untilRecord(documentId, isProcessed);
    }
    const completed = await until(
      'three completed sagas',
      () => list('name=processDocument&status=Completed&q=listed-7'),
      ({ sagas }) => sagas.length === 3,
    );
    const times = completed.sagas.map(({ createdAt }) => createdAt);
    expect(times).toEqual(times.toSorted().toReversed());

    const first = await list('q=listed-7&top=2');
    const second = await list(`q=listed-7&top=2&continuation=${first.continuation}`);
    expect([...first.sagas, ...second.sagas].map(({ instanceId }) => instanceId)).toEqual(
      completed.sagas.map(({ instanceId }) => instanceId),
    );
    expect(second.continuation).toBeUndefined();
    expect((await list('name=nobody')).sagas).toEqual([]);
    expect((await list('q=listed-7&phase=completed')).sagas).toHaveLength(3);
  });
});
