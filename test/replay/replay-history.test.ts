import { expect, test } from 'vitest';
import { hours, seconds } from '../../src/saga/index.ts';
import {
  charge,
  type Code,
  expectReplay,
  glance,
  isInReview,
  look,
  record,
  reserve,
  send,
  steps,
} from './record-trial.ts';

// Each test records an instance of one saga and replays it against another one of the same name.

const eventful: Code = function* (saga, item) {
  const id = saga.newId();
  const at = saga.now().toISOString();
  yield* saga.step(reserve, { item: `${id} ${at} ${saga.random()}` });
  yield* saga.all([saga.step(charge, item), saga.step(charge, item), saga.step(send, item)]);
  yield* saga.review(look, { of: item });
  yield* saga.sleep(hours(1));
  yield* saga.step(send, { item: saga.now().toISOString() });
};

/** Fails, is undone and rewound, and asks twice. */
const recordEventful = () =>
  record(eventful, {
    arrange(world) {
      world.next('charge', 'fails', 'fails');
      world.next('send', 'works', 'fails for good');
      world.next('charge-undo', 'fails');
    },
    // An undo fails and is tried again, then the saga starts again from the top.
    async act(host, id) {
      for (const review of ['look', undefined, 'look#2']) {
        if (review !== undefined) {
          await host.runUntil(id, isInReview);
          await host.advance(hours(5));
          await host.decide(id, { name: review }, { decision: 'approve', data: {}, by: 'ann' });
        }
        const end = await host.runToEnd(id);
        if (end.runtimeStatus === 'Failed') await host.rewind(id);
      }
    },
  });

test('code that has not changed replays the same, whatever happened to the instance', async () => {
  await expectReplay(await recordEventful(), eventful);
});

interface Shown {
  readonly historyEvents: readonly { readonly EventType: string; readonly Timestamp: string }[];
}

/** As if what came in had waited in a queue before it was taken in, now longer, now shorter. */
function delayed(history: Shown): Shown {
  const historyEvents = history.historyEvents.map((event, n) => {
    if (!/Completed$|Raised$/.test(event.EventType) || event.EventType === 'ExecutionCompleted') return event;
    const waited = (n * 377) % 900;
    return { ...event, Timestamp: new Date(Date.parse(event.Timestamp) - waited).toISOString() };
  });
  return { ...history, historyEvents };
}

test('when the code was run is found out from what it asked for then', async () => {
  const history = delayed((await recordEventful()) as Shown);
  await expectReplay(history, eventful);
  await expect(
    expectReplay(history, function* (saga, item) {
      yield* eventful(saga, item);
      yield* saga.step(send, item);
    }),
  ).rejects.toThrow('does not replay');
});

test.each<[string, Code, Code, RegExp]>([
  [
    'order of steps',
    steps(reserve, charge),
    steps(charge, reserve),
    /timer 1\n.*recorded: reserve, .*reserve#1\/do, attempt 1\n.*now: +charge, .*charge#1\/do/,
  ],
  ['another activity', steps(reserve, charge), steps(reserve, send), /timer 2\n.*recorded: charge, .*\n.*now: +send, /],
  [
    'a step that is gone',
    steps(reserve, charge),
    steps(reserve),
    /timer 2\n.*recorded: charge, .*\n.*now: +nothing more: it has completed/,
  ],
  [
    'a step more',
    steps(reserve),
    steps(reserve, charge),
    /timer 2\n.*recorded: nothing more: it has completed\n.*now: +charge, /,
  ],
  [
    'a step within a scope',
    steps(reserve, charge),
    function* (saga, item) {
      yield* saga.step(reserve, item);
      yield* saga.scope('payment', () => saga.step(charge, item));
    },
    /input\.idempotencyKey: recorded "instance-1\/main\/charge#1\/do", now "instance-1\/main\/payment\/charge#1\/do"/,
  ],
  [
    'an input',
    steps(reserve, charge),
    function* (saga, item) {
      yield* saga.step(reserve, item);
      yield* saga.step(charge, { item: `${item.item}s` });
    },
    /timer 2\n[^]*input\.input\.item: recorded "book", now "books"/,
  ],
  [
    'a sleep',
    function* (saga) {
      yield* saga.sleep(hours(1));
    },
    function* (saga) {
      yield* saga.sleep(hours(2));
    },
    /due: recorded "2026-01-05T09:00:00.000Z", now "2026-01-05T10:00:00.000Z" \(3600000 ms later\)/,
  ],
  [
    'the output',
    function* (saga, item) {
      yield* saga.step(reserve, item);
      return { done: 1 };
    },
    function* (saga, item) {
      yield* saga.step(reserve, item);
      return { done: 2 };
    },
    /output\.done: recorded 1, now 2/,
  ],
])('a change is found: %s', async (_, before, after, found) => {
  const history = await record(before);
  await expectReplay(history, before);
  await expect(expectReplay(history, after)).rejects.toThrow(found);
});

