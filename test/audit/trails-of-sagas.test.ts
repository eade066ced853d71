import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { sha256Of } from '../../src/audit/canonical-json.ts';
import { computeStateAt } from '../../src/audit/compute-state-at.ts';
import { createTrail } from '../../src/audit/create-trail.ts';
import type { EntryKind } from '../../src/audit/entry.ts';
import { renderJsonLines } from '../../src/audit/render-trail.ts';
import { verifyTrail } from '../../src/audit/verify-trail.ts';
import { days, defineReview, defineSaga, hours, minutes, type SagaDefinition } from '../../src/saga/index.ts';
import { createSagaTestHost } from '../../src/testing/index.ts';
import { createWorld, defineWorldActivity, itemSchema, type World } from '../saga/kit/world.ts';

// Trails of sagas that run here, with what a history alone does not name.

const reserve = defineWorldActivity('reserve');
const charge = defineWorldActivity('charge');
const remind = defineWorldActivity('remind', { effect: 'none' });
const activities = [reserve, charge, remind];
const decision = z.object({});
const price = defineReview({ name: 'price', decision, withinMs: hours(72), otherwise: 'reject' });
const look = defineReview({ name: 'look', decision, withinMs: days(12), otherwise: 'approve' });
const yes = { decision: 'approve', data: {}, by: 'ann', reason: 'fine' };

type Run = Parameters<typeof defineSaga<{ readonly item: string }, unknown>>[0]['run'];

async function start(run: Run, arrange: (world: World) => void = () => {}, subSagas: readonly SagaDefinition[] = []) {
  const world = createWorld();
  arrange(world);
  const saga = defineSaga({ name: 'trial', version: '1', input: itemSchema, reviews: [price, look], run });
  const host = await createSagaTestHost({
    sagas: [saga, ...subSagas],
    activities: activities.map((activity) => activity.bind(world)),
    hostJson: { version: '2.0', extensions: { durableTask: { storeInputsInOrchestrationHistory: true } } },
    inMemory: true,
  });
  onTestFinished(() => host.close());
  const id = await host.startSaga(saga, { item: 'book' });
  const readTrail = async () => {
    const status = await host.status(id);
    const historyEvents = await host.history(id);
    const trail = createTrail({ ...status, createdTime: new Date(status.createdTime), historyEvents });
    expect(verifyTrail(renderJsonLines(trail)).ok).toBe(true);
    return trail.entries;
  };
  return { host, id, readTrail, startedAt: host.now() };
}

const later = (from: Date, ms: number): string => new Date(from.getTime() + ms).toISOString();

describe('the trail of a review', () => {
  it('says that nobody answered in time, what that came to, and what was asked', async () => {
    const { host, id, readTrail, startedAt } = await start(function* (saga, item) {
      yield* saga.sleep(minutes(5));
      yield* saga.review(look, { of: item });
      yield* saga.review(price, { of: item });
    });
    await host.runToEnd(id, days(30));
    const told = (await readTrail()).filter(({ kind }) => kind === 'wait' || kind.startsWith('review'));
    const openedAt = minutes(5);
    expect(told).toMatchObject([
      { kind: 'wait', due: later(startedAt, minutes(5)) },
      { kind: 'review-opened', step: 'look', due: later(startedAt, openedAt + days(12)) },
      { kind: 'review-decided', step: 'look', action: 'approve', actor: 'timeout' },
      { kind: 'review-opened', step: 'price' },
      {
        kind: 'review-decided',
        step: 'price',
        action: 'reject',
        actor: 'timeout',
        time: later(startedAt, openedAt + days(12) + hours(72)),
      },
    ]);
    expect(told).toHaveLength(5);
  });

  it('is opened once, whatever reminders there are, and they are attempts', async () => {
    const { host, id, readTrail, startedAt } = await start(function* (saga, item) {
      yield* saga.review(price, { of: item, remind: { everyMs: days(1), by: remind, with: () => item } });
      yield* saga.step(reserve, item);
    });
    await host.advance(days(2) + hours(1));
    const open = await readTrail();
    expect(computeStateAt(open, host.now())).toMatchObject({ review: { id: 'price' } });
    await host.decide(id, price, yes);
    await host.runToEnd(id);
    const entries = await readTrail();
    expect(entries.slice(0, open.length)).toEqual(open);
    expect(entries.map(({ kind, step }) => [kind, step])).toEqual([
      ['started', 'trial'],
      ['review-opened', 'price'],
      ['attempt', 'main/remind#1'],
      ['attempt', 'main/remind#2'],
      ['review-decided', 'price'],
      ['attempt', 'main/reserve#1'],
      ['ended', undefined],
    ]);
    expect(entries[1]?.due).toBe(later(startedAt, hours(72)));
    expect(computeStateAt(entries, new Date(startedAt.getTime() + hours(30)))).toMatchObject({ phase: 'in_review' });
  });

  it('keeps apart two that are open side by side', async () => {
    const { host, id, readTrail } = await start(function* (saga, item) {
      yield* saga.all([saga.review(look, { of: item }), saga.review(price, { of: item })]);
    });
    await host.advance(hours(1));
    await host.decide(id, look, yes);
    await host.runToEnd(id);
    const told = (await readTrail()).filter(({ kind }) => kind.startsWith('review'));
    expect(told).toMatchObject([
      { kind: 'review-opened', step: 'look' },
      { kind: 'review-opened', step: 'price' },
      { kind: 'review-decided', step: 'look', actor: 'ann' },
      { kind: 'review-decided', step: 'price', actor: 'timeout' },
    ]);
    expect(told).toHaveLength(4);
  });
});

