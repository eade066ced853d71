import { expect, it } from 'vitest';
import type { Log } from '../../../src/host/log.ts';
import { startTimerTrigger } from '../../../src/host/triggers/timer-trigger.ts';
import type {
  AppFunction,
  Binding,
  Invocation,
  InvocationResult,
  RetryPolicy,
} from '../../../src/host/worker/contract.ts';
import { makeFolder, runApp, until } from '../run-app.ts';
import { createVirtualClock, type VirtualClock } from '../../../src/testing/virtual-clock.ts';

const start = Date.UTC(2026, 10, 21, 10, 0, 0);
const minute = 60_000;
const done: InvocationResult = { ok: true, returnValue: undefined, outputs: new Map() };
const exception = { message: 'failed', stackTrace: '', source: '' };
const silent: Log = () => {};

interface TimerSetup {
  readonly clock: VirtualClock;
  readonly dataDir?: string;
  readonly trigger?: object;
  readonly retry?: RetryPolicy;
  readonly answer?: (call: number) => Promise<InvocationResult>;
  readonly env?: Readonly<Record<string, string>>;
}

/** A timer whose function is played by `answer`. */
function runTimer({
  clock,
  dataDir = makeFolder(),
  trigger = {},
  retry,
  answer = async () => done,
  env = {},
}: TimerSetup) {
  const calls: Invocation[] = [];
  const binding: Binding = {
    schedule: '0 */5 * * * *',
    ...trigger,
    name: 'timer',
    type: 'timerTrigger',
    direction: 'in',
  };
  const fn: AppFunction = { id: 'tick', name: 'tick', bindings: [binding], ...(retry && { retry }) };
  const running = startTimerTrigger(fn, binding, dataDir, {
    clock,
    env,
    log: silent,
    newId: () => `id-${calls.length}`,
    invoke: async (invocation) => answer(calls.push(invocation)),
  });
  const infos = () =>
    calls.map(({ inputs }) => {
      const { json } = inputs.get('timer') as { json: string };
      return JSON.parse(json) as { IsPastDue: boolean; ScheduleStatus: Record<'Last' | 'Next', string> | null };
    });
  return { running, calls, infos };
}