const chargesAgainAfter = (firstIntervalMs: number): Code =>
  function* (saga, item) {
    yield* saga.step(charge, item, { retry: { firstIntervalMs } });
  };

test('the wait for the next attempt is compared', async () => {
  const history = await record(chargesAgainAfter(seconds(1)), { arrange: (world) => world.next('charge', 'fails') });
  await expectReplay(history, chargesAgainAfter(seconds(1)));
  const longer = expectReplay(history, chargesAgainAfter(seconds(2)));
  await expect(longer).rejects.toThrow(/due: recorded .* \(1000 ms later\)/);
});

const asks = (review: typeof look): Code =>
  function* (saga, item) {
    yield* saga.step(reserve, item);
    yield* saga.review(review, { of: item });
    yield* saga.step(charge, item);
  };

test('an instance that still runs is replayed as far as it has come', async () => {
  const history = await record(asks(look), {
    async act(host, id) {
      await host.runUntil(id, isInReview);
    },
  });
  await expectReplay(history, asks(look));
  await expect(expectReplay(history, steps(reserve))).rejects.toThrow(
    /recorded: a timer due at .*\n.*now: +nothing more: it has completed/,
  );
});

test('a review of another name no longer hears its answer', async () => {
  const history = await record(asks(look), {
    async act(host, id) {
      await host.runUntil(id, isInReview);
      await host.decide(id, look, { decision: 'approve', data: {}, by: 'ann' });
      await host.runToEnd(id);
    },
  });
  await expect(expectReplay(history, asks(glance))).rejects.toThrow(
    /recorded: charge, .*\n.*now: +nothing more: it waits for review:glance, cancel/,
  );
});

test('a failure by a bug is no promise: mended code may go on', async () => {
  const history = await record(function* (saga, item) {
    yield* saga.step(reserve, item);
    throw new TypeError('a bug');
  });
  await expectReplay(history, steps(reserve, charge));
  await expect(expectReplay(history, steps(charge))).rejects.toThrow(/recorded: reserve/);
});

test('a saga that fails now where it did not, is found', async () => {
  const history = await record(steps(reserve));
  await expect(
    expectReplay(history, function* (saga, item) {
      yield* saga.step(reserve, item);
      saga.fail('no', 'no');
    }),
  ).rejects.toThrow(/recorded: nothing more: it has completed\n.*now: +reserve-undo, /);
});

test('what nobody may read is not compared', async () => {
  const history = await record(steps(reserve, charge));
  const redacted = JSON.parse(JSON.stringify(history).replaceAll('book', '[redacted]')) as unknown;
  await expectReplay(redacted, steps(reserve, charge));
  await expect(expectReplay(redacted, steps(charge, reserve))).rejects.toThrow('record it with ?raw=true');
});

test('another version is named', async () => {
  const history = await record(steps(reserve));
  await expectReplay(history, steps(reserve), { version: '2' });
  await expect(expectReplay(history, steps(charge), { version: '2' })).rejects.toThrow(
    "(recorded by version 1, today's is 2)",
  );
});

test.each<[string, (history: Record<string, unknown>) => unknown, RegExp]>([
  ['not a history', () => ({ head: {} }), /this is no history as GET \/api\/sagas\/\{id\}\/history answers it/],
  [
    'an instance that has no history yet',
    (history) => ({ ...history, historyEvents: undefined }),
    /it holds no events/,
  ],
  [
    'no results',
    (history) => ({
      ...history,
      historyEvents: (history['historyEvents'] as Record<string, unknown>[]).map((event) => ({
        ...event,
        Result: undefined,
      })),
    }),
    /it does not hold the results: ask for the history with showHistoryOutput=true/,
  ],
  ['another saga', (history) => ({ ...history, name: 'gone' }), /there is no saga 'gone' any more; known are: trial\./],
])('what cannot be replayed is refused in words: %s', async (_, change, why) => {
  const history = await record(steps(reserve));
  await expect(expectReplay(change(history as Record<string, unknown>), steps(reserve))).rejects.toThrow(why);
});

test('a history without inputs is refused, with the setting that keeps them', async () => {
  const history = await record(steps(reserve), { durableTask: { storeInputsInOrchestrationHistory: false } });
  await expect(expectReplay(history, steps(reserve))).rejects.toThrow(
    'it does not hold the input of reserve: set storeInputsInOrchestrationHistory to true',
  );
});
