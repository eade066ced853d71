import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import type { ReviewDecisions } from '../../src/azure/review-decisions.ts';
import { registerEndpoints } from '../../src/http/register-endpoints.ts';
import { createRedaction, redactInstances } from '../../src/ops/redaction.ts';
import { reviewEndpoints } from '../../src/ops/reviews.http.ts';
import { sagaEndpoints } from '../../src/ops/sagas.http.ts';
import { defineActivity, defineReview, defineSaga, hours, sensitive } from '../../src/saga/index.ts';
import { createSagaTestHost } from '../../src/testing/index.ts';
import { createInMemoryClaims } from '../../src/testing/in-memory-claims.ts';
import { openSurroundings } from '../http/open-surroundings.ts';

const number = '4711-5ecret';
const issueCard = defineActivity({
  name: 'issueCard',
  input: z.object({}),
  output: z.object({ number: sensitive(z.string()) }),
  run: async () => ({ number }),
  undo: async () => {},
});
const look = defineReview({ name: 'look', decision: z.object({}), withinMs: hours(1), otherwise: 'reject' });
const order = defineSaga({
  name: 'orderCard',
  version: '1',
  input: z.object({}),
  reviews: [look],
  *run(saga) {
    const card = yield* saga.step(issueCard, {});
    yield* saga.review(look, { of: { asked: `card ${card.number}` } });
    return { done: `card ${card.number}` };
  },
});

const part = defineSaga({
  name: 'part',
  version: '1',
  input: z.object({}),
  output: z.object({}),
  *run(saga) {
    return saga.fail('no_money', 'there is none');
  },
});
const whole = defineSaga({
  name: 'whole',
  version: '1',
  input: z.object({}),
  *run(saga) {
    yield* saga.run(part, {});
  },
});

const sources = { sagas: [order, part, whole], activities: [issueCard.bind({})] };

async function startHost() {
  const redaction = createRedaction(sources);
  const services = { claims: createInMemoryClaims(), newId: () => 'new-id', now: () => new Date() };
  const decisions: ReviewDecisions = { claim: async (_id, _created, _review, answer) => answer };
  const { sagas } = sources;
  const host = await createSagaTestHost({
    ...sources,
    register: () =>
      registerEndpoints(
        [...sagaEndpoints({ ...services, sagas, redaction }), ...reviewEndpoints({ sagas, decisions })],
        { ...openSurroundings, redact: (instances) => redactInstances(instances, redaction) },
      ),
  });
  onTestFinished(() => host.close());
  return { host, listed: async (path: string) => (await host.fetch(path)).text() };
}

it('a text that only a step marks as sensitive shows in no list, before the end and after it', async () => {
  const { host, listed } = await startHost();
  const id = await host.startSaga(order, {});
  await host.runUntil(id, ({ customStatus }) => JSON.stringify(customStatus).includes('in_review'));
  for (const path of ['/api/reviews', '/api/sagas']) {
    expect(await listed(path)).toContain('"asked":"card [redacted]"');
  }
  await host.decide(id, look, { decision: 'approve', data: {}, by: 'Kim' });
  await host.runToEnd(id);
  expect(await listed('/api/sagas')).toContain('"done":"card [redacted]"');
});

it('a sub-saga that failed is listed as failed, beside the saga that ran it', async () => {
  const { host, listed } = await startHost();
  await host.runToEnd(await host.startSaga(whole, {}));
  const { sagas } = JSON.parse(await listed('/api/sagas?phase=failed')) as { sagas: { name: string }[] };
  expect(sagas.map(({ name }) => name).toSorted()).toEqual(['part', 'whole']);
  expect(await listed('/api/sagas?phase=completed')).toContain('"sagas":[]');
});
