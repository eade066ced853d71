import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createTrail } from '../../src/audit/create-trail.ts';
import type { Entry } from '../../src/audit/entry.ts';
import { renderTrail, trailFormats } from '../../src/audit/render-trail.ts';
import { computeStateAt } from '../../src/audit/compute-state-at.ts';
import { verifyTrail } from '../../src/audit/verify-trail.ts';
import { createDurableInstances } from '../../src/azure/durable-instances.ts';
import { createRedaction, redactInstances } from '../../src/ops/redaction.ts';
import { toSagaView } from '../../src/ops/saga-view.ts';
import { defineActivity, defineReview, defineSaga, hours, sensitive, TerminalError } from '../../src/saga/index.ts';
import { createSagaTestHost } from '../../src/testing/index.ts';

// One secret a place: of each it can be told where it shows.
const secrets = {
  input: 'input-5ecret',
  output: 'output-5ecret',
  decision: 'decision-5ecret',
  skip: 'skip-5ecret',
  event: 'event-5ecret',
};
const token = sensitive(z.string());

const issueCard = defineActivity({
  name: 'issueCard',
  input: z.object({ owner: z.string(), pin: token.optional() }),
  output: z.object({ card: z.union([z.object({ number: token }), z.object({ none: z.literal(true) })]) }),
  run: async () => ({ card: { number: secrets.output } }),
  undo: async () => {},
});

const charge = defineActivity({
  name: 'charge',
  input: z.object({ cards: z.array(z.object({ number: token })) }),
  output: z.object({ receipt: token }),
  effect: 'final',
  run: async ({ cards }) => {
    throw new TerminalError(`${cards.map(({ number }) => number).join()} is declined`, { code: 'declined' });
  },
});

const verify = defineReview({
  name: 'verify',
  decision: z.object({ code: token }),
  withinMs: hours(1),
  otherwise: 'reject',
});

const pay = defineSaga({
  name: 'pay',
  version: '1',
  input: z.object({ owner: z.string(), pin: token }),
  reviews: [verify],
  *run(saga, { owner, pin }) {
    const { card } = yield* saga.step(issueCard, { owner, pin });
    yield* saga.review(verify, { of: { owner, claims: `pin ${pin}` } });
    saga.pivot();
    yield* saga.step(charge, { cards: [{ number: 'number' in card ? card.number : '' }] });
    return { paid: true, withPin: pin };
  },
});

/** Leaves what it did to the one that runs it. */
const issue = defineSaga({
  name: 'issue',
  version: '1',
  input: z.object({ owner: z.string(), pin: token }),
  output: z.object({ card: z.object({ number: token }) }),
  *run(saga, { owner, pin }) {
    const { card } = yield* saga.step(issueCard, { owner, pin });
    return { card: { number: 'number' in card ? card.number : '' } };
  },
});

const payByPart = defineSaga({
  name: 'payByPart',
  version: '1',
  input: z.object({ owner: z.string(), pin: token }),
  *run(saga, input) {
    const { card } = yield* saga.run(issue, input);
    saga.fail('no_money', `nothing is on ${card.number}`);
  },
});

/** Goes on in a second generation, which knows what is left to undo. */
const payInTurns = defineSaga({
  name: 'payInTurns',
  version: '1',
  input: z.object({ owner: z.string(), pin: token, turn: z.number() }),
  *run(saga, { turn, ...input }) {
    if (turn > 1) return saga.fail('no_money', `${input.owner} has none`);
    yield* saga.step(issueCard, input);
    return yield* saga.continueAsNew({ ...input, turn: turn + 1 });
  },
});

const sagas = [pay, issue, payByPart, payInTurns];
const activities = [issueCard.bind({}), charge.bind({})];
const host = await createSagaTestHost({
  sagas,
  activities,
  hostJson: { extensions: { durableTask: { storeInputsInOrchestrationHistory: true } } },
});
afterAll(() => host.close({ leavesWork: true }));

const raw = createDurableInstances(`${host.url}/runtime/webhooks/durabletask`);
const redaction = createRedaction({ sagas, activities });
const shown = redactInstances(raw, redaction);

/** Goes through everything that a saga can carry a secret by, and stays in review, at its gate, or ends. */
async function run(until: 'review' | 'gate' | 'end'): Promise<string> {
  const id = await host.startSaga(pay, { owner: 'Ada', pin: secrets.input });
  await host.runUntil(id, ({ customStatus }) => JSON.stringify(customStatus).includes('in_review'));
  if (until === 'review') return id;
  await host.raise(id, 'stray', { code: secrets.event });
  await host.decide(id, verify, { decision: 'approve', data: { code: secrets.decision }, by: 'Kim' });
  await host.runToEnd(id);
  if (until === 'gate') return id;
  await host.passGate(id, { action: 'skip', by: 'Kim', data: { receipt: secrets.skip } });
  await host.runToEnd(id);
  return id;
}

/** Which of the secrets stand in a text. */
const foundIn = (text: string): string[] => Object.values(secrets).filter((secret) => text.includes(secret));

