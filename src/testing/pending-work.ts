import { type HistoryEvent, eventType } from '../host/durable/history.ts';
import type { Action } from '../host/durable/orchestrator-answer.ts';
import { dueMilliseconds } from '../host/durable/timestamp.ts';

/** What an orchestrator has asked for and not got. */
export interface PendingWork {
  /** When the timers are due that were neither cancelled nor fired, in epoch milliseconds. */
  readonly timers: readonly number[];
  /** Names of events that were not raised. */
  readonly events: readonly string[];
}

const flatten = (actions: readonly Action[]): readonly Action[] =>
  actions.flatMap((action) =>
    action.kind === 'when-all' || action.kind === 'when-any' ? flatten(action.actions) : [action],
  );

/** Takes the first that is equal, so that each one answers for one. */
function takeOne<T>(from: T[], value: T): boolean {
  const at = from.indexOf(value);
  if (at >= 0) from.splice(at, 1);
  return at >= 0;
}

/** @param actions Every action since the orchestrator's start. */
export function computePendingWork(history: readonly HistoryEvent[], actions: readonly Action[]): PendingWork {
  const fired = history.flatMap((event) =>
    event.EventType === eventType.timerFired ? [dueMilliseconds(event.FireAt)] : [],
  );
  const raised = history.flatMap((event) => (event.EventType === eventType.eventRaised ? [event.Name] : []));
  const all = flatten(actions);
  const timers = all.flatMap((action) =>
    action.kind === 'timer' && !action.isCanceled ? [dueMilliseconds(action.fireAt)] : [],
  );
  const events = all.flatMap((action) => (action.kind === 'event' ? [action.name] : []));
  return {
    timers: timers.filter((due) => !takeOne(fired, due)),
    // Listed again in each race that it takes part in.
    events: [...new Set(events.filter((name) => !takeOne(raised, name)))],
  };
}

export function describePendingWork({ timers, events }: PendingWork): string {
  const waits = [
    ...events.map((name) => `event "${name}"`),
    ...timers.map((due) => `a timer due at ${new Date(due).toISOString()}`),
  ];
  return waits.length === 0 ? 'waits for nothing that could still happen' : `waits for ${waits.join(' or ')}`;
}
