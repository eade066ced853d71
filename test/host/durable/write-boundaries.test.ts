import { copyFileSync, statSync, truncateSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HistoryEvent, isScheduled } from '../../../src/host/durable/history.ts';
import type { AppWorker } from '../../../src/host/worker/app-worker.ts';
import type { Invoke } from '../../../src/host/worker/contract.ts';
import { type Step, expectedResults } from './app/script.ts';
import { type TestEngine, createFastClock, createTestEngine, newDatabaseFile, startTestApp } from './engine-harness.ts';
import { readHistories } from './read-histories.ts';
import { readCommitEnds } from './write-ahead-log.ts';

/**
 * A crash between any two commits, and in the middle of any commit: one run of a mixed workload leaves a write-ahead log, and each of its
 * prefixes is what a crash at that moment would have left. From each of them an engine has to come to the same end.
 */

let worker: AppWorker;
beforeAll(async () => {
  worker = await startTestApp();
});
afterAll(() => worker.stop());

const steps: readonly Step[] = [
  { kind: 'activity', id: 'first' },
  {
    kind: 'all',
    steps: [
      { kind: 'activity', id: 'left' },
      { kind: 'activity', id: 'right' },
      { kind: 'timer', ms: 400 },
    ],
  },
  { kind: 'continueAsNew' },
  { kind: 'event', name: 'Go' },
  {
    kind: 'sub',
    steps: [
      { kind: 'activity', id: 'of the child' },
      { kind: 'timer', ms: 100 },
    ],
  },
  { kind: 'failure', id: 'caught' },
  {
    kind: 'any',
    steps: [
      { kind: 'activity', id: 'quick' },
      { kind: 'timer', ms: 200 },
    ],
  },
];

const script = (steps: readonly Step[]) => JSON.stringify({ steps, results: [] });
const gated = script([
  {
    kind: 'sub',
    steps: [
      { kind: 'activity', id: 'before' },
      { kind: 'activity', id: 'gate' },
    ],
  },
]);

/** What is asked of the engine, in this order; each is asked again until it is accepted. */
const requests = [
  { path: '/orchestrators/Script/mixed', body: script(steps) },
  { path: '/orchestrators/Script/gated', body: gated },
  { path: '/entities/CounterEntity/counted?op=add', body: '1' },
  { path: '/orchestrators/Transfer/paid', body: JSON.stringify({ from: 'a', to: 'b', amount: 7 }) },
  { path: '/instances/mixed/raiseEvent/Go', body: '"raised Go"' },
  { path: '/entities/CounterEntity/counted?op=add', body: '2' },
  { path: '/orchestrators/CallsEntity/calls', body: '"called"' },
  // The gate is open from here on.
  { path: '/instances/gated/rewind', body: '', after: 'gated' },
  { path: '/entities/CounterEntity/counted?op=add', body: '4' },
] as const;
const rewindAt = requests.findIndex(({ path }) => path.endsWith('/rewind'));

/** One engine's life: the activities that ran, and what was accepted, each with the length of the log at that moment. */
interface Life {
  readonly engine: TestEngine;
  readonly ran: { readonly id: string; readonly at: number }[];
  readonly accepted: number[];
}

const startLife = (databaseFile: string, acceptedBefore: number): Life => {
  const ran: Life['ran'] = [];
  const accepted: number[] = [];
  const isOpen = () => acceptedBefore + accepted.length > rewindAt || isRewinding;
  let isRewinding = false;
  const invoke: Invoke = async (invocation) => {
    const [input] = invocation.inputs.values();
    if (invocation.functionName !== 'Do' || input === undefined || !('string' in input))
      return worker.invoke(invocation);
    const id = JSON.parse(input.string) as string;
    ran.push({ id, at: logLength(databaseFile) });
    if (id !== 'gate' || isOpen()) return worker.invoke(invocation);
    return { ok: false, exception: { message: 'the gate is shut', stackTrace: '', source: '' } };
  };
  const engine = createTestEngine({ functions: worker.functions, invoke, databaseFile, clock: createFastClock(50) });
  engine.start();
  const call: TestEngine['call'] = async (method, path, options) => {
    if (path.endsWith('/rewind')) isRewinding = true;
    return engine.call(method, path, options);
  };
  return { engine: { ...engine, call }, ran, accepted };
};