describe.each(['review', 'gate', 'end'] as const)('of an instance that went on to its %s', (until) => {
  it('nothing sensitive shows in its status, history and list, and all else does', async () => {
    const id = await run(until);
    const instance = await shown.get(id, { history: true });
    const original = await raw.get(id, { history: true });
    if (instance === undefined || original === undefined) throw new Error('the instance is gone');
    expect(foundIn(JSON.stringify(original)).length).toBeGreaterThan(1);

    expect(instance.input).toEqual({ owner: 'Ada', pin: '[redacted]' });
    const listed = (await shown.list({ withInput: true })).filter(({ instanceId }) => instanceId === id);
    const all = [instance, toSagaView(instance), listed, await shown.history(id)];
    expect(all.map((each) => foundIn(JSON.stringify(each)))).toEqual([[], [], [], []]);
    expect(structureOf(instance)).toEqual(structureOf(original));
  });

  it('nothing sensitive shows in its trail, in any format', async () => {
    const instance = await shown.get(await run(until), { history: true });
    if (instance === undefined) throw new Error('the instance is gone');
    const trail = createTrail(instance);
    const state = computeStateAt(trail.entries, new Date());
    const texts = trailFormats.map((format) => renderTrail(trail, state, format));
    expect(texts.flatMap(foundIn)).toEqual([]);
    for (const text of texts.filter((text) => !text.startsWith('<')))
      expect(verifyTrail(text)).toMatchObject({ ok: true });
  });
});

it('nothing sensitive shows in a saga that runs another, nor in that one, and all else does', async () => {
  const id = await host.startSaga(payByPart, { owner: 'Ada', pin: secrets.input });
  await host.runToEnd(id);
  const parts = (await raw.list({})).map(({ instanceId }) => instanceId).filter((other) => other.startsWith(id));
  expect(parts).toHaveLength(2);
  for (const part of parts) {
    const original = await raw.get(part, { history: true });
    const instance = await shown.get(part, { history: true });
    expect(foundIn(JSON.stringify(original))).toEqual([secrets.input, secrets.output]);
    expect(foundIn(JSON.stringify(instance))).toEqual([]);
    expect(structureOf(instance)).toEqual(structureOf(original));
  }
});

it('nothing sensitive shows in what one generation hands on to the next, and the ids stay', async () => {
  const id = await host.startSaga(payInTurns, { owner: 'Ada', pin: secrets.input, turn: 1 });
  await host.runToEnd(id);
  const original = await raw.get(id, { history: true });
  const instance = await shown.get(id, { history: true });
  expect(foundIn(JSON.stringify(original))).toEqual([secrets.input, secrets.output]);
  expect(foundIn(JSON.stringify(instance))).toEqual([]);
  expect(instance && createTrail(instance).entries[0]).toMatchObject({
    kind: 'continued',
    data: { leftToUndo: ['main/issueCard#1'] },
  });
  expect(instance).toMatchObject({
    instanceId: id,
    name: 'payInTurns',
    customStatus: original?.customStatus as object,
  });
});

it.each(['in_review', 'succeeded', 'main/issueCard#1', 'approve'])(
  'a secret that is a word of the engine, such as %s, changes nothing of what the engine says',
  async (pin) => {
    const id = await host.startSaga(pay, { owner: 'Ada', pin });
    await host.runUntil(id, ({ customStatus }) => JSON.stringify(customStatus).includes('"review"'));
    await host.decide(id, verify, { decision: 'approve', data: { code: 'c' }, by: 'Kim' });
    await host.runToEnd(id);
    const [instance, original] = [await shown.get(id, { history: true }), await raw.get(id, { history: true })];
    if (instance === undefined || original === undefined) throw new Error('the instance is gone');
    expect({ ...toSagaView(instance), input: 0 }).toEqual({ ...toSagaView(original), input: 0 });
    expect(createTrail(instance).entries.map(told)).toEqual(createTrail(original).entries.map(told));
  },
);

it('a digest is one of what is shown: two secrets give the same', async () => {
  expect(await digestOf('1234')).toBe(await digestOf('9876'));
});

async function digestOf(pin: string): Promise<string | undefined> {
  const id = await host.startSaga(pay, { owner: 'Ada', pin });
  await host.settle();
  const instance = await shown.get(id, { history: true });
  return instance && createTrail(instance).entries[0]?.inputSha256;
}

it('a history says that something was taken from it', async () => {
  const id = await run('review');
  expect(JSON.parse((await shown.history(id)) ?? '')).toMatchObject({ redacted: true });
});

it('of what this app does not know, only that it was there is shown', async () => {
  const id = await run('end');
  const nobodys = redactInstances(raw, createRedaction({ sagas: [], activities: [] }));
  const instance = await nobodys.get(id, { history: true });
  expect(foundIn(JSON.stringify(instance))).toEqual([]);
  expect(instance).toMatchObject({
    name: 'pay',
    runtimeStatus: 'Completed',
    input: '[redacted]',
    output: '[redacted]',
  });
  expect(instance && createTrail(instance).entries.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['attempt']),
  );
});

it('no log line says a secret', () => {
  expect(host.lines.flatMap(({ message }) => foundIn(message))).toEqual([]);
});

const told = ({ kind, step, outcome, action, actor }: Entry) => ({ kind, step, outcome, action, actor });

/** The same value without its texts. */
const structureOf = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? '' : part)));

it('what is under way is known by its own name, and hides nothing else', () => {
  const redaction = createRedaction({ sagas: [pay], activities: [issueCard] });
  const instance = {
    name: 'pay',
    input: { owner: 'Ada Lovelace', pin: secrets.input },
    historyEvents: [
      {
        EventType: 'TaskScheduled',
        Name: 'issueCard',
        Input: JSON.stringify([{ input: { owner: 'Ada Lovelace', pin: secrets.input } }]),
      },
    ],
  };
  const shown = JSON.stringify(redaction(instance));
  expect(shown).not.toContain(secrets.input);
  expect(shown.match(/Ada Lovelace/g)).toHaveLength(2);
});
