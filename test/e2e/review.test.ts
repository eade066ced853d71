import { afterAll, describe, expect, it } from 'vitest';
import { type Accepted, createApi, type ProblemDocument } from './api.ts';
import { connect } from './local-clients.ts';
import { useProgram } from './program.ts';
import { sample } from './sample.ts';

const program = await useProgram();
const api = createApi(program.url);
const local = connect(program.connections);
afterAll(() => local.close());

interface OpenReview {
  readonly instanceId: string;
  readonly review: string;
  readonly of: { readonly doubts: readonly string[]; readonly fields: Readonly<Record<string, unknown>> };
  readonly deadline: string;
  readonly decisionSchema: unknown;
}

const openReviews = async () => (await api.get<{ reviews: OpenReview[] }>('/api/reviews?state=open')).body.reviews;

const decide = (instanceId: string, decision: unknown, review = 'extraction') =>
  api.post<ProblemDocument>(`/api/sagas/${instanceId}/reviews/${review}`, decision);

/** A document whose sums disagree, waiting for a person. */
async function unsure(name: string): Promise<Accepted> {
  const accepted = await api.upload(name, await sample('unclear-invoice.pdf'));
  await api.untilSaga(accepted.instanceId, ({ phase }) => phase === 'in_review');
  return accepted;
}

describe('a document that the extractor is not sure of', () => {
  it('waits with its question, the doubts, and the JSON Schema of the decision', async () => {
    const { instanceId, documentId } = await unsure('asks.pdf');
    const open = (await openReviews()).find((review) => review.instanceId === instanceId);

    expect(open).toMatchObject({
      saga: 'processDocument',
      review: 'extraction',
      of: { documentId, name: 'asks.pdf', category: 'invoice' },
      decisionSchema: {
        type: 'object',
        properties: { corrections: { type: 'object', properties: { totalAmount: { type: 'number' } } } },
        additionalProperties: false,
      },
    });
    expect(open?.of.doubts.length).toBeGreaterThan(0);
    expect(Date.parse(open?.deadline ?? '')).toBeGreaterThan(Date.now());
    expect(await api.record(documentId)).toMatchObject({
      status: 'awaiting_review',
      extraction: { extractor: 'offline' },
    });
    expect(await api.saga(instanceId)).toMatchObject({ phase: 'in_review', review: { id: 'extraction' } });
    expect(await local.blobNames('incoming')).toHaveLength(1);
  });

  it('is refused a decision that does not fit, with each complaint', async () => {
    const { instanceId } = await unsure('refuses.pdf');
    const approve = { decision: 'approve', by: 'Kim' };
    const complaints = async (decision: unknown) => {
      const { status, headers, body } = await decide(instanceId, decision);
      expect([status, headers.get('content-type')]).toEqual([400, 'application/problem+json']);
      return body.errors?.map(({ field }) => field);
    };

    expect(
      await complaints({ ...approve, data: { corrections: { totalAmount: '12', issueDate: 'yesterday' } } }),
    ).toEqual(['data.corrections.issueDate', 'data.corrections.totalAmount']);
    expect(await complaints({ ...approve, data: { corrections: { favouriteColour: 'red' } } })).toEqual([
      'data.corrections.favouriteColour',
    ]);
    expect(await complaints({ ...approve, data: { category: 'poem' } })).toEqual(['data.category']);
    expect(await complaints({ decision: 'perhaps', by: 'Kim' })).toEqual(['decision']);
    expect(await complaints({ decision: 'approve' })).toEqual(['by']);
    expect(await complaints({ ...approve, corrections: { totalAmount: 12 } })).toEqual(['corrections']);
    expect(await complaints([])).toEqual(['(whole)']);
    expect(await api.saga(instanceId)).toMatchObject({ phase: 'in_review' });
  });

  it('is processed with the corrections, which are certain and keep what was found', async () => {
    const { instanceId, documentId, blobName } = await unsure('corrected.pdf');
    const found = (await api.record(documentId)).extraction?.fields.totalAmount?.value;
    const decision = {
      decision: 'approve',
      by: 'Kim',
      reason: 'the amount due is right',
      data: { corrections: { totalAmount: 161, issueDate: '2026-05-04', vendorName: 'Merrow Trading' } },
    };
    expect((await decide(instanceId, decision)).status).toBe(202);
    await api.untilSaga(instanceId, ({ runtimeStatus }) => runtimeStatus === 'Completed');

    const record = await api.record(documentId);
    expect(record).toMatchObject({
      status: 'processed',
      review: { decision: 'approve', by: 'Kim', reason: 'the amount due is right', corrections: { totalAmount: 161 } },
    });
    expect(record.extraction?.fields.totalAmount).toMatchObject({ value: 161, confidence: 1 });
    expect(record.extraction?.fields.totalAmount?.found).toBe(found);
    expect(record.extraction?.fields.issueDate).toMatchObject({ value: '2026-05-04', confidence: 1 });
    expect(await local.blobNames('processed')).toContain(blobName);
  });

  it('is processed as it is when that is approved', async () => {
    const { instanceId, documentId } = await unsure('as-it-is.pdf');
    const before = await api.record(documentId);
    expect((await decide(instanceId, { decision: 'approve', by: 'Kim' })).status).toBe(202);
    await api.untilSaga(instanceId, ({ runtimeStatus }) => runtimeStatus === 'Completed');
    expect((await api.record(documentId)).extraction).toEqual(before.extraction);
  });

  it('is rejected, with its file kept in failed and the decision on record', async () => {
    const { instanceId, documentId, blobName } = await unsure('rejected.pdf');
    expect((await decide(instanceId, { decision: 'reject', by: 'Kim', reason: 'a duplicate' })).status).toBe(202);
    const saga = await api.untilSaga(instanceId, ({ runtimeStatus }) => runtimeStatus === 'Failed');

    expect(saga.error).toMatchObject({ code: 'review_rejected' });
    expect(await api.record(documentId)).toMatchObject({
      status: 'rejected',
      review: { decision: 'reject', by: 'Kim', reason: 'a duplicate' },
    });
    expect(await local.blobNames('failed')).toContain(blobName);
    expect(await local.blobNames('staging')).not.toContain(`${documentId}.txt`);
    const events = await local.eventsUntil(documentId, 'DocumentRejected');
    expect(events.map(({ subject }) => subject)).not.toContain('DocumentFailed');
  });

  it('that was rejected by mistake asks again after a rewind', async () => {
    const { instanceId, documentId } = await unsure('by-mistake.pdf');
    await decide(instanceId, { decision: 'reject', by: 'Kim' });
    await api.untilSaga(instanceId, ({ runtimeStatus }) => runtimeStatus === 'Failed');
    await api.post(`/api/sagas/${instanceId}/rewind`, { by: 'Kim', reason: 'wrong button' });
    const asking = await api.untilSaga(instanceId, ({ phase }) => phase === 'in_review');

    expect(asking.review?.id).toBe('extraction#2');
    expect((await decide(instanceId, { decision: 'reject', by: 'Kim' })).status).toBe(409);
    expect((await openReviews()).map(({ review }) => review)).toContain('extraction#2');
    expect((await decide(instanceId, { decision: 'approve', by: 'Kim' }, 'extraction%232')).status).toBe(202);
    await api.untilSaga(instanceId, ({ runtimeStatus }) => runtimeStatus === 'Completed');
    expect(await api.record(documentId)).toMatchObject({ status: 'processed', review: { decision: 'approve' } });
  });
});

