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
  /** Whether the code around it catches its failure and goes on. */
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

export type Node = StepNode | ScopeNode | SleepNode | AllNode;

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
  run: (saga, { nodes }) => runNodes(saga, nodes, 'n'),
});

function* runNodes(saga: Saga, nodes: readonly Node[], path: string): Operation<string[]> {
  const keys: string[] = [];
  for (const [place, node] of nodes.entries()) keys.push(...(yield* runNode(saga, node, `${path}.${place}`)));
  return keys;
}

function* runNode(saga: Saga, node: Node, path: string): Operation<string[]> {
  switch (node.kind) {
    case 'sleep':
      yield* sleepWhole(saga, node);
      return [];
    case 'step': {
      const { activity, options } = describeStep(node);
      return [(yield* saga.step(activity, { node: path }, { ...options, pivot: node.pivot })).key];
    }
    case 'attempt': {
      const { activity, options } = describeStep(node);
      const result = yield* saga.attempt(activity, { node: path }, options);
      return result.ok ? [result.value.key] : [];
    }
    case 'all': {
      const operations = node.nodes.map((inner, place) => runNode(saga, inner, `${path}.${place}`));
      return (yield* saga.all(operations)).flat();
    }
    case 'scope':
      return yield* runScope(saga, node, path);
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

function* runScope(saga: Saga, node: ScopeNode, path: string): Operation<string[]> {
  const { onFailure, isCaught, nodes } = node;
  const body = () => runNodes(saga, nodes, path);
  try {
    return yield* saga.scope('inner', body, onFailure && { onFailure });
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
