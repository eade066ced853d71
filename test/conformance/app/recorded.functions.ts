/** The app that the recordings were made with, as far as they are replayed here. */
import * as df from 'durable-functions';
import { result } from './result.ts';

const { activity, orchestration } = df.app;
type Context = df.OrchestrationContext;

const inMs = ({ df: { currentUtcDateTime } }: Context, ms: number): Date => new Date(currentUtcDateTime.getTime() + ms);
const tried = new Map<string, number>();
const healed = new Set<unknown>();

activity('SayHello', { handler: (name: string) => `Hello ${name}!` });
activity('Echo', { handler: (input: unknown) => input });
activity('NoOp', { handler: (input: unknown) => input });
activity('Slow', {
  handler: async (ms: number) => {
    await new Promise((resolve) => setTimeout(resolve, ms / 10));
    return ms;
  },
});
activity('Fail', {
  handler: (input: unknown) => {
    throw new Error(`boom ${JSON.stringify(input)}`);
  },
});
class CustomError extends Error {
  override name = 'CustomError';
}
activity('FailCustom', {
  handler: () => {
    throw new CustomError('custom boom');
  },
});
activity('FailString', {
  handler: () => {
    throw 'just a string';
  },
});
activity('Flaky', {
  handler: ({ key, failures }: { key: string; failures: number }) => {
    const attempt = (tried.get(key) ?? 0) + 1;
    tried.set(key, attempt);
    if (attempt <= failures) throw new Error(`flaky attempt ${attempt}`);
    return `ok after ${attempt}`;
  },
});
activity('FailUntilHealed', {
  handler: (key: string) => {
    if (!healed.has(key)) throw new Error(`not healed ${key}`);
    return `healed ${key}`;
  },
});
activity('Heal', {
  handler: (key: string) => {
    healed.add(key);
    return true;
  },
});
activity('TypeOf', {
  handler: (input: unknown) =>
    `${input === null ? 'null' : Array.isArray(input) ? 'array' : typeof input}:${JSON.stringify(input)}`,
});
const kinds: Readonly<Record<string, unknown>> = {
  undef: undefined,
  nul: null,
  num: 42,
  float: 1.5,
  bool: true,
  falsy: false,
  zero: 0,
  empty: '',
  str: 'text',
  jsonstr: '{"a":1}',
  numstr: '123',
  arr: [1, 'a', null],
  obj: { a: { b: 1 } },
  date: new Date(0),
  iso: '2024-01-02T03:04:05.000Z',
  big: 9_007_199_254_740_992,
  unicode: 'h\u00e9llo \u2603 \ud83d\ude00',
};
activity('ReturnKinds', { handler: (kind: string) => kinds[kind] });
activity('TryIt', {
  handler: (key: string) =>
    healed.has(key) ? { ok: true, value: `healed ${key}` } : { ok: false, error: { message: `not healed ${key}` } },
});