describe('a decision', () => {
  it('that nobody asked for is answered 404 with where to look', async () => {
    const { instanceId } = await unsure('unasked.pdf');
    const decision = { decision: 'approve', by: 'Kim' };
    const unknownReview = await decide(instanceId, decision, 'fraud');
    const unknownSaga = await decide('nobody', decision);

    expect([unknownReview.status, unknownSaga.status]).toEqual([404, 404]);
    expect(unknownReview.body.detail).toContain("open is 'extraction'");
  });

  it('that has been made already is answered 409', async () => {
    const { instanceId } = await unsure('decided.pdf');
    const decision = { decision: 'approve', by: 'Kim' };
    expect((await decide(instanceId, decision)).status).toBe(202);
    await api.untilSaga(instanceId, ({ runtimeStatus }) => runtimeStatus === 'Completed');
    const second = await decide(instanceId, decision);

    expect(second.status).toBe(409);
    expect(second.body).toMatchObject({ type: 'urn:durable-saga:problem:already_decided' });
    expect((await openReviews()).map((review) => review.instanceId)).not.toContain(instanceId);
  });

  it('by several people at once is one person’s, and the others are told whose', async () => {
    const { instanceId, documentId } = await unsure('contested.pdf');
    const people = ['Kim', 'Robin', 'Sam', 'Alex'];
    const answers = await Promise.all(
      people.map((by, n) => decide(instanceId, { decision: n % 2 === 0 ? 'reject' : 'approve', by })),
    );
    const winner = people[answers.findIndex(({ status }) => status === 202)];
    const told = answers.filter(({ status }) => status === 409).map(({ body }) => body.detail);
    expect(told).toHaveLength(3);
    expect(told.filter((detail) => detail.includes(`already by ${winner}`))).toEqual(told);
    await api.untilSaga(instanceId, ({ runtimeStatus }) => /Completed|Failed/.test(runtimeStatus));
    expect((await api.record(documentId)).review?.by).toBe(winner);
  });

  it.each([
    { decision: 'approve', by: 'Kim', data: { corrections: { totalAmount: 1 } } },
    { decision: 'approve', by: 'Kim' },
    { decision: 'reject', by: 'Kim', reason: 'a copy' },
  ])('sent again by the same person is taken as the same: %o', async (decision) => {
    const { instanceId } = await unsure('again.pdf');
    const answers = await Promise.all([decide(instanceId, decision), decide(instanceId, decision)]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    await api.untilSaga(instanceId, ({ runtimeStatus }) => /Completed|Failed/.test(runtimeStatus));
  });

  it('waits for a suspended saga to be resumed', async () => {
    const { instanceId } = await unsure('suspended.pdf');
    expect((await api.post(`/api/sagas/${instanceId}/suspend`, { by: 'Kim' })).status).toBe(202);
    await api.untilSaga(instanceId, ({ runtimeStatus }) => runtimeStatus === 'Suspended');
    const refused = await decide(instanceId, { decision: 'approve', by: 'Kim' });

    expect(refused.status).toBe(409);
    expect(refused.body.detail).toContain('resume');
    expect((await api.post(`/api/sagas/${instanceId}/resume`, { by: 'Kim' })).status).toBe(202);
    await api.untilSaga(instanceId, ({ runtimeStatus }) => runtimeStatus === 'Running');
    expect((await decide(instanceId, { decision: 'approve', by: 'Kim' })).status).toBe(202);
    await api.untilSaga(instanceId, ({ runtimeStatus }) => runtimeStatus === 'Completed');
  });
});
