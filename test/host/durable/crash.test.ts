import { copyFileSync, existsSync } from 'node:fs';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Clock } from '../../../src/host/clock.ts';
import type { AppWorker } from '../../../src/host/worker/app-worker.ts';
import type { Invoke } from '../../../src/host/worker/contract.ts';
import { type Leaf, type Step, expectedResults } from './app/script.ts';
import { type TestEngine, createFastClock, createTestEngine, newDatabaseFile, startTestApp } from './engine-harness.ts';
import { readHistories } from './read-histories.ts';

let worker: AppWorker;
beforeAll(async () => {
  worker = await startTestApp();
});
afterAll(() => worker.stop());

const quiet: fc.Arbitrary<Leaf> = fc.oneof(
  fc.record({ kind: fc.constant('activity' as const), id: fc.uuid() }),
  fc.record({ kind: fc.constant('timer' as const), ms: fc.integer({ min: 0, max: 300 }) }),
);
const leaf: fc.Arbitrary<Leaf> = fc.oneof(
  { weight: 2, arbitrary: quiet },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('event' as const), name: fc.uuid() }) },
);
const stepOf = (leaf: fc.Arbitrary<Leaf>, sub: fc.Arbitrary<readonly Step[]>): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 4, arbitrary: leaf },
    fc.record({ kind: fc.constant('failure' as const), id: fc.uuid() }),
    fc.record({
      kind: fc.constantFrom('all' as const, 'any' as const),
      steps: fc.array(leaf, { minLength: 1, maxLength: 4 }),
    }),
    fc.record({ kind: fc.constant('sub' as const), steps: sub }),
    fc.constant({ kind: 'continueAsNew' as const }),
  );
/** Events are raised for the root alone. */
const sub = fc.array(stepOf(quiet, fc.constant([])), { maxLength: 3 });
const script = fc.array(stepOf(leaf, sub), { maxLength: 6 });

const eventNames = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap((step) => {
    if (step.kind === 'event') return [step.name];
    return step.kind === 'all' || step.kind === 'any' ? eventNames(step.steps) : [];
  });

/**
 * An engine that is killed when so many calls of functions have begun or ended: what it does from then on reaches nobody, and the
 * file as it is on disk at that moment is what the next engine gets.
 */
const createMortalEngine = (databaseFile: string, clock: Clock, ran: string[], callsToLive: number, ticks: number) => {
  const death = Promise.withResolvers<string>();
  let isDead = false;
  let left = callsToLive;
  const die = () => {
    isDead = true;
    const copy = newDatabaseFile();
    for (const suffix of ['', '-wal']) {
      if (existsSync(databaseFile + suffix)) copyFileSync(databaseFile + suffix, copy + suffix);
    }
    death.resolve(copy);
  };
  const countDown = () => {
    if (left-- !== 0) return;
    const wait = (more: number): unknown => (more === 0 ? die() : setImmediate(wait, more - 1));
    wait(ticks);
  };
  const invoke: Invoke = async (invocation) => {
    countDown();
    const input = [...invocation.inputs.values()][0];
    if (!isDead && invocation.functionName === 'Do' && input && 'string' in input) ran.push(input.string);
    const result = await worker.invoke(invocation);
    countDown();
    if (isDead) throw new Error('The engine is dead.');
    return result;
  };
  const mortalClock: Clock = { now: () => clock.now(), at: (at, fire) => clock.at(at, () => !isDead && fire()) };
  const engine = createTestEngine({ functions: worker.functions, invoke, databaseFile, clock: mortalClock });
  engine.start();
  return { engine, died: death.promise, isDead: () => isDead };
};

/** Starts the orchestration and raises its events, each until it is accepted by an engine that lives. */
const drive = async (engine: TestEngine, isDead: () => boolean, todo: (() => Promise<unknown>)[]): Promise<unknown> => {
  while (todo[0] !== undefined) {
    await todo[0]();
    if (isDead()) return undefined;
    todo.shift();
  }
  return engine.ended('script');
};

const runWithCrashes = async (steps: readonly Step[], crashes: readonly { calls: number; ticks: number }[]) => {
  const clock = createFastClock(50);
  const ran: string[] = [];
  let file = newDatabaseFile();
  let engine: TestEngine;
  const todo = [
    () => engine.call('POST', '/orchestrators/Script/script', { body: JSON.stringify({ steps, results: [] }) }),
    ...eventNames(steps).map(
      (name) => () => engine.call('POST', `/instances/script/raiseEvent/${name}`, { body: `"raised ${name}"` }),
    ),
  ];
  for (const { calls, ticks } of [...crashes, { calls: -1, ticks: 0 }]) {
    const mortal = createMortalEngine(file, clock, ran, calls, ticks);
    engine = mortal.engine;
    const end = await Promise.race([drive(engine, mortal.isDead, todo), mortal.died]);
    if (typeof end !== 'string' && end !== undefined) {
      await engine.stop();
      return { end, ran, outcomes: readOutcomes(file) };
    }
    file = await mortal.died;
    await engine.stop();
  }
  throw new Error('The last engine is not to die.');
};

/** What each outcome in the histories is the outcome of. */
const readOutcomes = (databaseFile: string): readonly string[] =>
  readHistories(databaseFile).flatMap(({ id, events }) =>
    events.flatMap((event) => {
      if ('TaskScheduledId' in event) return [`${id} ${event.TaskScheduledId}`];
      return 'TimerId' in event ? [`${id} ${event.TimerId}`] : [];
    }),
  );

const crash = fc.record({ calls: fc.integer({ min: 0, max: 12 }), ticks: fc.integer({ min: 0, max: 3 }) });

/** Between two executions the whole inbox of the next one is on disk: the start, the event that was not consumed, the mark. */
const carriedOverTwice = Array.from({ length: 12 }, (_, calls): [Step[], { calls: number; ticks: number }[]] => [
  [
    { kind: 'event', name: 'first' },
    { kind: 'continueAsNew' },
    { kind: 'continueAsNew' },
    { kind: 'event', name: 'second' },
  ],
  [{ calls, ticks: 3 }],
]);

test('an orchestration that is killed at any moment comes to the same end, and each result counts once', async () => {
  await fc.assert(
    fc.asyncProperty(script, fc.array(crash, { maxLength: 4 }), async (steps, crashes) => {
      const { end, ran, outcomes } = await runWithCrashes(steps, crashes);
      expect(end).toMatchObject({ runtimeStatus: 'Completed', output: expectedResults(steps) });
      expect(new Set(outcomes).size).toBe(outcomes.length);
      const times = Object.values(Object.groupBy(ran, (id) => id)).map((runs) => runs?.length ?? 0);
      expect(Math.max(0, ...times)).toBeLessThanOrEqual(1 + crashes.length);
    }),
    { numRuns: 60, examples: carriedOverTwice },
  );
});
