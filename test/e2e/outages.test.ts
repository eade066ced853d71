import { afterAll, describe, expect, it } from 'vitest';
import type { SagaView } from '../../src/ops/saga-view.ts';
import { type Accepted, type Api, createApi } from './api.ts';
import { connect } from './local-clients.ts';
import { type Program, useProgram } from './program.ts';
import { sample } from './sample.ts';

// Each outage has a program of its own, and they run side by side: a step gives up after 31 s of waiting.

const outages = { concurrent: true, timeout: 240_000 };

const uses = (program: Program) => {
  const local = connect(program.connections);
  afterAll(() => local.close());
  return { api: createApi(program.url), local };
};

const isFailed = ({ runtimeStatus }: SagaView): boolean => runtimeStatus === 'Failed';
const isCompleted = ({ runtimeStatus }: SagaView): boolean => runtimeStatus === 'Completed';
const hasEnded = (saga: SagaView): boolean => isFailed(saga) || isCompleted(saga);

const turn = async (api: Api, switches: Readonly<Record<string, 'on' | 'off'>>): Promise<void> => {
  expect((await api.post('/api/dev/faults', switches)).status).toBe(200);
};

const rewind = (api: Api, { instanceId }: Accepted, body: object) => api.post(`/api/sagas/${instanceId}/rewind`, body);
const byHand = { by: 'Kim', reason: 'service is back' };

const nativeInstance = (instanceId: string): string => `/runtime/webhooks/durabletask/instances/${instanceId}`;

interface Waiting {
  readonly EventType: string;
  readonly Timestamp: string;
  readonly FireAt?: string;
}

/** The seconds that each durable timer of the instance was to wait, as its history has them. */
async function timersOf(api: Api, instanceId: string): Promise<number[]> {
  const { body } = await api.get<{ historyEvents: Waiting[] }>(`${nativeInstance(instanceId)}?showHistory=true`);
  return body.historyEvents
    .filter(({ EventType }) => EventType === 'TimerFired')
    .map(({ FireAt = '', Timestamp }) => Math.round((Date.parse(FireAt) - Date.parse(Timestamp)) / 1000));
}

