import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
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

it('a text that only a step marks as sensitive shows in no list, before the end and after it', async () => {
  const sources = { sagas: [order], activities: [issueCard.bind({})] };
  const redaction = createRedaction(sources);
  const services = { claims: createInMemoryClaims(), newId: () => 'new-id', now: () => new Date() };
  const host = await createSagaTestHost({
    ...sources,
    register: () =>
      registerEndpoints(
        [
          ...sagaEndpoints({ ...services, sagas: [order], redaction }),
          ...reviewEndpoints({
            sagas: [order],
            decisions: { claim: async (_id, _created, _review, answer) => answer },
          }),
        ],
        { ...openSurroundings, redact: (instances) => redactInstances(instances, redaction) },
      ),
  });
  onTestFinished(() => host.close());
  const listed = async (path: string) => (await host.fetch(path)).text();
  const id = await host.startSaga(order, {});
  await host.runUntil(id, ({ customStatus }) => JSON.stringify(customStatus).includes('in_review'));
  for (const path of ['/api/reviews', '/api/sagas']) {
    expect(await listed(path)).toContain('"asked":"card [redacted]"');
  }
  await host.decide(id, look, { decision: 'approve', data: {}, by: 'Kim' });
  await host.runToEnd(id);
  expect(await listed('/api/sagas')).toContain('"done":"card [redacted]"');
});
