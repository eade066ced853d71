import type { EntityDraft } from './entities/entity-requests.ts';
import type { ScheduledEvent } from './history.ts';
import { describeDivergence } from './non-determinism.ts';
import type { Timestamp } from './timestamp.ts';

/** A piece of work that an orchestration asked for; `id` is its sequence number and becomes the EventId of its event. */
export type ScheduledAction =
  | { readonly kind: 'activity'; readonly id: number; readonly name: string; readonly input: unknown }
  | {
      readonly kind: 'sub-orchestration';
      readonly id: number;
      readonly name: string;
      readonly instanceId: string;
      readonly version: string | null;
      readonly input: unknown;
    }
  | { readonly kind: 'timer'; readonly id: number; readonly fireAt: Timestamp }
  | { readonly kind: 'entity-message'; readonly id: number; readonly target: string; readonly draft: EntityDraft };

/** @param result of an activity or sub-orchestration that succeeded, as JSON text. */
export type Settle = (succeeded: boolean, result?: string | null) => void;

/**
 * The tasks of one replay: those that wait for their outcome, and those that the history has not confirmed (they are this
 * episode's new work). A suspended orchestration holds the latter back (TaskOrchestrationContext.HandleExecutionSuspendedEvent).
 */
export interface ScheduledTasks {
  /** Gives the task the next sequence number and answers it. */
  schedule(describe: (id: number) => ScheduledAction, settle: Settle): number;
  /** Takes the event as confirmation of a task, or answers how the replay differs from it. */
  confirm(event: ScheduledEvent): string | undefined;
  /** An outcome of a task that is not open (any more) is ignored, as a duplicate is. */
  settle(id: number, succeeded: boolean, result?: string | null): void;
  holdBack(): void;
  release(): void;
  unconfirmed(): readonly ScheduledAction[];
  nextId(): number;
}

export function createScheduledTasks(): ScheduledTasks {
  const open = new Map<number, Settle>();
  let unconfirmed = new Map<number, ScheduledAction>();
  let heldBack = new Map<number, ScheduledAction>();
  let nextId = 0;
  return {
    schedule(describe, settle) {
      const id = nextId++;
      unconfirmed.set(id, describe(id));
      open.set(id, settle);
      return id;
    },
    confirm(event) {
      const divergence = describeDivergence(event, unconfirmed.get(event.EventId));
      if (divergence === undefined) unconfirmed.delete(event.EventId);
      return divergence;
    },
    settle(id, succeeded, result) {
      const settle = open.get(id);
      open.delete(id);
      settle?.(succeeded, result);
    },
    holdBack() {
      heldBack = new Map([...heldBack, ...unconfirmed]);
      unconfirmed = new Map();
    },
    release() {
      unconfirmed = new Map([...heldBack, ...unconfirmed]);
      heldBack = new Map();
    },
    unconfirmed: () => [...unconfirmed.values()].sort((one, other) => one.id - other.id),
    nextId: () => nextId,
  };
}