const logLength = (databaseFile: string): number =>
  statSync(`${databaseFile}-wal`, { throwIfNoEntry: false })?.size ?? 0;

/** Asks for what has not been accepted yet, and waits for everything to end. */
const live = async ({ engine, accepted }: Life, databaseFile: string, acceptedBefore: number): Promise<void> => {
  for (const request of requests.slice(acceptedBefore)) {
    if ('after' in request) await engine.ended(request.after);
    const { status } = await engine.call('POST', request.path, { body: request.body });
    accepted.push(logLength(databaseFile));
    expect(status).toBe(202);
  }
  for (const id of ['mixed', 'gated', 'paid', 'calls']) await engine.ended(id);
  await expect
    .poll(async () => (await engine.call('GET', '/entities/CounterEntity/counted')).body, { interval: 5 })
    .toBe('7');
  await expect
    .poll(async () => (await engine.call('GET', '/instances/@account@b')).body, { interval: 5 })
    .not.toContain('lockedBy');
};

const outputs = async ({ engine }: Life) => {
  const ended = await Promise.all(['mixed', 'gated', 'paid', 'calls'].map((id) => engine.ended(id)));
  return ended.map(({ output }) => output);
};

const expectedOutputs = [expectedResults(steps), [['done before', 'done gate']], [93, 107], 7];

/** Outcomes of what was not scheduled, or that stand there twice: none may be in any history at any time. */
const findContradictions = (history: readonly HistoryEvent[]): readonly number[] => {
  const open = new Set<number>();
  const wrong: number[] = [];
  for (const event of history) {
    if (isScheduled(event)) open.add(event.EventId);
    const cause = 'TaskScheduledId' in event ? event.TaskScheduledId : 'TimerId' in event ? event.TimerId : undefined;
    if (cause !== undefined && !open.delete(cause)) wrong.push(cause);
  }
  return wrong;
};

const inspect = (databaseFile: string) => {
  const histories = readHistories(databaseFile);
  return {
    ids: histories.map(({ id }) => id),
    contradictions: histories.flatMap(({ events }) => findContradictions(events)),
  };
};

/** The files as a crash would have left them. */
const copyUpTo = (databaseFile: string, length: number): string => {
  const copy = newDatabaseFile();
  for (const suffix of ['', '-wal']) copyFileSync(databaseFile + suffix, copy + suffix);
  truncateSync(`${copy}-wal`, length);
  return copy;
};

const startedIds = requests.map(({ path }) => /^\/orchestrators\/\w+\/(\w+)/.exec(path)?.[1]);

test('from wherever a crash cuts the log, everything accepted comes to the same end, each result once', async () => {
  const databaseFile = newDatabaseFile();
  const first = startLife(databaseFile, 0);
  const hasTablesAt = logLength(databaseFile);
  await live(first, databaseFile, 0);
  expect(await outputs(first)).toEqual(expectedOutputs);
  const ends = readCommitEnds(`${databaseFile}-wal`);
  const original = copyUpTo(databaseFile, logLength(databaseFile));
  await first.engine.stop();
  expect(ends.length).toBeGreaterThan(20);

  for (const [index, end] of ends.entries()) {
    // Half of the next transaction is there too, and must not count.
    const torn = Math.floor(((ends[index + 1] ?? end) - end) / 2);
    const file = copyUpTo(original, end + torn);
    const acceptedBefore = first.accepted.filter((at) => at <= end).length;
    const found = end < hasTablesAt ? { ids: [], contradictions: [] } : inspect(copyUpTo(original, end + torn));
    expect(found.contradictions).toEqual([]);
    expect(found.ids).toEqual(expect.arrayContaining(startedIds.slice(0, acceptedBefore).flatMap((id) => id ?? [])));

    const second = startLife(file, acceptedBefore);
    await live(second, file, acceptedBefore);
    expect(await outputs(second)).toEqual(expectedOutputs);
    const ran = [...first.ran.filter(({ at }) => at <= end), ...second.ran].map(({ id }) => id);
    for (const id of ['first', 'left', 'right', 'of the child', 'before', 'gate', 'between']) expect(ran).toContain(id);
    await second.engine.stop();
    expect(inspect(file).contradictions).toEqual([]);
  }
});
