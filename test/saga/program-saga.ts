import { z } from 'zod';
import {
  type BoundActivity,
  days,
  defineActivity,
  defineReview,
  defineSaga,
  once,
  type Operation,
  RetryableError,
  type Saga,
  StepFailed,
  TerminalError,
} from '../../src/saga/index.ts';
import type { Fate, Node, Program, ReviewNode, ScopeNode, SleepNode, StepNode } from './random-program.ts';

// The saga that runs a random program.

const actSchema = z.object({ node: z.string() });
const keySchema = z.object({ key: z.string() });

/** What the activities of a program work on. */
export interface Stage {
  meet(
    call: { readonly instanceId: string; readonly idempotencyKey: string },
    node: string,
    doneKey?: string,
  ): Promise<Fate>;
  apply(key: string): void;
  undo(key: string): void;
  /** Whether the host kills the call before it can answer. */
  isKilled?(call: { readonly instanceId: string; readonly idempotencyKey: string }): boolean;
}

async function play(fate: Fate, effect: () => void): Promise<void> {
  if (fate === 'works' || fate === 'lost after') effect();
  if (fate === 'fails') throw new RetryableError('busy', { code: 'busy' });
  if (fate === 'fails for good') throw new TerminalError('refused', { code: 'refused' });
  if (fate !== 'works') throw new RetryableError('lost', { code: 'lost', outcome: 'unknown' });
}

const common = { input: actSchema, output: keySchema, retry: once, undoRetry: once };

const compensable = defineActivity({
  ...common,
  name: 'act',
  async run({ node }, stage: Stage, call) {
    await play(await stage.meet(call, node), () => stage.apply(call.idempotencyKey));
    return { key: call.idempotencyKey };
  },
  async undo({ input, idempotencyKey }, stage, call) {
    await play(await stage.meet(call, input.node, idempotencyKey), () => stage.undo(idempotencyKey));
  },
});

const harmless = defineActivity({
  ...common,
  name: 'look',
  effect: 'none',
  async run({ node }, stage: Stage, call) {
    await play(await stage.meet(call, node), () => {});
    return { key: `harmless ${call.idempotencyKey}` };
  },
});

export function bindProgramActivities(stage: Stage): readonly BoundActivity[] {
  const killable = (execute: BoundActivity['execute']) => async (request: unknown) => {
    const reply = await execute(request);
    const call = request as { readonly instanceId: string; readonly idempotencyKey: string };
    if (stage.isKilled?.(call) === true) throw new Error('killed');
    return reply;
  };
  return [compensable, harmless].map((activity) => {
    const bound = activity.bind(stage);
    return { ...bound, execute: killable(bound.execute), ...(bound.undo && { undo: killable(bound.undo) }) };
  });
}

const defineQuestion = (otherwise: ReviewNode['otherwise']) =>
  defineReview({ name: `or-${otherwise}`, decision: z.object({ sure: z.boolean() }), withinMs: days(2), otherwise });

/** By what becomes of them when nobody answers. */
export const questions = { approve: defineQuestion('approve'), reject: defineQuestion('reject') };
const reviews = Object.values(questions);

/** Runs a program, and answers the keys of the effects that it counts on. */
export const programSaga = defineSaga({
  name: 'program',
  version: '1',
  input: z.custom<Program>(),
  reviews,
  run: (saga, { nodes }) => runNodes(saga, { nodes, path: 'n', mayPivot: true, isAnswered: true }),
});

interface Part {
  readonly nodes: readonly Node[];
  readonly path: string;
  readonly mayPivot: boolean;
  /** Whether reviews in it may be rejected. */
  readonly isAnswered: boolean;
}

/** Runs a part of a program as a saga of its own. */
export const subSaga = defineSaga({
  name: 'sub',
  version: '1',
  input: z.custom<Part>(),
  output: z.array(z.string()),
  reviews,
  run: (saga, part): Operation<string[]> => runNodes(saga, part),
});

function* runNodes(saga: Saga, part: Part): Operation<string[]> {
  const keys: string[] = [];
  for (const operation of operationsOf(saga, part)) keys.push(...(yield* operation));
  return keys;
}

const operationsOf = (saga: Saga, { nodes, path, ...rest }: Part): Operation<string[]>[] =>
  nodes.map((node, place) =>
    runNode(saga, node, { ...rest, nodes: 'nodes' in node ? node.nodes : [], path: `${path}.${place}` }),
  );

/** @param part the node's own nodes, its path, and what is allowed there */
function* runNode(saga: Saga, node: Node, part: Part): Operation<string[]> {
  const { path, mayPivot, isAnswered } = part;
  switch (node.kind) {
    case 'sleep':
      yield* sleepWhole(saga, node);
      return [];
    case 'review':
      yield* saga.review(questions[isAnswered ? node.otherwise : 'approve'], { of: path });
      return [];
    case 'step': {
      const { activity, options } = describeStep(node);
      return [(yield* saga.step(activity, { node: path }, { ...options, pivot: node.pivot && mayPivot })).key];
    }
    case 'attempt': {
      const { activity, options } = describeStep(node);
      const result = yield* saga.attempt(activity, { node: path }, options);
      return result.ok ? [result.value.key] : [];
    }
    case 'all': {
      const options = node.limit === undefined ? {} : { limit: node.limit };
      return (yield* saga.map(operationsOf(saga, part), (operation) => operation, options)).flat();
    }
    case 'race':
      return yield* saga.race(operationsOf(saga, { ...part, mayPivot: false }));
    case 'scope':
      return yield* runCaught(node, () => runScope(saga, node, part));
    case 'sub': {
      const pivot = node.pivot && mayPivot;
      return yield* runCaught(node, () =>
        saga.run(subSaga, { ...part, mayPivot: pivot, isAnswered: false }, { pivot }),
      );
    }
  }
}

function* sleepWhole(saga: Saga, { lasts }: SleepNode): Operation<void> {
  const since = saga.now().getTime();
  yield* saga.sleep(lasts);
  if (saga.now().getTime() < since + lasts) throw new Error('woke too early');
}

const describeStep = ({ effect, maxAttempts }: StepNode) => ({
  activity: effect === 'compensable' ? compensable : harmless,
  options: { retry: { maxAttempts, firstIntervalMs: 1000 } },
});

function runScope(saga: Saga, { onFailure, order }: ScopeNode, part: Part): Operation<string[]> {
  return saga.scope('inner', () => runNodes(saga, part), { order, ...(onFailure && { onFailure }) });
}

function* runCaught(
  { isCaught }: { readonly isCaught: boolean },
  operate: () => Operation<string[]>,
): Operation<string[]> {
  try {
    return yield* operate();
  } catch (error) {
    if (isCaught && error instanceof StepFailed) return [];
    throw error;
  }
}