describe('while extraction is down', outages, async () => {
  const program = await useProgram();
  const { api, local } = uses(program);

  it('a document is retried, compensated and kept, and any rewind after the outage processes it', async () => {
    await turn(api, { extraction: 'off' });
    const content = await sample('harbor-pine-invoice.pdf');
    const upload = (name: string) => api.upload(name, content, { 'x-correlation-id': name });
    const byApi = await upload('by-api.pdf');
    const byWebhook = await upload('by-webhook.pdf');
    const givenUp = await upload('given-up.pdf');

    const waiting = await api.untilSaga(
      byApi.instanceId,
      ({ attempt = 1, phase }) => attempt > 2 && phase === 'waiting',
    );
    expect(waiting).toMatchObject({ step: 'main/extractFields#1', error: { code: 'extraction_down' }, progress: 20 });
    expect(Date.parse(waiting.nextAttemptAt ?? '')).toBeGreaterThan(Date.parse(waiting.createdAt));

    const failed = await api.untilSaga(byApi.instanceId, isFailed);
    expect(failed).toMatchObject({
      phase: 'failed',
      error: { code: 'extraction_down', message: 'extraction is down (switched off)' },
      rewindable: { yes: true, actions: ['retry', 'abort'] },
    });
    expect(failed.compensation).toContainEqual({ step: 'main/downloadDocument#1', outcome: 'succeeded', undo: 'done' });
    expect(await timersOf(api, byApi.instanceId)).toEqual([1, 2, 4, 8, 16]);
    expect(await local.blobNames('staging')).not.toContain(`${byApi.documentId}.txt`);
    expect(await local.blobNames('failed')).toContain(byApi.blobName);
    expect(await local.blobNames('incoming')).not.toContain(byApi.blobName);
    expect(await api.record(byApi.documentId)).toMatchObject({
      status: 'failed',
      error: { code: 'extraction_down' },
      correlationId: 'by-api.pdf',
    });
    const events = await local.eventsUntil(byApi.documentId, 'DocumentFailed');
    expect(events.at(-1)).toMatchObject({ correlationId: 'by-api.pdf', body: { data: { code: 'extraction_down' } } });

    await api.untilSaga(givenUp.instanceId, isFailed);
    expect((await rewind(api, givenUp, { action: 'compensate', ...byHand })).status).toBe(409);
    expect((await rewind(api, givenUp, { action: 'abort', ...byHand })).status).toBe(202);
    const aborted = await api.untilSaga(givenUp.instanceId, ({ phase }) => phase === 'aborted');
    expect(aborted).toMatchObject({ runtimeStatus: 'Failed', rewindable: { yes: false } });
    expect((await rewind(api, givenUp, byHand)).status).toBe(409);

    expect((await rewind(api, byApi, { by: 'Kim', reason: 'too early' })).status).toBe(202);
    const again = await api.untilSaga(
      byApi.instanceId,
      (saga) => isFailed(saga) && saga.rewindable.why.includes('gate 2'),
    );
    expect(again.error?.code).toBe('extraction_down');

    await turn(api, { extraction: 'on' });
    expect((await rewind(api, byApi, byHand)).status).toBe(202);
    const reason = encodeURIComponent('seen in another tool');
    await api.untilSaga(byWebhook.instanceId, isFailed);
    const native = await api.send(`${nativeInstance(byWebhook.instanceId)}/rewind?reason=${reason}`, {
      method: 'POST',
    });
    expect(native.status).toBe(202);
    for (const { instanceId, documentId, blobName } of [byApi, byWebhook]) {
      expect(await api.untilSaga(instanceId, isCompleted)).toMatchObject({ output: { status: 'processed' } });
      const [record, ...others] = await local.recordsOf(documentId);
      expect(others).toEqual([]);
      expect(record).toMatchObject({ status: 'processed' });
      expect(record?.blobUrl).toContain(`/processed/${blobName}`);
      expect(record?.error).toBeUndefined();
      expect(await local.readBlob('processed', blobName)).toBe(Buffer.from(content).toString('latin1'));
      expect(await local.blobNames('failed')).not.toContain(blobName);
    }
    expect(await api.record(givenUp.documentId)).toMatchObject({ status: 'failed' });
    expect(await local.blobNames('failed')).toEqual([givenUp.blobName]);
    expect((await rewind(api, byApi, byHand)).status).toBe(409);
  });
});

describe('while persistence is down', outages, async () => {
  const program = await useProgram();
  const { api, local } = uses(program);

  it('a document fails with its file kept, and a rewind afterwards processes it', async () => {
    await turn(api, { persistence: 'off' });
    const accepted = await api.upload('kept.pdf', await sample('harbor-pine-invoice.pdf'));
    expect(await api.record(accepted.documentId)).toMatchObject({ name: 'kept.pdf', status: 'processing' });
    const failed = await api.untilSaga(accepted.instanceId, isFailed, 120_000);
    expect(failed).toMatchObject({ phase: 'failed', error: { code: 'persistence_down' } });
    expect(await local.blobNames('failed')).toEqual([accepted.blobName]);
    expect(await local.blobNames('staging')).toEqual([]);

    await turn(api, { persistence: 'on' });
    expect((await rewind(api, accepted, byHand)).status).toBe(202);
    await api.untilSaga(accepted.instanceId, isCompleted);
    expect(await local.recordsOf(accepted.documentId)).toMatchObject([{ status: 'processed', category: 'invoice' }]);
    expect(await local.blobNames('processed')).toEqual([accepted.blobName]);
    expect(await local.blobNames('failed')).toEqual([]);
  });
});

describe('while notification is down', outages, async () => {
  const program = await useProgram({ NOTIFICATION: 'off' });
  const { api, local } = uses(program);

  it('a document is processed all the same, and the failed events stand in its ledger', async () => {
    const accepted = await api.upload('quiet.pdf', await sample('harbor-pine-invoice.pdf'));
    const saga = await api.untilSaga(accepted.instanceId, hasEnded);
    expect(saga).toMatchObject({ runtimeStatus: 'Completed', output: { status: 'processed' } });
    const published = saga.compensation.filter(({ step }) => step.startsWith('main/publishEvents'));
    expect(published.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'failed']);
    expect(await local.recordsOf(accepted.documentId)).toMatchObject([{ status: 'processed' }]);
  });
});
