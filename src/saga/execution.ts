import type { DurableOrchestrationContext, Task } from 'durable-functions';
import type { SagaEvent } from './narrate.ts';
import type { Scope } from './ledger.ts';
import { computeStatus, type Progress } from './status.ts';

/**
 * All that one run of an orchestrator function knows. It is rebuilt from the history at every replay, so nothing in it may
 * come from anywhere but the history and the saga's own code.
 */
export interface Execution {
  readonly df: DurableOrchestrationContext;
  readonly saga: string;
  readonly version: string;
  readonly correlationId: string;
  /** Names of the activities that are registered with the host. */
  readonly activities: ReadonlySet<string>;
  /** The one waiter for a cancel; it joins every wait that a cancel may end. */
  cancel: Task;
  readonly narrate: (event: SagaEvent) => void;
  /** Innermost first comes last: the scope that a step enters is `scopes.at(-1)`. */
  scopes: Scope[];
  /** How often each step, scope and review has been started in this instance, over all rewinds. */
  readonly counts: Map<string, number>;
  gates: number;
  pivoted: boolean;
  /** Backward while compensating and failing: then nothing is interrupted. */
  direction: 'forward' | 'backward';
  /** What a gate failed with: nothing may run after it, whatever the saga's own code catches. */
  gateFailure?: unknown;
  progress: Progress;
}

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

/** Shows where the saga is; what is not named stays as it was. */
export function report(execution: Execution, change: Partial<Progress>): void {
  execution.progress = { ...execution.progress, ...change };
  execution.df.setCustomStatus(computeStatus(execution));
}

/** A log line for what happened now; replays are silent. */
export function tell(execution: Execution, event: SagaEvent): void {
  if (!execution.df.isReplaying) execution.narrate(event);
}

/**
 * Every operation asks this first, so that saga code that catches too much cannot run on behind a failed gate.
 * @throws what the gate failed with
 */
export function refuseAfterGate(execution: Execution): void {
  if (execution.gateFailure !== undefined) throw execution.gateFailure;
}
