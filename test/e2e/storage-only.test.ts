import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, describe, expect, inject, it } from 'vitest';
import type { DocumentPage } from '../../src/azure/document-records.ts';
import { startBlobEmulator } from '../../src/emulators/blob/index.ts';
import { startHost } from '../../src/host/index.ts';
import { createApi } from './api.ts';
import { sample } from './sample.ts';

// The app with AzureWebJobsStorage and nothing else: neither Cosmos DB nor Service Bus.

const folder = mkdtempSync(join(tmpdir(), 'storage-only-'));
const blob = await startBlobEmulator({ dataDir: join(folder, 'blob'), port: 0 });
const host = await startHost({
  appDir: inject('appDir'),
  dataDir: join(folder, 'host'),
  port: 0,
  env: { AzureWebJobsStorage: blob.connectionString },
  log: () => undefined,
});
afterAll(async () => {
  await host.close();
  await blob.close();
  rmSync(folder, { recursive: true, force: true });
});
const api = createApi(host.url);
const storage = BlobServiceClient.fromConnectionString(blob.connectionString);

describe('the app with a storage account alone', () => {
  it('leaves out what needs other services, and is ready', async () => {
    expect(host.functions.filter(({ fault }) => fault !== undefined)).toEqual([]);
    const names = host.functions.map(({ name }) => name);
    expect(names).not.toContain('documentQueue');
    expect(names).not.toContain('postDevFaults');
    expect((await api.get('/api/health/ready')).status).toBe(200);
  });

  it('processes documents that are posted, with their records in blob storage', async () => {
    const { documentId, instanceId, blobName } = await api.upload('alone.pdf', await sample('harbor-pine-invoice.pdf'));
    const saga = await api.untilSaga(instanceId, ({ runtimeStatus }) => runtimeStatus === 'Completed');
    expect(saga.output).toMatchObject({ status: 'processed' });
    expect(await api.record(documentId)).toMatchObject({ status: 'processed', category: 'invoice' });
    const record = storage
      .getContainerClient('records')
      .getBlobClient(`${(await api.record(documentId)).uploadDate}/${documentId}.json`);
    expect(JSON.parse((await record.downloadToBuffer()).toString())).toMatchObject({ id: documentId });
    expect(await storage.getContainerClient('processed').getBlobClient(blobName).exists()).toBe(true);
    const { documents } = (await api.get<DocumentPage>('/api/documents?q=alone&status=processed')).body;
    expect(documents.map(({ id }) => id)).toEqual([documentId]);
  });

  it('reviews and rewinds as with all services', async () => {
    const { documentId, instanceId } = await api.upload('unsure.pdf', await sample('unclear-invoice.pdf'));
    await api.untilSaga(instanceId, ({ phase }) => phase === 'in_review');
    await api.post(`/api/sagas/${instanceId}/cancel`, { by: 'Kim' });
    await api.untilSaga(instanceId, ({ runtimeStatus }) => runtimeStatus === 'Failed');
    await api.post(`/api/sagas/${instanceId}/rewind`, { by: 'Kim', reason: 'on second thoughts' });
    const { review } = await api.untilSaga(instanceId, ({ phase }) => phase === 'in_review');
    const path = `/api/sagas/${instanceId}/reviews/${encodeURIComponent(review?.id ?? '')}`;
    expect((await api.post(path, { decision: 'approve', by: 'Kim' })).status).toBe(202);
    await api.untilSaga(instanceId, ({ runtimeStatus }) => runtimeStatus === 'Completed');
    expect(await api.record(documentId)).toMatchObject({ status: 'processed' });
  });
});
