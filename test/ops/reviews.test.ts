import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { registerEndpoints } from '../../src/http/register-endpoints.ts';
import { reviewEndpoints } from '../../src/ops/reviews.http.ts';
import { defineReview, defineSaga, hours, type SagaDefinition } from '../../src/saga/index.ts';
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

const twice = defineSaga({
  name: 'twice',
  version: '1',
  input: z.object({}),
  reviews: [price],
  *run(saga) {
    yield* saga.review(price, { of: 1 });
    yield* saga.review(price, { of: 1 });
  },
});

async function startHost(saga: SagaDefinition<object> = both) {
  const host = await createSagaTestHost({
    sagas: [saga],
    activities: [],
    register: () =>
      registerEndpoints(
        reviewEndpoints({ sagas: [saga], decisions: { claim: async (_id, _created, _review, answer) => answer } }),
        openSurroundings,
      ),
  });
  onTestFinished(() => host.close());
  const id = await host.startSaga(saga, {});
  await host.settle();
  const decide = (review: string, by: string) =>
    host.fetch(`/api/sagas/${id}/reviews/${review}`, {
      method: 'POST',
      body: JSON.stringify({ decision: 'approve', data: {}, by }),
    });
  return { host, id, decide };
}

it('lists reviews that are open side by side, and takes their decisions in any order', async () => {
  const { host, id, decide } = await startHost();
  const list = async () => {
    const { reviews } = (await (await host.fetch('/api/reviews')).json()) as { reviews: { id: string; of: number }[] };
    return reviews.map(({ id, of }) => [id, of]);
  };
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

it('names the open reviews to whom decides another, and how they are written in a URL', async () => {
  const { host, decide } = await startHost(twice);
  const detailOf = async (review: string) =>
    ((await (await decide(review, 'ann')).json()) as { detail: string }).detail;
  expect(await detailOf('prize')).toMatch(/no open review 'prize'; open is 'price'\.$/);
  expect((await decide('price', 'ann')).status).toBe(202);
  await host.settle();
  for (const asked of ['price', 'price#2', 'price%232%20']) {
    expect(await detailOf(asked)).toMatch(/; open is 'price#2' \(in the URL write it price%232\)\.$/);
  }
  expect((await decide('price%232', 'ann')).status).toBe(202);
  await host.settle();
  expect(await detailOf('price')).toMatch(/decision already\.$/);
  expect(await detailOf('prize')).toMatch(/nor any other: GET \/api\/reviews/);
});
