import * as fc from 'fast-check';
import { z } from 'zod';
import {
  days,
  defineActivity,
  defineSaga,
  minutes,
  once,
  type Operation,
  RetryableError,
  type Saga,
  StepFailed,
  TerminalError,
} from '../../src/saga/index.ts';

/** How one call ends; `lost` calls end unknown, with or without their effect. */
const fates = ['works', 'fails', 'fails for good', 'lost after', 'lost before'] as const;
export type Fate = (typeof fates)[number];

export interface StepNode {
  readonly kind: 'step' | 'attempt';
  readonly effect: 'compensable' | 'none';
  readonly pivot: boolean;
  readonly maxAttempts: number;
  /** Of the calls in their order over all rewinds; what comes after them works. */
  readonly fates: readonly Fate[];
  readonly undoFates: readonly Fate[];
}

export interface ScopeNode {
  readonly kind: 'scope';
  readonly onFailure: 'compensate' | 'hold' | undefined;
  readonly order: 'serial' | 'parallel';
  /** Whether the code around it catches its failure and goes on. */
  readonly isCaught: boolean;
  readonly nodes: readonly Node[];
}

/** A saga of its own, run as a part. */
export interface SubNode {
  readonly kind: 'sub';
  /** Otherwise no step in it is. */
  readonly pivot: boolean;
  readonly isCaught: boolean;
  readonly nodes: readonly Node[];
}

/** In milliseconds. */
export interface SleepNode {
  readonly kind: 'sleep';
  readonly lasts: number;
}

/** Side by side. */
export interface AllNode {
  readonly kind: 'all';
  readonly nodes: readonly Node[];
}

export type Node = StepNode | ScopeNode | SubNode | SleepNode | AllNode;

export interface Program {
  readonly nodes: readonly Node[];
  /** In which of the calls somebody cancels the saga. */
  readonly cancelAt: number | undefined;
}

const stepArbitrary: fc.Arbitrary<StepNode> = fc.record({
  kind: fc.constantFrom('step', 'step', 'attempt'),
  effect: fc.constantFrom('compensable', 'compensable', 'compensable', 'none'),
  pivot: fc.integer({ min: 0, max: 11 }).map((n) => n === 0),
  maxAttempts: fc.integer({ min: 1, max: 3 }),
  fates: fc.array(fc.constantFrom('works', 'works', ...fates), { maxLength: 4 }),
  undoFates: fc.array(fc.constantFrom('works', 'works', 'works', ...fates), { maxLength: 2 }),
});

const nodeArbitrary: fc.Arbitrary<Node> = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    stepArbitrary,
    stepArbitrary,
    stepArbitrary,
    fc.record({ kind: fc.constant('sleep' as const), lasts: fc.constantFrom(minutes(1), days(4), days(9)) }),
    fc.record({ kind: fc.constant('all' as const), nodes: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
    fc.record({
      kind: fc.constant('scope' as const),
      onFailure: fc.constantFrom(undefined, undefined, 'compensate', 'hold'),
      order: fc.constantFrom('serial', 'serial', 'parallel'),
      isCaught: fc.boolean(),
      nodes: fc.array(tie('node'), { maxLength: 4 }),
    }),
    fc.record({
      kind: fc.constant('sub' as const),
      pivot: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
      isCaught: fc.boolean(),
      nodes: fc.array(tie('node'), { maxLength: 4 }),
    }),
  ),
})).node;

export const programArbitrary: fc.Arbitrary<Program> = fc.record({
  nodes: fc.array(nodeArbitrary, { minLength: 1, maxLength: 5 }),
  cancelAt: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined, freq: 4 }),
});

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

export const programActivities = [compensable, harmless];

/** Runs a program, and answers the keys of the effects that it counts on. */
export const programSaga = defineSaga({
  name: 'program',
  version: '1',
  input: z.custom<Program>(),
  run: (saga, { nodes }) => runNodes(saga, { nodes, path: 'n', mayPivot: true }),
});

interface Part {
  readonly nodes: readonly Node[];
  readonly path: string;
  readonly mayPivot: boolean;
}

/** Runs a part of a program as a saga of its own. */
export const subSaga = defineSaga({
  name: 'sub',
  version: '1',
  input: z.custom<Part>(),
  output: z.array(z.string()),
  run: (saga, part): Operation<string[]> => runNodes(saga, part),
});

function* runNodes(saga: Saga, part: Part): Operation<string[]> {
  const keys: string[] = [];
  for (const operation of operationsOf(saga, part)) keys.push(...(yield* operation));
  return keys;
}

const operationsOf = (saga: Saga, { nodes, path, mayPivot }: Part): Operation<string[]>[] =>
  nodes.map((node, place) => runNode(saga, node, `${path}.${place}`, mayPivot));

function* runNode(saga: Saga, node: Node, path: string, mayPivot: boolean): Operation<string[]> {
  switch (node.kind) {
    case 'sleep':
      yield* sleepWhole(saga, node);
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
    case 'all':
      return (yield* saga.all(operationsOf(saga, { nodes: node.nodes, path, mayPivot }))).flat();
    case 'scope':
      return yield* runCaught(node, () => runScope(saga, node, { nodes: node.nodes, path, mayPivot }));
    case 'sub': {
      const pivot = node.pivot && mayPivot;
      return yield* runCaught(node, () => saga.run(subSaga, { nodes: node.nodes, path, mayPivot: pivot }, { pivot }));
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

/** The node at a path like `n.0.2`. */
export function findStep(program: Program, path: string): StepNode {
  let nodes = program.nodes;
  let found: Node | undefined;
  for (const place of path.split('.').slice(1)) {
    found = nodes[Number(place)];
    nodes = found !== undefined && 'nodes' in found ? found.nodes : [];
  }
  if (found === undefined || !('fates' in found)) throw new Error(`no step at ${path}`);
  return found;
}
