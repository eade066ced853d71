import { afterAll, describe, expect, it } from 'vitest';
import type { DocumentPage } from '../../src/azure/document-records.ts';
import type { SagaView } from '../../src/ops/saga-view.ts';
import { type Accepted, createApi, until } from './api.ts';
import { sampleOrder } from '../orders/sample-order.ts';
import { connect } from './local-clients.ts';
import { createOrderApi } from './order-api.ts';
import { useProgram } from './program.ts';
import { sample } from './sample.ts';

const program = await useProgram();
const api = createApi(program.url);
const local = connect(program.connections);
afterAll(() => local.close());

const isMoved = ({ blobUrl }: { readonly blobUrl: string }): boolean => blobUrl.includes('/processed/');
const sagas = async () => (await api.get<{ sagas: SagaView[] }>('/api/sagas?top=200')).body.sagas;

const post = (name: string, content: Uint8Array, key: string) =>
  api.send<Accepted>(`/api/documents?name=${name}`, {
    method: 'POST',
    headers: { 'idempotency-key': key },
    body: Buffer.from(content),
  });

async function postForm(key: string, ...names: string[]) {
  const form = new FormData();
  for (const name of names) form.append('file', new Blob([Buffer.from(await sample(name))]), name);
  return api.send<{ documents: Accepted[] }>('/api/documents', {
    method: 'POST',
    headers: { 'idempotency-key': key },
    body: form,
  });
}

describe('a message of the document queue', () => {
  it('that comes five times more leads to one instance', async () => {
    await local.dropBlob('redelivered.pdf', await sample('harbor-pine-invoice.pdf'));
    const [saga] = await until('the saga of the blob', sagas, (found) => found.length === 1);
    const { input, instanceId } = await api.saga(saga?.instanceId ?? '');
    const { blobName, etag } = input as { blobName: string; etag: string };
    const event = {
      subject: `/blobServices/default/containers/incoming/blobs/${blobName}`,
      eventType: 'Microsoft.Storage.BlobCreated',
      data: { eTag: etag },
    };
    await local.sendToQueue(event, 5);
    await api.untilSaga(instanceId, ({ runtimeStatus }) => runtimeStatus === 'Completed');
    await local.sendToQueue([event, event]);
    await until('an empty queue', local.queuedMessages, (count) => count === 0);

    expect((await sagas()).map((found) => found.instanceId)).toEqual([instanceId]);
    expect(await local.blobNames('processed')).toEqual(['redelivered.pdf']);
    expect(await local.blobNames('incoming')).toEqual([]);
  });
});

describe('a blob', () => {
  it('that is copied back to incoming is processed again, as a document of its own', async () => {
    const { documentId, blobName } = await api.upload('back.pdf', await sample('service-agreement.pdf'));
    await api.untilRecord(documentId, isMoved);
    await local.copyBlob(blobName, 'processed', 'incoming');
    const twice = await until(
      'a second document',
      async () => (await api.get<DocumentPage>('/api/documents?q=back.pdf')).body.documents,
      (documents) => documents.length === 2 && documents.every(isMoved),
    );
    expect(twice.map(({ name }) => name)).toEqual(['back.pdf', 'back.pdf']);
    expect((await local.blobNames('processed')).filter((name) => name.startsWith(blobName))).toHaveLength(2);
  });
});

describe('an Idempotency-Key', () => {
  it('posted by fifty clients at once starts one instance and leaves no stray blob', async () => {
    const content = await sample('nordlicht-rechnung.pdf');
    const answers = await Promise.all(Array.from({ length: 50 }, () => post('fifty.pdf', content, 'fifty')));

    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(202));
    const [first] = answers;
    for (const { body } of answers) expect(body).toEqual(first?.body);
    const { documentId = '', blobName = '' } = first?.body ?? {};
    await api.untilRecord(documentId, isMoved);
    await until('an empty queue', local.queuedMessages, (count) => count === 0);
    await until(
      'no blob in incoming',
      () => local.blobNames('incoming'),
      (names) => names.length === 0,
    );
    expect((await sagas()).filter(({ instanceId }) => instanceId === `document-${documentId}`)).toHaveLength(1);
    expect(await local.recordsOf(documentId)).toHaveLength(1);
    expect((await local.blobNames('processed')).filter((name) => name.includes('fifty'))).toEqual([blobName]);
  });

  it('is answered the same after the document has been processed', async () => {
    const content = await sample('greenfield-receipt.pdf');
    const first = await post('late.pdf', content, 'late');
    await api.untilRecord(first.body.documentId, isMoved);
    const second = await post('late.pdf', content, 'late');

    expect(second.status).toBe(202);
    expect(second.body).toEqual(first.body);
    expect(await local.blobNames('incoming')).toEqual([]);
  });

  it('leaves no copy behind that was stored when the first had been moved on', async () => {
    const content = await sample('harbor-pine-invoice.pdf');
    const { body } = await post('spare.pdf', content, 'spare');
    await api.untilRecord(body.documentId, isMoved);
    await local.dropBlob(body.blobName, content, { uploadedas: body.documentId });
    await until(
      'no blob in incoming',
      () => local.blobNames('incoming'),
      (names) => names.length === 0,
    );
    expect((await local.blobNames('processed')).filter((name) => name.includes('spare'))).toEqual([body.blobName]);
  });

  it('is refused with 422 for another file', async () => {
    await post('one.pdf', await sample('harbor-pine-invoice.pdf'), 'reused');
    const answer = await post('two.pdf', await sample('nordlicht-rechnung.pdf'), 'reused');

    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body).toMatchObject({
      type: 'urn:durable-saga:problem:idempotency_key_reused',
      detail: expect.stringContaining('use a new key') as string,
    });
  });

  it('covers every file of a multipart body', async () => {
    const first = await postForm('form', 'harbor-pine-invoice.pdf', 'nordlicht-rechnung.pdf');
    const again = await postForm('form', 'harbor-pine-invoice.pdf', 'nordlicht-rechnung.pdf');
    const other = await postForm('form', 'harbor-pine-invoice.pdf', 'greenfield-receipt.pdf');
    const fewer = await postForm('form', 'harbor-pine-invoice.pdf');

    expect([first.status, again.status, other.status, fewer.status]).toEqual([202, 202, 422, 422]);
    expect(again.body.documents).toEqual(first.body.documents);
  });
});

describe('a request whose saga has been deleted since', () => {
  it('puts in no document again', async () => {
    const content = await sample('harbor-pine-invoice.pdf');
    const first = (await post('forgotten.pdf', content, 'forgotten')).body;
    await api.untilSaga(first.instanceId, ({ runtimeStatus }) => runtimeStatus === 'Completed');
    await api.send(`/api/sagas/${first.instanceId}?by=Kim`, { method: 'DELETE' });
    expect((await post('forgotten.pdf', content, 'forgotten')).body).toEqual(first);
    expect((await api.get(`/api/sagas/${first.instanceId}`)).status).toBe(404);
  });

  it('places no order again', async () => {
    const orders = createOrderApi(program);
    const placed = () => orders.place(sampleOrder(), { 'idempotency-key': 'forgotten' });
    const first = (await placed()).body;
    await orders.ended(first.instanceId);
    await api.send(`/api/sagas/${first.instanceId}?by=Kim`, { method: 'DELETE' });
    expect((await placed()).body).toEqual(first);
    expect((await api.get(`/api/sagas/${first.instanceId}`)).status).toBe(404);
  });
});
