import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  defineActivity,
  defineSaga,
  once,
  type Operation,
  type Saga,
  type SagaDefinition,
} from '../../src/saga/index.ts';
import { storeClaims } from '../../src/saga/operate.ts';
import { createInMemoryClaims } from '../../src/testing/in-memory-claims.ts';
import { type SagaApp, startSagaApp } from './kit/saga-app.ts';

const book = z.object({ title: z.string(), text: z.string() });
const long = 'söme wörds '.repeat(10_000);

interface Shelf {
  readonly log: string[];
  readonly before: () => void;
}

const common = { retry: once, undoRetry: once };
const write = defineActivity({
  ...common,
  name: 'write',
  input: z.object({ title: z.string() }),
  output: book,
  async run({ title }, { log }: Shelf) {
    log.push(`write ${title}`);
    return { title, text: long };
  },
  async undo(done, { log }) {
    log.push(`unwrite ${done.output?.text === long}`);
  },
});
const print = defineActivity({
  ...common,
  name: 'print',
  input: z.object({ books: z.array(book) }),
  output: z.object({ pages: z.number() }),
  async run({ books }, { log, before }: Shelf) {
    before();
    log.push(`print ${books.map(({ title, text }) => `${title} ${text === long}`).join(', ')}`);
    return { pages: books.length };
  },
  async undo(done, { log }) {
    log.push(`unprint ${done.input.books.every(({ text }) => text === long)}`);
  },
});

const titles = z.object({ titles: z.array(z.string()) });
type Titles = z.infer<typeof titles>;

interface Options {
  readonly restartsAlways: boolean;
  readonly before?: (claims: ReturnType<typeof createInMemoryClaims>) => void;
  readonly subSagas?: readonly SagaDefinition[];
}

/** @param run is given books that have been written. */
async function stage(run: (saga: Saga<Titles>, titles: Titles) => Operation<unknown>, options: Options) {
  const { restartsAlways, before = () => {}, subSagas = [] } = options;
  const claims = createInMemoryClaims();
  const shelf: Shelf = { log: [], before: () => before(claims) };
  const saga = defineSaga({ name: 'trial', version: '1', input: titles, run });
  const app = await startSagaApp({
    sagas: [saga, ...subSagas],
    activities: [write.bind(shelf), print.bind(shelf)],
    claims,
    restartsAlways,
  });
  return { app, claims, log: shelf.log, id: await app.start(saga, { titles: ['a', 'b'] }, 'i') };
}

const historyOf = async (app: SagaApp, id: string) => JSON.stringify(await app.history(id));

for (const restartsAlways of [false, true]) {
  const engine = restartsAlways ? 'that is restarted after every function' : 'that goes on';
  test(`what is large goes by reference, and everybody has it whole, on an engine ${engine}`, async () => {
    const { app, claims, log, id } = await stage(
      function* (saga, { titles: [title = ''] }) {
        const written = yield* saga.step(write, { title });
        yield* saga.step(print, { books: [written, { title: 'again', text: written.text }] });
        return { length: written.text.length, written };
      },
      { restartsAlways },
    );
    const end = await app.runToEnd(id);
    expect(end.runtimeStatus).toBe('Completed');
    expect(log).toEqual(['write a', 'print a true, again true']);
    expect(claims.texts.size).toBe(1);
    const [[sha256, text] = ['', '']] = claims.texts;
    const reference = { $claim: { sha256, bytes: Buffer.byteLength(text) } };
    expect(end.output).toEqual({ length: long.length, written: { title: 'a', text: reference } });
    const history = await historyOf(app, id);
    expect(history).not.toContain('söme');
    expect(history).toContain(sha256);
    await app.close();
  });

  test(`an undo has what its step has had, on an engine ${engine}`, async () => {
    const { app, log, id } = await stage(
      function* (saga, { titles: [title = ''] }) {
        const written = yield* saga.step(write, { title });
        yield* saga.step(print, { books: [written] });
        saga.fail('no', 'no');
      },
      { restartsAlways },
    );
    expect((await app.runToEnd(id)).status.phase).toBe('failed');
    expect(log).toEqual(['write a', 'print a true', 'unprint true', 'unwrite true']);
    await app.close();
  });

  test(`what a saga puts together goes by reference too, on an engine ${engine}`, async () => {
    const { app, claims, log, id } = await stage(
      function* (saga) {
        const books = Array.from({ length: 9 }, (_, n) => ({ title: `part ${n}`, text: 'x'.repeat(9_000) }));
        return (yield* saga.step(print, { books })).pages;
      },
      { restartsAlways },
    );
    expect((await app.runToEnd(id)).output).toBe(9);
    expect(log[0]).toContain('part 8 false');
    expect([...claims.texts.values()].map((text) => text.slice(0, 20))).toEqual(['[{"title":"part 0","']);
    expect(await historyOf(app, id)).not.toContain('xxxx');
    await app.close();
  });

  test(`sub-sagas and next generations are given references, on an engine ${engine}`, async () => {
    const sub = defineSaga({
      name: 'sub',
      version: '1',
      input: book,
      output: book,
      *run(saga, given) {
        yield* saga.step(print, { books: [given] });
        return { ...given, title: `${given.title}!` };
      },
    });
    const { app, log, id } = await stage(
      function* (saga, { titles: [title = '', text = ''] }) {
        if (text !== long) {
          const written = yield* saga.step(write, { title });
          yield* saga.continueAsNew({ titles: [title, written.text] });
        }
        const returned = yield* saga.run(sub, { title, text });
        yield* saga.step(print, { books: [returned] });
        saga.fail('no', 'no');
      },
      { restartsAlways, subSagas: [sub] },
    );
    expect((await app.runToEnd(id)).status.phase).toBe('failed');
    expect(log).toEqual(['write a', 'print a true', 'print a! true', 'unprint true', 'unprint true', 'unwrite true']);
    expect(await historyOf(app, id)).not.toContain('söme');
    expect(await historyOf(app, `${id}:sub:1`)).not.toContain('söme');
    await app.rewind(id);
    expect((await app.runToEnd(id)).status.phase).toBe('failed');
    await app.close();
  });
}

