import { afterAll, describe, expect, it } from 'vitest';
import { type Accepted, createApi, type ProblemDocument } from './api.ts';
import { connect } from './local-clients.ts';
import { useProgram } from './program.ts';
import { sample } from './sample.ts';

const program = await useProgram();
const api = createApi(program.url);
const local = connect(program.connections);
afterAll(() => local.close());

const operate = (instanceId: string, operation: string, body: unknown = { by: 'Kim', reason: 'a test' }) =>
  api.post<ProblemDocument>(`/api/sagas/${instanceId}/${operation}`, body);

/** A document that waits for a person, so that there is time to operate on it. */
async function waiting(name: string): Promise<Accepted> {
  const accepted = await api.upload(name, await sample('unclear-invoice.pdf'));
  await api.untilSaga(accepted.instanceId, ({ phase }) => phase === 'in_review');
  return accepted;
}

async function processed(name: string): Promise<Accepted> {
  const accepted = await api.upload(name, await sample('harbor-pine-invoice.pdf'));
  await api.untilSaga(accepted.instanceId, ({ runtimeStatus }) => runtimeStatus === 'Completed');
  return accepted;
}

describe('cancel', () => {
  it('compensates, keeps the file, and can be taken back by a rewind', async () => {
    const { instanceId, documentId, blobName } = await waiting('cancelled.pdf');
    expect((await operate(instanceId, 'cancel')).status).toBe(202);
    const saga = await api.untilSaga(instanceId, ({ runtimeStatus }) => runtimeStatus === 'Failed');

    expect(saga).toMatchObject({ phase: 'failed', error: { code: 'cancelled', message: 'cancelled by Kim: a test' } });
    expect(saga.compensation).toContainEqual({ step: 'main/downloadDocument#1', outcome: 'succeeded', undo: 'done' });
    expect(await api.record(documentId)).toMatchObject({ status: 'failed', error: { code: 'cancelled' } });
    expect(await local.blobNames('failed')).toContain(blobName);

    expect((await operate(instanceId, 'rewind')).status).toBe(202);
    await api.untilSaga(instanceId, ({ phase }) => phase === 'in_review');
    expect(await api.record(documentId)).toMatchObject({ status: 'awaiting_review' });
  });

  it('that comes twice does not outlive the rewind that takes it back', async () => {
    const { instanceId } = await waiting('cancelled-twice.pdf');
    await Promise.all([operate(instanceId, 'cancel'), operate(instanceId, 'cancel')]);
    await api.untilSaga(instanceId, ({ runtimeStatus }) => runtimeStatus === 'Failed');
    expect((await operate(instanceId, 'rewind')).status).toBe(202);
    expect(
      await api.untilSaga(instanceId, ({ phase, review }) => phase !== 'failed' && review !== undefined),
    ).toMatchObject({
      phase: 'in_review',
    });
  });

  it('is refused for what has ended', async () => {
    const { instanceId } = await processed('too-late.pdf');
    const { status, body } = await operate(instanceId, 'cancel');
    expect(status).toBe(409);
    expect(body.detail).toContain("is Completed (phase 'completed'), where cancel is not possible");
  });
});

describe('terminate', () => {
  it('ends the saga at once and undoes nothing', async () => {
    const { instanceId, documentId, blobName } = await waiting('terminated.pdf');
    expect((await operate(instanceId, 'terminate')).status).toBe(202);
    const saga = await api.untilSaga(instanceId, ({ runtimeStatus }) => runtimeStatus === 'Terminated');

    expect(saga).toMatchObject({ phase: 'terminated', rewindable: { yes: false } });
    expect(await api.record(documentId)).toMatchObject({
      status: 'failed',
      processedAt: expect.any(String) as string,
      error: { code: 'terminated', message: 'its saga was terminated (by Kim: a test)' },
    });
    expect(await local.blobNames('incoming')).toContain(blobName);
    expect(await local.blobNames('staging')).toContain(`${documentId}.txt`);
    for (const operation of ['terminate', 'cancel', 'suspend', 'resume', 'rewind']) {
      const refused = await operate(instanceId, operation);
      expect([operation, refused.status]).toEqual([operation, 409]);
    }
  });
});

