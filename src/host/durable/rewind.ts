import { type Generic, type HistoryEvent, eventType } from './history.ts';

/** What a rewind changes in the history of one failed instance. */
export interface RewoundHistory {
  readonly events: readonly HistoryEvent[];
  /** The instances whose failure this history has been told of: they are rewound too, and report anew. */
  readonly failedChildren: readonly string[];
}

/**
 * Takes the failures out of a history (AzureTableTrackingStore.RewindHistoryAsync): each TaskFailed with its TaskScheduled, each
 * SubOrchestrationInstanceFailed without its creation, and the end. Everything else stays, also what a failure has caused (retry
 * timers, compensations); code that has been that way then no longer fits its history.
 */
export function computeRewind(history: readonly HistoryEvent[]): RewoundHistory {
  const replaced = new Map<number, Generic>();
  const failedChildren = new Set<string>();
  const takeOut = (place: number): void => {
    const event = history[place];
    if (event !== undefined) replaced.set(place, blank(event));
  };
  for (const [place, event] of history.entries()) {
    if (event.EventType === eventType.executionCompleted) takeOut(place);
    if (event.EventType === eventType.taskFailed) {
      takeOut(place);
      takeOut(findScheduled(history, eventType.taskScheduled, event.TaskScheduledId));
    }
    if (event.EventType === eventType.subOrchestrationFailed) {
      takeOut(place);
      const created = history[findScheduled(history, eventType.subOrchestrationCreated, event.TaskScheduledId)];
      if (created?.EventType === eventType.subOrchestrationCreated) failedChildren.add(created.InstanceId);
    }
  }
  const events = history.map((event, place) => replaced.get(place) ?? event);
  return { events, failedChildren: [...failedChildren] };
}

const findScheduled = (history: readonly HistoryEvent[], type: HistoryEvent['EventType'], id: number): number =>
  history.findIndex((event) => event.EventType === type && event.EventId === id);

const blank = ({ EventId, Timestamp }: HistoryEvent): Generic => ({
  Data: null,
  EventType: eventType.generic,
  EventId,
  Timestamp,
});