orchestration('HelloCities', function* ({ df }) {
  const greetings: unknown[] = [];
  for (const city of ['Tokyo', 'Seattle', 'Cairo']) greetings.push(yield* result(df.callActivity('SayHello', city)));
  return greetings;
});
orchestration('FanOut', function* ({ df }) {
  return yield* result(df.Task.all([0, 1, 2].map((number) => df.callActivity('Echo', number))));
});
orchestration('EchoInput', function* ({ df }) {
  df.setCustomStatus({ stage: 1, input: df.getInput() });
  return yield* result(df.callActivity('Echo', df.getInput()));
});
orchestration('NoActions', function* ({ df }) {
  return df.getInput();
});
orchestration('ReturnsNothing', function* () {});
orchestration('RetryOk', function* ({ df: context }) {
  const retry = new df.RetryOptions(1000, 3);
  retry.backoffCoefficient = 2;
  return yield* result(context.callActivityWithRetry('Flaky', retry, { key: context.instanceId, failures: 2 }));
});
orchestration('RetryExhausted', function* ({ df: context }) {
  return yield* result(context.callActivityWithRetry('Fail', new df.RetryOptions(1000, 2), { x: 1 }));
});
orchestration('RetryMaxInterval', function* ({ df: context }) {
  const retry = new df.RetryOptions(2000, 4);
  retry.backoffCoefficient = 2;
  retry.maxRetryIntervalInMilliseconds = 3000;
  return yield* result(context.callActivityWithRetry('Flaky', retry, { key: context.instanceId, failures: 3 }));
});
orchestration('RetryTimeout', function* ({ df: context }) {
  const retry = new df.RetryOptions(2000, 10);
  retry.retryTimeoutInMilliseconds = 3000;
  return yield* result(context.callActivityWithRetry('Fail', retry, 'x'));
});
orchestration('EventOrTimer', function* (context) {
  const { df } = context;
  const timer = df.createTimer(inMs(context, df.getInput<{ ms: number } | null>()?.ms ?? 60_000));
  const event = df.waitForExternalEvent('Approval');
  const winner = yield* result(df.Task.any([event, timer]));
  if (winner !== event) return 'timeout';
  timer.cancel();
  return { approved: event.result };
});
orchestration('TwoEvents', function* ({ df }) {
  return [yield* result(df.waitForExternalEvent('A')), yield* result(df.waitForExternalEvent('B'))];
});
orchestration('SameEventTwice', function* ({ df }) {
  return [yield* result(df.waitForExternalEvent('E')), yield* result(df.waitForExternalEvent('E'))];
});
orchestration('Forever', function* ({ df }) {
  yield df.waitForExternalEvent('Never');
  return 1;
});
orchestration('CustomStatusSteps', function* ({ df }) {
  df.setCustomStatus('one');
  yield df.waitForExternalEvent('go');
  df.setCustomStatus({ two: 2 });
  yield df.waitForExternalEvent('go');
  df.setCustomStatus(null);
  return 'end';
});
orchestration('TimerOnly', function* (context) {
  yield context.df.createTimer(inMs(context, 2000));
  return context.df.currentUtcDateTime;
});
orchestration('LongTimer', function* (context) {
  yield context.df.createTimer(inMs(context, 8 * 86_400_000));
  return 1;
});
orchestration('Parent', function* ({ df }) {
  const first = yield* result(df.callSubOrchestrator('Child', { n: 1 }));
  return [first, yield* result(df.callSubOrchestrator('Child', { n: 2 }, `${df.instanceId}-child2`))];
});
orchestration('Child', function* ({ df }) {
  return yield* result(df.callActivity('Echo', df.getInput<{ n: number }>().n * 10));
});
orchestration('ParentOfFailing', function* ({ df }) {
  return yield* result(df.callSubOrchestrator('FailingActivity', 'fromParent'));
});
orchestration('ParentRetry', function* ({ df: context }) {
  const retry = new df.RetryOptions(1000, 2);
  return yield* result(context.callSubOrchestratorWithRetry('FailingActivity', retry, 'retry'));
});
orchestration('CatchesFailure', function* ({ df }) {
  try {
    return yield* result(df.callActivity('Fail', 'x'));
  } catch (error) {
    const { message, name } = error as Error;
    return { caught: message, name };
  }
});
orchestration('FailingActivity', function* ({ df }) {
  return yield* result(df.callActivity('Fail', df.getInput()));
});
orchestration('FailingCustom', function* ({ df }) {
  return yield* result(df.callActivity('FailCustom', null));
});
orchestration('FailingString', function* ({ df }) {
  return yield* result(df.callActivity('FailString', null));
});
orchestration('AllFails', function* ({ df }) {
  return yield* result(df.Task.all([df.callActivity('Fail', 1), df.callActivity('Echo', 2)]));
});
orchestration('Throws', function* () {
  throw new Error('orchestrator threw');
});
orchestration('MissingActivity', function* ({ df }) {
  return yield* result(df.callActivity('DoesNotExist', 1));
});
orchestration('SubMissing', function* ({ df }) {
  return yield* result(df.callSubOrchestrator('NoSuchOrchestrator', 1));
});
orchestration('SubTerminated', function* ({ df }) {
  return yield* result(df.callSubOrchestrator('Forever', null, `${df.instanceId}-kid`));
});
orchestration('Counter', function* ({ df }) {
  const count = df.getInput<number | null>() ?? 0;
  if (count < 3) {
    yield df.callActivity('NoOp', count);
    df.continueAsNew(count + 1);
  }
  return `done ${count}`;
});
orchestration('CanKeepsEvents', function* ({ df }) {
  const seen = df.getInput<unknown[] | null>() ?? [];
  seen.push(yield* result(df.waitForExternalEvent('E')));
  if (seen.length === 3) return seen;
  yield df.callActivity('Slow', 500);
  df.continueAsNew(seen);
  return undefined;
});
orchestration('Kinds', function* ({ df }) {
  const returned: Record<string, unknown> = {};
  for (const kind of Object.keys(kinds)) {
    const value = yield* result(df.callActivity('ReturnKinds', kind));
    returned[kind] = value === undefined ? '(undefined)' : value;
  }
  return returned;
});
const inputs = [undefined, null, 42, 1.5, true, 'text', '{"a":1}', '123', '', [1, 'a'], { a: 1 }];
orchestration('InputKinds', function* ({ df }) {
  const types: unknown[] = [];
  for (const input of [...inputs, '2024-01-02T03:04:05.000Z'])
    types.push(yield* result(df.callActivity('TypeOf', input)));
  return types;
});
const calls = new Map<string, number>();
orchestration('NonDeterministic', function* ({ df }) {
  const count = (calls.get(df.instanceId) ?? 0) + 1;
  calls.set(df.instanceId, count);
  yield df.callActivity(count % 2 === 1 ? 'Echo' : 'NoOp', 1);
  return yield* result(df.callActivity('Echo', 2));
});
const called = new Set<string>();
orchestration('NonDeterministic2', function* ({ df }) {
  if (!called.has(df.instanceId)) {
    called.add(df.instanceId);
    yield df.callActivity('Echo', 1);
  }
  return 'finished without the activity';
});
orchestration('HealOne', function* ({ df }) {
  return yield* result(df.callActivity('Heal', df.getInput()));
});
orchestration('Rewindable', function* ({ df }) {
  return [
    yield* result(df.callActivity('SayHello', 'rewind')),
    yield* result(df.callActivity('FailUntilHealed', df.instanceId)),
  ];
});
orchestration('RewindParent', function* ({ df }) {
  return yield* result(df.callSubOrchestrator('Rewindable', null, `${df.instanceId}:child`));
});
orchestration('RewindAfterRetry', function* ({ df: context }) {
  yield context.callActivity('Echo', 1);
  const retry = new df.RetryOptions(1000, 2);
  const value = yield* result(context.callActivityWithRetry('FailUntilHealed', retry, context.instanceId));
  yield context.callActivity('Echo', 3);
  return value;
});
orchestration('RewindAfterCompensation', function* ({ df }) {
  yield df.callActivity('Echo', 1);
  try {
    yield df.callActivity('FailUntilHealed', df.instanceId);
  } catch (error) {
    yield df.callActivity('Echo', 'undo 1');
    throw error;
  }
  return yield* result(df.callActivity('Echo', 3));
});
orchestration('RewindAfterBug', function* ({ df }) {
  const first = yield* result(df.callActivity('Echo', 1));
  if (!healed.has(df.instanceId)) throw new TypeError('a bug in the orchestrator');
  return [first, yield* result(df.callActivity('Echo', 3))];
});

interface Answer {
  readonly statusCode: number;
  readonly content: string;
}
orchestration('Http', function* ({ df }) {
  const { statusCode, content } = (yield df.callHttp({ method: 'GET', url: String(df.getInput()) })) as Answer;
  return { status: statusCode, content };
});