describe('the trail of what runs side by side', () => {
  it('names each undo, and the step whose failure was skipped', async () => {
    const { host, id, readTrail } = await start(
      function* (saga, item) {
        yield* saga.scope('both', () => saga.all([saga.step(charge, item), saga.step(reserve, item)]), {
          order: 'parallel',
          onFailure: 'hold',
        });
        saga.fail('no', 'no');
      },
      (world) => {
        world.next('charge', 'fails for good');
        world.next('reserve-undo', 'fails for good');
      },
    );
    await host.runToEnd(id);
    await host.passGate(id, { action: 'skip', by: 'ann', reason: 'paid in cash', data: { receipt: 'cash' } });
    await host.runToEnd(id);
    await host.passGate(id, { action: 'skip', by: 'bob' });
    await host.runToEnd(id);
    const entries = await readTrail();
    const of = (...kinds: EntryKind[]) => entries.filter(({ kind }) => kinds.includes(kind));
    expect(of('gate-failed').map(({ step }) => step)).toEqual([
      'main/both/charge#1',
      'undo of main/both/reserve#1',
      undefined,
    ]);
    expect(of('undo').map(({ step, outcome }) => [step, outcome])).toEqual(
      expect.arrayContaining([
        ['main/both/charge#1', 'succeeded'],
        ['main/both/reserve#1', 'failed'],
      ]),
    );
    expect(computeStateAt(entries, host.now()).steps).toEqual([
      { step: 'main/both/charge#1', state: 'undone' },
      { step: 'main/both/reserve#1', state: 'undo_skipped' },
    ]);
    expect(of('wait')).toEqual([]);
  });
});

it('a saga that goes on in a new generation says so, and what the ones before have left to undo', async () => {
  const { host, id, readTrail } = await start(function* (saga, { item }) {
    yield* saga.step(reserve, { item });
    if (item === 'book') yield* saga.continueAsNew({ item: 'books' });
    yield* saga.step(charge, { item });
  });
  await host.runToEnd(id);
  const entries = await readTrail();
  expect(entries.map(({ kind, step }) => [kind, step])).toEqual([
    ['continued', 'trial'],
    ['attempt', 'main/reserve#2'],
    ['attempt', 'main/charge#1'],
    ['ended', undefined],
  ]);
  expect(entries[0]).toMatchObject({
    correlationId: id,
    data: { leftToUndo: ['main/reserve#1'] },
    inputSha256: sha256Of({ item: 'books' }),
  });
  expect(computeStateAt(entries, host.now()).phase).toBe('completed');
});

describe('the trail of what is too large for the history', () => {
  it('says how a sub-saga ended', async () => {
    const item = { item: 'x'.repeat(12_100) };
    const sub = defineSaga({
      name: 'sub',
      version: '1',
      input: itemSchema,
      output: z.null(),
      *run(saga) {
        yield* saga.step(reserve, item);
        yield* saga.step(reserve, item);
        yield* saga.scope('careful', () => saga.step(charge, item), { onFailure: 'hold' });
        return null;
      },
    });
    const { host, id, readTrail } = await start(
      (saga) => saga.run(sub, item),
      (world) => world.always('charge', 'fails for good'),
      [sub],
    );
    await host.runToEnd(id);
    const told = (await readTrail()).filter(({ kind }) => kind === 'sub-saga');
    expect(told).toMatchObject([{ step: 'main/sub#1', outcome: 'failed', error: { code: 'refused' } }]);
  });

  it.each([
    ['values', 20_000, 1],
    ['a ledger', 10_000, 3],
  ])('says that a next generation was begun with %s', async (_, length, times) => {
    const { host, id, readTrail } = await start(function* (saga, { item }) {
      if (item.length > 4) return;
      for (let n = 0; n < times; n++) yield* saga.step(reserve, { item: 'x'.repeat(length) });
      yield* saga.continueAsNew({ item: 'x'.repeat(length) });
    });
    await host.runToEnd(id);
    const [began] = await readTrail();
    expect(began).toMatchObject({ kind: 'continued', correlationId: id });
    expect(began?.inputSha256).toBe(sha256Of({ item: 'x'.repeat(length) }));
  });
});
