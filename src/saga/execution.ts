import type { DurableOrchestrationContext, Task } from 'durable-functions';
import type { z } from 'zod';
import type { ClaimDesk } from './claim-desk.ts';
import { SagaDefinitionError, type SagaFailure } from './errors.ts';
import type { LedgerEntry, Scope } from './ledger.ts';
import type { SagaEvent } from './narrate.ts';
import type { RetryOptions } from './retry.ts';
import type { Commission } from './start.ts';
import type { Progress } from './status.ts';

/**
 * All that one run of an orchestrator function knows. It is rebuilt from the history at every replay, so nothing in it may
 * come from anywhere but the history and the saga's own code.
 */
export interface Execution extends BranchState {
  readonly df: DurableOrchestrationContext;
  readonly saga: string;
  readonly version: string;
  readonly correlationId: string;
  /** The trace that the instance was started in. */
  readonly traceparent: string | undefined;
  /** Present in a sub-saga: it has no gate, and leaves to its parent what it cannot end. */
  readonly commission: Commission | undefined;
  /** What the first generation was started with. */
  readonly first: unknown;
  /** The activities that are registered with the host, by name. */
  readonly activities: ReadonlyMap<string, RegisteredActivity>;
  /** Names of the sagas that are, and that others can run. */
  readonly sagas: ReadonlySet<string>;
  readonly gateMode: GateMode;
  /** What is too large for the history goes through it, out and in. */
  readonly desk: ClaimDesk;
  readonly narrate: (event: SagaEvent) => void;
  /** What the saga's own texts must not say. */
  readonly findSecrets: () => ReadonlySet<string>;
  /** The one waiter for a cancel; it joins every wait that a cancel may end. */
  cancel: Task;
  /** When the saga cancels itself; waits do not reach beyond it. */
  deadline: Date | undefined;
  /** How often each step, scope and review has been started in this instance, over all rewinds. */
  readonly counts: Map<string, number>;
  gates: number;
  /** From the start, or from a gate that was passed, to the next gate or the end. */
  stretch: Stretch;
  /** Tasks that the host itself failed: a history with one cannot be rewound natively. */
  hostFailures: number;
  /**
   * What has passed the point of no return, or may have: ids of steps and sub-sagas, and what the saga has declared. Several can be
   * under way side by side, and one that certainly fails takes back none of the others.
   */
  readonly pivots: Set<string>;
  /** Whether there are any. */
  readonly pivoted: boolean;
  /** Failures that an operator has decided to undo: no scope holds them any more. */
  readonly conceded: WeakSet<SagaFailure>;
  /** What ended the instance: nothing may run after it, whatever the saga's own code catches. */
  end?: { readonly thrown: unknown };
  progress: Progress;
  /** Everything that was done since the run began, a sub-saga's when it had ended. */
  ledger: LedgerEntry[];
  /** How many steps and sub-sagas have been started. */
  starts: number;
  /** Operations run side by side, and their driver waits for them. */
  inBranch: boolean;
  /** The host's clock stands at least there, in epoch milliseconds, when it starts what is asked for next. */
  hostTime: number;
  /** Timers that bring the host to the present: each stands alone. */
  readonly catchUps: WeakSet<Task>;
  /** Waits that may end before their task has. */
  readonly interruptible: WeakSet<Task>;
  /** Calls of the gate, which nothing may run beside, and waits for that; with what happens once nothing else is left. */
  readonly gateTasks: WeakMap<Task, () => void>;
}

export interface RegisteredActivity {
  readonly undoRetry: RetryOptions;
  readonly input: z.ZodType;
  readonly output: z.ZodType;
}

export interface Stretch {
  /** 0, and one more with each gate that was passed. */
  readonly number: number;
  readonly since: Date;
}

/** What each of several operations that run side by side has of its own. */
export interface BranchState {
  /** Outermost first: the scope that a step enters is the last. */
  scopes: Scope[];
  /** Backward while compensating and failing: then nothing is interrupted. */
  direction: 'forward' | 'backward';
  /** Why the operation is to begin nothing more. */
  stop: SagaFailure | undefined;
}

/** How an operator's decision reaches a gate: with a native rewind, or with an event where there is no rewind. */
export type GateMode = 'rewind' | 'event';

/** The how-manieth time `name` is started in this instance, from 1. */
export function count(execution: Execution, name: string): number {
  const n = (execution.counts.get(name) ?? 0) + 1;
  execution.counts.set(name, n);
  return n;
}

export function currentScope(execution: Execution): Scope {
  const scope = execution.scopes.at(-1);
  if (scope === undefined) throw new Error('invariant: an execution always has its main scope');
  return scope;
}

/** The instance at the top: a sub-saga's steps have its id in their keys, so that its parent can undo them. */
export const rootOf = ({ df, commission }: Execution): string => commission?.root ?? df.instanceId;

/** @throws SagaDefinitionError where the pivot of a sub-saga would take its parent by surprise */
export function refuseUndeclaredPivot({ commission, saga, pivoted }: Execution): void {
  if (commission === undefined || commission.mayPivot || pivoted) return;
  throw new SagaDefinitionError(
    `saga '${saga}' has a pivot, but '${commission.path}' is not declared as one: give saga.run { pivot: true }`,
  );
}

/** Shows where the saga is; what is not named stays as it was, and nothing changes once the instance has ended. */
export function report(execution: Execution, change: Partial<Progress>): void {
  if (execution.end !== undefined) return;
  execution.progress = { ...execution.progress, ...change };
}

/** A log line for what happened now: replays are silent, and so is what still unwinds once the instance has ended. */
export function tell(execution: Execution, event: SagaEvent): void {
  if (execution.end === undefined && !execution.df.isReplaying) execution.narrate(event);
}

/**
 * Every operation asks this first, so that saga code that catches too much cannot run on behind a failed gate.
 * @throws what ended the instance
 */
export function refuseAfterEnd({ end }: Execution): void {
  if (end !== undefined) throw end.thrown;
}
