import { type HistoryEvent, eventType } from './history.ts';

/**
 * The history as the text that the orchestrator function is called with: indented JSON. The text of settled events (those that an
 * earlier episode has seen) never changes again and is only appended to; a long history is not serialised anew each episode.
 */
export interface WireHistory {
  settled: string;
  readonly events: HistoryEvent[];
}

export function createWireHistory(events: readonly HistoryEvent[]): WireHistory {
  const history: WireHistory = { settled: '', events: [] };
  settleEvents(history, events);
  return history;
}

export function settleEvents(history: WireHistory, added: readonly HistoryEvent[]): void {
  const { events } = history;
  const before = events.length;
  events.push(...added);
  for (const [index, event] of added.entries()) {
    const rendered = renderEvent(event, isOutcome(event) || isContinuedMark(events, before + index));
    history.settled = history.settled === '' ? rendered : `${history.settled},\n${rendered}`;
  }
}

export function renderHistory(history: WireHistory, fresh: readonly HistoryEvent[]): string {
  const rendered = fresh.map((event) => renderEvent(event, false)).join(',\n');
  return history.settled === '' ? rendered : `${history.settled},\n${rendered}`;
}

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

function renderEvent(event: HistoryEvent, isPlayed: boolean): string {
  const { EventId, Timestamp, ...rest } = event;
  const text = JSON.stringify({ ...rest, EventId, IsPlayed: isPlayed, Timestamp }, null, 2);
  return `    ${text.replaceAll('\n', '\n    ')}`;
}
