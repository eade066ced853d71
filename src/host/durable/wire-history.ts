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
}

export function createWireHistory(settled: readonly HistoryEvent[]): WireHistory {
  const events = [...settled];
  /** Of the first events. */
  const texts: string[] = [];
  const render = (event: HistoryEvent, place: number) =>
    renderEvent(event, isOutcome(event) || isContinuedMark(events, place));
  return {
    events,
    get length() {
      return events.length;
    },
    settle: (added) => void events.push(...added),
    textFrom(first) {
      if (first > 0)
        return events
          .slice(first)
          .map((event, place) => render(event, first + place))
          .join();
      // Of a short history that is sent whole each time, no event is rendered twice.
      for (const event of events.slice(texts.length)) texts.push(render(event, texts.length));
      return texts.join();
    },
  };
}

/** What an episode is run for: JSON texts, separated by commas. */
export const renderFresh = (events: readonly HistoryEvent[]): string =>
  events.map((event) => renderEvent(event, false)).join();

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

const renderEvent = ({ EventId, Timestamp, ...rest }: HistoryEvent, IsPlayed: boolean): string =>
  JSON.stringify({ ...rest, EventId, IsPlayed, Timestamp });
