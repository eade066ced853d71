import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { registerEndpoints } from '../../src/http/register-endpoints.ts';
import { reviewEndpoints } from '../../src/ops/reviews.http.ts';
import { defineReview, defineSaga, hours } from '../../src/saga/index.ts';
import { createSagaTestHost } from '../../src/testing/index.ts';
import { openSurroundings } from '../http/open-surroundings.ts';

const decision = z.object({});
const price = defineReview({ name: 'price', decision, withinMs: hours(1), otherwise: 'reject' });
const look = defineReview({ name: 'look', decision, withinMs: hours(2), otherwise: 'reject' });
const both = defineSaga({
  name: 'both',
  version: '1',
  input: z.object({}),
  reviews: [price, look],
  *run(saga) {
    const [first, second] = yield* saga.all([saga.review(price, { of: 1 }), saga.review(look, { of: 2 })]);
    return [first.by, second.by];
  },
});

it('lists reviews that are open side by side, and takes their decisions in any order', async () => {
  const host = await createSagaTestHost({
    sagas: [both],
    activities: [],
    register: () =>
      registerEndpoints(
        reviewEndpoints({ sagas: [both], decisions: { claim: async (_id, _created, _review, answer) => answer } }),
        openSurroundings,
      ),
  });
  onTestFinished(() => host.close());
  const id = await host.startSaga(both, {});
  await host.settle();
  const list = async () => {
    const { reviews } = (await (await host.fetch('/api/reviews')).json()) as { reviews: { id: string; of: number }[] };
    return reviews.map(({ id, of }) => [id, of]);
  };
  const decide = (review: string, by: string) =>
    host.fetch(`/api/sagas/${id}/reviews/${review}`, {
      method: 'POST',
      body: JSON.stringify({ decision: 'approve', data: {}, by }),
    });
  expect(await list()).toEqual([
    ['price', 1],
    ['look', 2],
  ]);
  expect((await decide('look', 'ann')).status).toBe(202);
  await host.settle();
  expect(await list()).toEqual([['price', 1]]);
  expect((await decide('look', 'bob')).status).toBe(409);
  expect((await decide('price', 'kim')).status).toBe(202);
  expect((await host.runToEnd(id)).output).toEqual(['kim', 'ann']);
});
