import type { SettledHistory } from '../worker/contract.ts';
import { type HistoryEvent, eventType } from './history.ts';

/**
 * The history of one execution in the form that the orchestrator function is called with. It only grows: what an earlier episode has
 * seen is settled and stays as it is. A history that is changed in any other way (rewound, continued as new) is read anew, and then
 * is another one.
 */
export interface WireHistory extends SettledHistory {
  readonly events: readonly HistoryEvent[];
  settle(added: readonly HistoryEvent[]): void;
  /** The settled events from this one on, as they are sent. */
  sentFrom(first: number): readonly object[];
}

export function createWireHistory(settled: readonly HistoryEvent[]): WireHistory {
  const events = [...settled];
  const sentFrom = (first: number) =>
    events
      .slice(first)
      .map((event, place) => withPlayed(event, isOutcome(event) || isContinuedMark(events, first + place)));
  return {
    events,
    get length() {
      return events.length;
    },
    settle: (added) => void events.push(...added),
    sentFrom,
    textFrom: (first) => JSON.stringify(sentFrom(first)),
  };
}

/** What an episode is run for, as it is sent. */
export const freshEvents = (events: readonly HistoryEvent[]): readonly object[] =>
  events.map((event) => withPlayed(event, false));

/** IsPlayed stays false for what the orchestration scheduled and for the marks around an episode. */
const isOutcome = (event: HistoryEvent): boolean =>
  event.EventId === -1 &&
  event.EventType !== eventType.orchestratorStarted &&
  event.EventType !== eventType.orchestratorCompleted;

/**
 * The one exception is the mark that continueAsNew leaves behind the new ExecutionStarted, for it arrived as the new events did.
 * A sub-orchestration's looks like an ordinary end of its first episode, unless that has an end of its own.
 */
function isContinuedMark(events: readonly HistoryEvent[], index: number): boolean {
  const [, start] = events;
  if (start?.EventType !== eventType.executionStarted || start.Generation !== null) return false;
  if (events[index]?.EventType !== eventType.orchestratorCompleted) return false;
  if (events.findIndex(({ EventType }) => EventType === eventType.orchestratorCompleted) !== index) return false;
  if (start.ParentInstance === null) return true;
  const next = events.slice(index + 1).find(isBoundary);
  return next?.EventType === eventType.orchestratorCompleted;
}

const isBoundary = ({ EventType }: HistoryEvent): boolean =>
  EventType === eventType.orchestratorStarted || EventType === eventType.orchestratorCompleted;

const withPlayed = ({ EventId, Timestamp, ...rest }: HistoryEvent, IsPlayed: boolean) => ({
  ...rest,
  EventId,
  IsPlayed,
  Timestamp,
});
