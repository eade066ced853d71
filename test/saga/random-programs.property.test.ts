import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Instance, type SagaApp, startSagaApp } from './kit/saga-app.ts';
import { turns } from './kit/turns.ts';
import { bindProgramActivities, programSaga, questions, type Stage, subSaga } from './program-saga.ts';
import {
  type Answer,
  type Fate,
  findStep,
  isInRace,
  isPivot,
  type Program,
  programArbitrary,
} from './random-program.ts';
import { randomRuns } from './random-runs.ts';

// Random sagas against a model of the outside world. `performance` is one run of one program: what was done to the world,
// undone, and given up by the operator, who at each gate decides at random, and after some rounds heals everything. Answers to
// reviews are sent at the start: they wait for their questions.

interface Performance extends Stage {
  readonly effects: Set<string>;
  readonly applied: Map<string, number>;
  /** Keys of the effects in the order in which their steps began; undos as they were called. */
  readonly began: string[];
  readonly log: { readonly kind: 'do' | 'undo'; readonly key: string }[];
  /** The nodes of the effects, by key. */
  readonly nodes: Map<string, string>;
  isHealed: boolean;
}

const performances = new Map<string, Performance>();
let app: SagaApp;

async function openApp(): Promise<SagaApp> {
  const stage: Stage = {
    meet: (call, node, doneKey) => performances.get(call.instanceId)!.meet(call, node, doneKey),
    apply: (key) => performances.get(instanceOf(key))!.apply(key),
    undo: (key) => performances.get(instanceOf(key))!.undo(key),
    isKilled: (call) => performances.get(call.instanceId)!.isKilled?.(call) === true,
  };
  return startSagaApp({ sagas: [programSaga, subSaga], activities: bindProgramActivities(stage) });
}

beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

const instanceOf = (key: string) => key.slice(0, key.indexOf('/'));

function perform(program: Program): Performance {
  const calls = new Map<string, number>();
  const killed = new Set<string>();
  let total = 0;
  const performance: Performance = {
    effects: new Set(),
    applied: new Map(),
    began: [],
    log: [],
    nodes: new Map(),
    isHealed: false,
    isKilled: ({ idempotencyKey }) => killed.delete(idempotencyKey),
    async meet({ instanceId, idempotencyKey }, node, doneKey) {
      if (program.killedAt.includes(++total)) killed.add(idempotencyKey);
      if (total === program.cancelAt) {
        await app.cancel(instanceId, 'ann');
        await turns();
      }
      performance.nodes.set(doneKey ?? idempotencyKey, node);
      if (doneKey === undefined && !performance.began.includes(idempotencyKey)) performance.began.push(idempotencyKey);
      performance.log.push({ kind: doneKey === undefined ? 'do' : 'undo', key: doneKey ?? idempotencyKey });
      const place = doneKey === undefined ? node : `undo ${node}`;
      const n = calls.get(place) ?? 0;
      calls.set(place, n + 1);
      const step = findStep(program, node);
      const fate: Fate | undefined = (doneKey === undefined ? step.fates : step.undoFates)[n];
      return performance.isHealed ? 'works' : (fate ?? 'works');
    },
    apply(key) {
      if (performance.effects.has(key)) return;
      performance.effects.add(key);
      performance.applied.set(key, (performance.applied.get(key) ?? 0) + 1);
    },
    undo: (key) => void performance.effects.delete(key),
  };
  return performance;
}

/** What the operator gave up: effects whose undo was skipped, and steps and sub-sagas that were, by what their keys begin with. */
interface GivenUp {
  readonly undos: Set<string>;
  readonly skipped: Set<string>;
}

/** An instance that waits for an operator: the root at its gate, or a sub-saga in place. */
interface Stopped {
  readonly id: string;
  readonly instance: Instance;
}

async function runOn(id: string): Promise<Stopped> {
  try {
    return { id, instance: await app.runToEnd(id) };
  } catch (stuck) {
    const waiting = await findWaiting(id);
    if (waiting === undefined) throw stuck;
    return waiting;
  }
}

async function findWaiting(id: string): Promise<Stopped | undefined> {
  const instance = await app.get(id);
  if (instance.status.gate?.mode === 'event') return { id, instance };
  for (const { instanceId } of instance.status.running ?? []) {
    const waiting = await findWaiting(instanceId);
    if (waiting !== undefined) return waiting;
  }
  return undefined;
}

async function decide(root: string, { id, instance: { status } }: Stopped, choice: Choice, givenUp: GivenUp) {
  const actions = (status.gate?.actions ?? []).filter((action) => action !== 'abort');
  const action = choice.isHealed && actions.includes('retry') ? 'retry' : actions[choice.number % actions.length];
  const step = status.step ?? '';
  if (action === 'skip' && step.startsWith('undo of ')) {
    givenUp.undos.add(`${root}/${step.slice('undo of '.length)}/do`);
  } else if (action === 'skip') givenUp.skipped.add(`${root}/${step}/`);
  const isSubSaga = /\/sub#\d+$/.test(step);
  const data = isSubSaga ? [`skipped ${step}`] : { key: `skipped ${step}` };
  const decision = { by: 'ann', reason: 'at random', data, action: action as 'retry' };
  if (status.gate?.mode === 'event') return app.raise(id, `gate:${status.gate.number}`, decision);
  return action === 'retry' && choice.number % 2 === 0 ? app.rewind(id) : app.passGate(id, decision);
}

/** A rejection past the pivot: nothing can be undone, and nothing tried again. */
const isGivenUp = ({ instance: { status, runtimeStatus } }: Stopped): boolean =>
  runtimeStatus !== 'Completed' && status.error?.code === 'review_rejected' && status.pivoted === true;

interface Choice {
  readonly number: number;
  readonly isHealed: boolean;
}