/** Lets what has been fired run on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

async function advance(clock: VirtualClock, milliseconds: number) {
  clock.advance(milliseconds);
  await settle();
}

it('fires by its schedule and tells of the last and the next occurrence', async () => {
  const clock = createVirtualClock(new Date(start));
  const { infos } = runTimer({ clock });
  for (let passed = 0; passed < 11; passed += 1) await advance(clock, minute);
  expect(infos()).toMatchObject([
    { IsPastDue: false, ScheduleStatus: { Last: '0001-01-01T00:00:00+00:00', Next: '2026-11-21T10:05:00.000+00:00' } },
    {
      IsPastDue: false,
      ScheduleStatus: { Last: '2026-11-21T10:05:00.000+00:00', Next: '2026-11-21T10:10:00.000+00:00' },
    },
  ]);
});

it('makes up for what it missed, once, and not for what it did', async () => {
  const dataDir = makeFolder();
  const first = createVirtualClock(new Date(start));
  const before = runTimer({ clock: first, dataDir });
  await advance(first, 5 * minute);
  await before.running.stop();
  await advance(first, 30 * minute);
  expect(before.calls).toHaveLength(1);

  const soon = runTimer({ clock: createVirtualClock(new Date(start + 6 * minute)), dataDir });
  await settle();
  expect(soon.calls).toHaveLength(0);
  await soon.running.stop();

  const later = runTimer({ clock: createVirtualClock(new Date(start + 31 * minute)), dataDir });
  await settle();
  expect(later.infos()).toMatchObject([{ IsPastDue: true }]);
});

it('does again after a restart what was cut off', async () => {
  const dataDir = makeFolder();
  const clock = createVirtualClock(new Date(start));
  const cut = runTimer({ clock, dataDir, answer: () => new Promise(() => {}) });
  await advance(clock, 5 * minute);
  expect(cut.calls).toHaveLength(1);
  const again = runTimer({ clock: createVirtualClock(new Date(start + 5 * minute + 1)), dataDir });
  await settle();
  expect(again.infos()).toMatchObject([{ IsPastDue: true }]);
});

it('does again after a restart what a stop cut off', async () => {
  const dataDir = makeFolder();
  const clock = createVirtualClock(new Date(start));
  const held = Promise.withResolvers<InvocationResult>();
  const cut = runTimer({ clock, dataDir, answer: () => held.promise });
  await advance(clock, 5 * minute);
  const stopped = cut.running.stop();
  held.reject(new Error('gone'));
  await stopped;
  const again = runTimer({ clock: createVirtualClock(new Date(start + 6 * minute)), dataDir });
  await settle();
  expect(again.infos()).toMatchObject([{ IsPastDue: true }]);
});

it('forgets the schedule without a monitor, and within a minute', async () => {
  for (const trigger of [{ useMonitor: false }, { schedule: '00:00:30' }]) {
    const dataDir = makeFolder();
    const clock = createVirtualClock(new Date(start));
    const before = runTimer({ clock, dataDir, trigger });
    await advance(clock, 5 * minute);
    await before.running.stop();
    const after = runTimer({ clock: createVirtualClock(new Date(start + 60 * minute)), dataDir, trigger });
    await settle();
    expect(after.calls).toHaveLength(0);
    expect(before.infos()[0]?.ScheduleStatus).toBeNull();
  }
});

it('runs at the start when told to', async () => {
  const { infos } = runTimer({ clock: createVirtualClock(new Date(start)), trigger: { runOnStartup: true } });
  await settle();
  expect(infos()).toMatchObject([{ IsPastDue: false }]);
});

it('never runs twice at a time', async () => {
  const clock = createVirtualClock(new Date(start));
  const held = Promise.withResolvers<InvocationResult>();
  const { calls } = runTimer({ clock, answer: (call) => (call === 1 ? held.promise : Promise.resolve(done)) });
  await advance(clock, 5 * minute);
  await advance(clock, 12 * minute);
  expect(calls).toHaveLength(1);
  held.resolve(done);
  await settle();
  await advance(clock, 3 * minute);
  expect(calls).toHaveLength(2);
});

it("repeats a failed run by the function's retry policy", async () => {
  const clock = createVirtualClock(new Date(start));
  const retry = { strategy: 'exponentialBackoff', maxRetryCount: 3, minimum: 1000, maximum: 3000 } as const;
  const { calls } = runTimer({ clock, retry, answer: async () => ({ ok: false, exception }) });
  await advance(clock, 5 * minute);
  for (const delay of [1000, 2000, 3000]) await advance(clock, delay);
  await advance(clock, minute);
  expect(calls.map(({ retryContext }) => retryContext)).toEqual([
    undefined,
    { retryCount: 1, maxRetryCount: 3, exception },
    { retryCount: 2, maxRetryCount: 3, exception },
    { retryCount: 3, maxRetryCount: 3, exception },
  ]);
});

it('goes on after a run whose worker was lost', async () => {
  const clock = createVirtualClock(new Date(start));
  const { calls } = runTimer({ clock, answer: () => Promise.reject(new Error('gone')) });
  await advance(clock, 5 * minute);
  await advance(clock, 5 * minute);
  expect(calls).toHaveLength(2);
});

it('takes its schedule from an app setting', async () => {
  const clock = createVirtualClock(new Date(start));
  const { calls } = runTimer({ clock, trigger: { schedule: '%EVERY%' }, env: { EVERY: '00:00:01' } });
  await advance(clock, 1000);
  expect(calls).toHaveLength(1);
  expect(() => runTimer({ clock, trigger: { schedule: '%NONE%' } })).toThrow('names the app setting "NONE"');
});

it('runs in an app, whose other functions do not care for a wrong schedule', async () => {
  const { lines, functions } = await runApp({
    'index.js': `
      const { app } = require('@azure/functions');
      app.timer('tick', { schedule: '* * * * * *', runOnStartup: true, handler: (timer, context) => context.log(JSON.stringify(timer)) });
      app.timer('wrong', { schedule: 'never', handler() {} });`,
  });
  const line = await until(() => lines.find(({ category }) => category === 'Function.tick.User'));
  expect(line.message).toBe('{"schedule":{"adjustForDST":true},"scheduleStatus":null,"isPastDue":false}');
  expect(functions[1]).toMatchObject({ name: 'wrong', fault: expect.stringContaining('"never"') as string });
});
