import * as fc from 'fast-check';
import { days, minutes } from '../../src/saga/index.ts';
import { printProgram } from './print-program.ts';

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

/** Side by side, so many at a time. */
export interface AllNode {
  readonly kind: 'all';
  readonly limit: number | undefined;
  readonly nodes: readonly Node[];
}

/** Side by side until the first has ended; no step in it is a pivot. */
export interface RaceNode {
  readonly kind: 'race';
  readonly nodes: readonly Node[];
}

/** In a sub-saga, where nobody answers, it is approved in the end. */
export interface ReviewNode {
  readonly kind: 'review';
  readonly otherwise: 'approve' | 'reject';
}

export type Node = StepNode | ScopeNode | SubNode | SleepNode | AllNode | RaceNode | ReviewNode;

/** What the saga's reviews of one kind are answered with, in their order; what comes after runs out of time. */
export type Answer = 'approve' | 'reject' | 'nonsense' | 'nothing';

export interface Program {
  readonly nodes: readonly Node[];
  /** In which of the calls somebody cancels the saga. */
  readonly cancelAt: number | undefined;
  /** Which of the calls the host kills, once they are done. */
  readonly killedAt: readonly number[];
  readonly answers: readonly Answer[];
}

const stepArbitrary: fc.Arbitrary<StepNode> = fc.record({
  kind: fc.constantFrom('step', 'step', 'attempt'),
  effect: fc.constantFrom('compensable', 'compensable', 'compensable', 'none'),
  pivot: fc.integer({ min: 0, max: 11 }).map((n) => n === 0),
  maxAttempts: fc.integer({ min: 1, max: 3 }),
  fates: fc.array(fc.constantFrom('works', 'works', ...fates), { maxLength: 4 }),
  undoFates: fc.array(fc.constantFrom('works', 'works', 'works', ...fates), { maxLength: 2 }),
});

const sleepArbitrary: fc.Arbitrary<SleepNode> = fc.record({
  kind: fc.constant('sleep'),
  lasts: fc.constantFrom(minutes(1), days(4), days(9)),
});

const reviewArbitrary: fc.Arbitrary<ReviewNode> = fc.record({
  kind: fc.constant('review'),
  otherwise: fc.constantFrom('approve', 'reject'),
});

const someOf = (node: fc.Arbitrary<Node>, minLength: number, maxLength: number) =>
  fc.array(node, { minLength, maxLength });

const nodeArbitrary: fc.Arbitrary<Node> = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { arbitrary: stepArbitrary, weight: 6 },
    { arbitrary: sleepArbitrary, weight: 2 },
    { arbitrary: reviewArbitrary, weight: 1 },
    {
      arbitrary: fc.record({
        kind: fc.constant('all'),
        limit: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
        nodes: someOf(tie('node'), 1, 3),
      }),
      weight: 2,
    },
    { arbitrary: fc.record({ kind: fc.constant('race'), nodes: someOf(tie('node'), 1, 3) }), weight: 1 },
    {
      arbitrary: fc.record({
        kind: fc.constant('scope'),
        onFailure: fc.constantFrom(undefined, undefined, 'compensate', 'hold'),
        order: fc.constantFrom('serial', 'serial', 'parallel'),
        isCaught: fc.boolean(),
        nodes: someOf(tie('node'), 0, 4),
      }),
      weight: 2,
    },
    {
      arbitrary: fc.record({
        kind: fc.constant('sub'),
        pivot: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
        isCaught: fc.boolean(),
        nodes: someOf(tie('node'), 0, 4),
      }),
      weight: 2,
    },
  ),
})).node;

/** A counterexample is shown as a saga, not as data. */
export const programArbitrary: fc.Arbitrary<Program> = fc
  .record({
    nodes: fc.array(nodeArbitrary, { minLength: 1, maxLength: 5 }),
    cancelAt: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined, freq: 4 }),
    killedAt: fc.oneof(
      { arbitrary: fc.constant([]), weight: 3 },
      { arbitrary: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 2 }), weight: 1 },
    ),
    answers: fc.array(fc.constantFrom<Answer[]>('approve', 'approve', 'reject', 'nonsense', 'nothing'), {
      maxLength: 3,
    }),
  })
  .map((program) => ({ ...program, [fc.toStringMethod]: () => printProgram(program) }));

/** The node at a path like `n.0.2`. */
export function findStep(program: Program, path: string): StepNode {
  const found = nodesTo(program, path).at(-1);
  if (found === undefined || !('fates' in found)) throw new Error(`no step at ${path}`);
  return found;
}

/** Whether a node at a path stands in a race. */
export const isInRace = (program: Program, path: string): boolean =>
  nodesTo(program, path).some(({ kind }) => kind === 'race');

/** Whether a step at a path is a pivot: where none may be, what is marked as one is a step like any other. */
export function isPivot(program: Program, path: string): boolean {
  const { kind, pivot } = findStep(program, path);
  const mayPivot = nodesTo(program, path).every((node) => node.kind !== 'race' && (node.kind !== 'sub' || node.pivot));
  return kind === 'step' && pivot && mayPivot;
}

/** The nodes on the way to a path, the outermost first. */
function nodesTo({ nodes }: Program, path: string): Node[] {
  const found: Node[] = [];
  let within = nodes;
  for (const place of path.split('.').slice(1)) {
    const node = within[Number(place)];
    if (node === undefined) break;
    found.push(node);
    within = 'nodes' in node ? node.nodes : [];
  }
  return found;
}
