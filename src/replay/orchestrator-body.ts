import { eventType } from '../host/durable/history.ts';
import type { Arrival, RecordedHistory } from './recorded-history.ts';

/** An arrival, and which of the things that were scheduled it is about: its sequence number. */
export interface Delivery {
  readonly arrival: Arrival;
  readonly sequenceNumber: number | undefined;
  /** When the episode that took it in began, in epoch milliseconds. */
  readonly time: number;
}

/** What an orchestrator function is called with: the history as the worker gets it, an episode for each arrival. */
export function renderBody(recorded: RecordedHistory, startTime: number, deliveries: readonly Delivery[]): string {
  const { instanceId, saga, version, input, parentInstanceId } = recorded;
  const history = [
    beginEpisode(startTime),
    {
      EventType: eventType.executionStarted,
      EventId: -1,
      IsPlayed: true,
      Timestamp: recorded.startedAt,
      Name: saga,
      Version: version,
      Input: JSON.stringify(input ?? null),
    },
    ...deliveries.flatMap((delivery) => [beginEpisode(delivery.time), toEvent(delivery)]),
  ];
  return JSON.stringify({
    history,
    input,
    instanceId,
    isReplaying: deliveries.length > 0,
    parentInstanceId: parentInstanceId ?? null,
    upperSchemaVersion: 1,
    upperSchemaVersionNew: 3,
    longRunningTimerIntervalDuration: '3.00:00:00',
    maximumShortTimerDuration: '6.00:00:00',
    defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
  });
}

const beginEpisode = (time: number) => ({
  EventType: eventType.orchestratorStarted,
  EventId: -1,
  IsPlayed: false,
  Timestamp: new Date(time).toISOString(),
});

function toEvent({ arrival, sequenceNumber }: Delivery) {
  const common = { EventId: -1, IsPlayed: true, Timestamp: arrival.at };
  switch (arrival.kind) {
    case 'completed':
      return {
        ...common,
        EventType: arrival.of.kind === 'activity' ? eventType.taskCompleted : eventType.subOrchestrationCompleted,
        TaskScheduledId: sequenceNumber,
        Result: JSON.stringify(arrival.result ?? null),
      };
    case 'failed':
      return {
        ...common,
        EventType: arrival.of.kind === 'activity' ? eventType.taskFailed : eventType.subOrchestrationFailed,
        TaskScheduledId: sequenceNumber,
        Reason: arrival.reason,
        Details: arrival.details,
      };
    case 'timer-fired':
      return { ...common, EventType: eventType.timerFired, TimerId: sequenceNumber, FireAt: arrival.due };
    case 'event':
      return { ...common, EventType: eventType.eventRaised, Name: arrival.name, Input: arrival.input };
  }
}