describe('suspend and resume', () => {
  it('hold the saga and let it go on; a second one is refused with its reason', async () => {
    const { instanceId } = await waiting('held.pdf');
    expect((await operate(instanceId, 'resume')).status).toBe(409);
    expect((await operate(instanceId, 'suspend')).status).toBe(202);
    expect(await api.untilSaga(instanceId, ({ phase }) => phase === 'suspended')).toMatchObject({
      runtimeStatus: 'Suspended',
    });
    const second = await operate(instanceId, 'suspend');
    expect(second.status).toBe(409);
    expect(second.body.type).toBe('urn:durable-saga:problem:not_in_this_state');
    expect((await operate(instanceId, 'resume')).status).toBe(202);
    await api.untilSaga(instanceId, ({ phase }) => phase === 'in_review');
  });
});

describe('rewind', () => {
  it('by several people at once is one person’s, and the others change nothing', async () => {
    const { instanceId } = await waiting('contested.pdf');
    await operate(instanceId, 'cancel');
    await api.untilSaga(instanceId, ({ runtimeStatus }) => runtimeStatus === 'Failed');
    const actions = ['retry', 'abort', 'retry', 'abort'];
    const answers = await Promise.all(
      actions.map((action, n) => operate(instanceId, 'rewind', { action, by: `person ${n}`, reason: 'a test' })),
    );
    const winners = answers.flatMap(({ status }, n) => (status === 202 ? [actions[n]] : []));
    expect(winners).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(3);
    const { phase } = await api.untilSaga(instanceId, (saga) => /in_review|aborted/.test(saga.phase));
    expect(phase).toBe(winners[0] === 'abort' ? 'aborted' : 'in_review');
  });

  it('is refused for a saga that has not failed, and for an action that is not possible', async () => {
    const running = await waiting('running.pdf');
    const refused = await operate(running.instanceId, 'rewind');
    expect(refused.status).toBe(409);
    expect(refused.body.detail).toContain('only a failed instance can be rewound; this one is Running');

    await operate(running.instanceId, 'cancel');
    await api.untilSaga(running.instanceId, ({ runtimeStatus }) => runtimeStatus === 'Failed');
    const skip = await operate(running.instanceId, 'rewind', { action: 'skip', by: 'Kim', reason: 'a test' });
    expect(skip.status).toBe(409);
    expect(skip.body.detail).toContain('possible are: retry, abort');
  });
});

describe('every operation', () => {
  const operations = ['rewind', 'cancel', 'terminate', 'suspend', 'resume'];

  it.each(operations)('%s of an unknown saga is answered 404 with where to look', async (operation) => {
    const { status, body } = await operate('nobody', operation);
    expect(status).toBe(404);
    expect(body.detail).toContain('GET /api/sagas');
  });

  it.each(operations)('%s asks who acts, and refuses fields that it does not know', async (operation) => {
    const { instanceId } = await processed(`${operation}.pdf`);
    const nobody = await operate(instanceId, operation, { reason: 'a test' });
    expect([nobody.status, nobody.body.errors?.[0]?.field]).toEqual([400, 'by']);
    const unknown = await operate(instanceId, operation, { by: 'Kim', reason: 'a test', force: true });
    expect(unknown.status).toBe(400);
    expect(unknown.body.detail).toContain('force');
  });

  it('takes nobody for signed in whom no authentication vouches for', async () => {
    const { instanceId } = await waiting('signed-in.pdf');
    const principal = Buffer.from(JSON.stringify({ userDetails: 'robin@example.com' })).toString('base64');
    await api.send(`/api/sagas/${instanceId}/cancel`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-ms-client-principal': principal },
      body: JSON.stringify({ by: 'Kim' }),
    });
    const saga = await api.untilSaga(instanceId, ({ runtimeStatus }) => runtimeStatus === 'Failed');
    expect(saga.error?.message).toBe('cancelled by Kim');
  });
});

describe('a saga that is started by name', () => {
  it('is refused for an unknown name, an input that does not fit, and an id that exists', async () => {
    const unknown = await api.post<ProblemDocument>('/api/sagas/paintHouse', { input: {} });
    expect(unknown.status).toBe(404);
    expect(unknown.body.detail).toContain('processDocument');

    const wrong = await api.post<ProblemDocument>('/api/sagas/processDocument', { input: { documentId: 7 } });
    expect(wrong.status).toBe(400);
    expect(wrong.body.errors?.map(({ field }) => field)).toContain('input.documentId');

    const { instanceId } = await processed('exists.pdf');
    const { input } = await api.saga(instanceId);
    const again = await api.post<ProblemDocument>('/api/sagas/processDocument', { instanceId, input });
    expect(again.status).toBe(409);
  });
});