test.each([
  ['missing', 'claim_missing', (texts: Map<string, string>) => texts.clear()],
  ['tampered with', 'claim_tampered', (texts: Map<string, string>) => texts.forEach((_, key) => texts.set(key, '"x"'))],
])('a claim that is %s fails its step for good, and says what to do', async (_, code, harm) => {
  let isHarmed = false;
  const { app, claims, log, id } = await stage(
    function* (saga, { titles: [title = ''] }) {
      const written = yield* saga.step(write, { title });
      if (!isHarmed) harm(claims.texts);
      isHarmed = true;
      return yield* saga.scope('printing', () => saga.step(print, { books: [written] }), { onFailure: 'hold' });
    },
    { restartsAlways: false },
  );
  const kept = createInMemoryClaims();
  await storeClaims(kept, long);
  const end = await app.runToEnd(id);
  expect(end.status).toMatchObject({ phase: 'held', error: { code } });
  expect(end.status.error?.message).toContain(`what claim '${[...kept.texts.keys()][0]}' stands for`);
  expect(end.status.error?.message).toContain('restore it there');
  expect(log).toEqual(['write a']);
  for (const [sha256, text] of kept.texts) await claims.put(sha256, text);
  await app.rewind(id);
  expect((await app.runToEnd(id)).runtimeStatus).toBe('Completed');
  await app.close();
});

test('a saga that is started with a claim which is not there fails with its effects kept, and is rewound when it is', async () => {
  const { app, claims, id } = await stage(
    function* (saga, { titles }) {
      yield* saga.sleep(1);
      return titles.map(({ length }) => length);
    },
    { restartsAlways: false },
  );
  await app.runToEnd(id);
  const kept = createInMemoryClaims();
  const late = await app.start({ name: 'trial' }, await storeClaims(kept, { titles: [long] }));
  const failed = await app.runToEnd(late);
  expect(failed.runtimeStatus).toBe('Failed');
  expect(failed.output).toContain('is missing from the claim store: restore it there');
  for (const [sha256, text] of kept.texts) await claims.put(sha256, text);
  await app.rewind(late);
  expect((await app.runToEnd(late)).output).toEqual([long.length]);
  await app.close();
});

test('an output that cannot be stored is unknown, and is tried again under its key', async () => {
  const claims = createInMemoryClaims();
  let refused = 0;
  const saga = defineSaga({
    name: 'trial',
    version: '1',
    input: titles,
    *run(saga) {
      const retry = { firstIntervalMs: 1000, maxAttempts: 3 };
      return (yield* saga.step(write, { title: 'a' }, { retry })).text.length;
    },
  });
  const log: string[] = [];
  const app = await startSagaApp({
    sagas: [saga],
    activities: [write.bind({ log, before: () => {} })],
    claims: {
      ...claims,
      async put(sha256, text) {
        if (refused++ < 2) throw new Error('storage is down');
        await claims.put(sha256, text);
      },
    },
  });
  const id = await app.start(saga, { titles: [] });
  expect((await app.runToEnd(id)).output).toBe(long.length);
  expect(log).toEqual(['write a', 'write a', 'write a']);
  expect(app.lines.map(({ text }) => text).join('\n')).toContain('claim_not_stored');
  await app.close();
});
