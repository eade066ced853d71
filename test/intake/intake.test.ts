import * as df from 'durable-functions';
import { afterAll, expect, it } from 'vitest';
import { createBlobDocumentRecords } from '../../src/azure/blob-document-records.ts';
import { createDocumentBlobs } from '../../src/azure/document-blobs.ts';
import { createDurableInstances } from '../../src/azure/durable-instances.ts';
import { createIdempotencyClaims } from '../../src/azure/idempotency-claims.ts';
import { claimedDocumentsSchema } from '../../src/intake/claim-documents.ts';
import { openRecord, uploadedDocumentSchema } from '../../src/documents/document-record.ts';
import { createIntake } from '../../src/intake/intake.ts';
import { createTestHost } from '../../src/testing/index.ts';
import { useStorage } from '../azure/local-storage.ts';

const storage = await useStorage();
const incoming = storage.getContainerClient('incoming');
await incoming.createIfNotExists();
const host = await createTestHost({
  register: () =>
    df.app.orchestration('processDocument', function* (context) {
      yield context.df.waitForExternalEvent('never');
    }),
});
afterAll(() => host.close({ leavesWork: true }));
const instances = createDurableInstances(`${host.url}/runtime/webhooks/durabletask`);
const services = {
  blobs: createDocumentBlobs(storage),
  claims: createIdempotencyClaims(storage, 'documents', claimedDocumentsSchema),
  records: createBlobDocumentRecords(storage),
  now: host.now,
};
const intake = createIntake({ ...services, newId: () => 'id' });

it('takes in a blob that was given other properties after its event, once', async () => {
  const blob = incoming.getBlockBlobClient('relabelled.pdf');
  await blob.upload('x', 1);
  await blob.setHTTPHeaders({ blobContentType: 'application/pdf' });
  const { etag } = await blob.getProperties();

  const first = await intake.announce('relabelled.pdf', instances);
  expect(first.state).toBe('started');
  expect(await intake.announce('relabelled.pdf', instances)).toEqual({ ...first, state: 'known' });
  const started = 'instanceId' in first ? await instances.get(first.instanceId) : undefined;
  expect(started?.input).toMatchObject({ etag: etag?.replaceAll('"', ''), contentType: 'application/pdf' });
});

it.each([
  ['processing', 'started'],
  ['awaiting_review', 'started'],
  ['failed', 'known'],
  ['rejected', 'known'],
  ['processed', 'known'],
] as const)(
  'of a blob whose record is %s and whose saga is gone, an announcement finds it %s',
  async (status, state) => {
    const blobName = `${status}.pdf`;
    await incoming.getBlockBlobClient(blobName).upload('x', 1);
    const first = await intake.announce(blobName, instances);
    const instanceId = 'instanceId' in first ? first.instanceId : '';
    const uploaded = uploadedDocumentSchema.parse((await instances.get(instanceId))?.input);
    await services.records.save({ ...openRecord(uploaded), status });
    await instances.terminate(instanceId, 'a test');
    await expect.poll(() => instances.purge(instanceId)).toBe('accepted');

    expect(await intake.announce(blobName, instances)).toEqual({ state, instanceId });
    expect((await instances.get(instanceId)) === undefined).toBe(state === 'known');
  },
);

it('leaves a blob alone that is gone', async () => {
  expect(await intake.announce('nowhere.pdf', instances)).toEqual({ state: 'gone' });
});

it('carries out a keyed upload whose first request ended before it had started anything', async () => {
  const first = createIntake({ ...services, newId: () => 'the first' });
  const second = createIntake({ ...services, newId: () => 'the second' });
  const file = { name: 'late.txt', contentType: 'text/plain', content: Buffer.from('text') };
  const upload = { files: [file], correlationId: 'c', traceparent: undefined, idempotencyKey: 'crashed' };
  const gone = { ...instances, start: () => Promise.reject(new Error('the process ended')) };
  await expect(first.accept(upload, gone)).rejects.toThrow('the process ended');

  const [accepted] = await second.accept(upload, instances);
  expect(await instances.get(accepted?.instanceId ?? '')).toMatchObject({ name: 'processDocument' });
  expect(await first.accept(upload, instances)).toEqual([accepted]);
});