/**
 * Undos that follow each other must go backwards in the order in which their steps began. Side by side, a scope is undone
 * before those around it, whatever else has begun in between.
 */
function findDisorder(program: Program, { began, log }: Performance) {
  if (/"(all|race|parallel)"/.test(JSON.stringify(program))) return [];
  const order = new Map(began.map((key, place) => [key, place]));
  return log.filter(({ kind, key }, n) => {
    const before = log[n - 1];
    return kind === 'undo' && before?.kind === 'undo' && order.get(key)! > order.get(before.key)!;
  });
}

/** What is past the point of no return is never undone, whatever fails beside it. */
const findUndonePivots = (program: Program, { log, nodes }: Performance) =>
  log.filter(({ kind, key }) => kind === 'undo' && isPivot(program, nodes.get(key) ?? ''));

/** What lost a race past the pivot is not undone any more. */
const isLost = (key: string, program: Program, { nodes }: Performance, { status }: Instance) =>
  status.pivoted === true && isInRace(program, nodes.get(key) ?? 'n');

/** Sends answers to the next reviews of each kind; they wait until they are asked for. */
async function answerReviews(id: string, answers: readonly Answer[], instance?: Instance): Promise<void> {
  const ids = (instance?.status.asked ?? []).map((question) => question.id);
  for (const { name } of Object.values(questions)) {
    const numbers = ids.filter((asked) => asked.startsWith(name)).map((asked) => Number(asked.split('#')[1] ?? 1));
    const asked = Math.max(0, ...numbers);
    for (const [n, answer] of answers.entries()) {
      if (answer === 'nothing') continue;
      const review = asked + n === 0 ? name : `${name}#${asked + n + 1}`;
      const data = answer === 'nonsense' ? { sure: 'perhaps' } : { sure: true };
      const decision = answer === 'reject' ? 'reject' : 'approve';
      await app.decide(id, review, { decision, data, by: 'ann' }).catch(unlessEnded);
    }
  }
}

/** A saga may end before all answers are sent. */
const unlessEnded = (error: Error) => {
  if (!error.message.includes('410')) throw error;
};

/** More than there are reviews in a program. */
const approvals: readonly Answer[] = Array.from({ length: 6 }, () => 'approve');

/** A saga that has failed and compensated leaves nothing but what the operator told it to leave. */
const findLeftovers = ({ status }: Instance, { effects }: Performance, { undos }: GivenUp) =>
  status.phase === 'failed' ? [...effects].filter((key) => !undos.has(key)) : [];

const isSkipped = (key: string, { skipped }: GivenUp) => [...skipped].some((beginning) => key.startsWith(beginning));

const healedAfter = 4;
const moreThanEnough = 40;

/** Runs a program until it has completed, and answers how often it was rewound. */
async function tryProgram(program: Program, choices: readonly number[]): Promise<number> {
  const performance = perform(program);
  const id = crypto.randomUUID();
  performances.set(id, performance);
  await app.start(programSaga, program, id);
  const asks = JSON.stringify(program).includes('"review"');
  if (asks) await answerReviews(id, program.answers);
  const givenUp: GivenUp = { undos: new Set(), skipped: new Set() };
  let stopped = await runOn(id);
  let round = 0;
  for (; stopped.instance.runtimeStatus !== 'Completed'; round++) {
    expect(stopped.instance.output ?? 'waits in place').toMatch(/gate#\d+# |waits in place/);
    expect(round).toBeLessThan(moreThanEnough);
    expect(findLeftovers(stopped.instance, performance, givenUp)).toEqual([]);
    expect(findUndonePivots(program, performance)).toEqual([]);
    const isHealed = (performance.isHealed = round >= healedAfter);
    if (isGivenUp(stopped)) break;
    await decide(id, stopped, { number: choices[round % choices.length]!, isHealed }, givenUp);
    if (asks && isHealed) await answerReviews(id, approvals, await app.get(id));
    stopped = await runOn(id);
  }
  if (isGivenUp(stopped)) {
    await app.passGate(stopped.id, { action: 'abort', by: 'ann' });
    return round;
  }
  const end = stopped.instance;
  const counted = (end.output as string[]).filter((key) => key.startsWith(id));
  expect(counted.filter((key) => !performance.effects.has(key))).toEqual([]);
  const others = [...performance.effects].filter((key) => !counted.includes(key));
  const ledger = new Map(end.status.ledger.map(({ step, outcome }) => [`${id}/${step}/do`, outcome]));
  const unexplained = others.filter(
    (key) =>
      !givenUp.undos.has(key) &&
      !isSkipped(key, givenUp) &&
      !isLost(key, program, performance, end) &&
      ledger.get(key) !== 'unknown',
  );
  expect(unexplained).toEqual([]);
  expect([...performance.applied.values()].filter((times) => times > 1)).toEqual([]);
  expect(findDisorder(program, performance)).toEqual([]);
  performances.delete(id);
  return round;
}

const promise =
  'whatever fails: failed sagas leave nothing behind, completed ones all, keys act once, and healed ones complete';

test(`${promise} (SAGA_SEED=${randomRuns.seed})`, { timeout: randomRuns.numRuns * 2_000 }, async () => {
  let rewound = 0;
  const choicesArbitrary = fc.array(fc.nat(11), { minLength: 8, maxLength: 8 });
  const property = fc.asyncProperty(programArbitrary, choicesArbitrary, async (program, choices) => {
    try {
      rewound += await tryProgram(program, choices);
    } catch (error) {
      // What one program has broken must not be held against the next.
      await app.close().catch(() => undefined);
      app = await openApp();
      throw error;
    }
  });
  await fc.assert(property, randomRuns);
  expect(rewound).toBeGreaterThan(randomRuns.numRuns / 3);
});
