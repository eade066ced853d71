import { type EventSent, eventType, type ScheduledEvent } from './history.ts';
import type { ScheduledAction } from './scheduled-tasks.ts';

const prefix = 'Non-Deterministic workflow detected: A previous execution of this orchestration scheduled';
const question = 'Was a change made to the orchestrator code after this instance had already started running?';

/** The class names under which DurableTask.Core speaks of what was scheduled instead. */
const actionClass: Readonly<Record<ScheduledAction['kind'], string>> = {
  activity: 'ScheduleTaskOrchestratorAction',
  'sub-orchestration': 'CreateSubOrchestrationAction',
  timer: 'CreateTimerOrchestratorAction',
  'entity-message': 'SendEventOrchestratorAction',
};

/** Names of functions are compared without regard to case, as DurableTask.Core does. */
const isSameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/**
 * Compares what the history says was scheduled under a sequence number with what the replay has scheduled under it, and words the
 * difference as DurableTask.Core does (TaskOrchestrationContext.HandleTaskScheduledEvent and its siblings). Inputs and due times are
 * not compared there, so not here.
 */
export function describeDivergence(event: ScheduledEvent, replayed: ScheduledAction | undefined): string | undefined {
  switch (event.EventType) {
    case eventType.taskScheduled:
      return describeActivity(event.EventId, event.Name, replayed);
    case eventType.timerCreated:
      return describeTimer(event.EventId, replayed);
    case eventType.subOrchestrationCreated:
      return describeSubOrchestration(event.EventId, event.Name, event.InstanceId, replayed);
    case eventType.eventSent:
      return describeMessage(event, replayed);
  }
}

function describeActivity(id: number, name: string, replayed: ScheduledAction | undefined): string | undefined {
  if (replayed === undefined) {
    return (
      `${prefix} an activity task with sequence ID ${id} and name '${name}' (version ''), but the current replay execution ` +
      `hasn't (yet?) scheduled this task. ${question}`
    );
  }
  const recorded = `${prefix} an activity task with sequence number ${id} named '${name}', but the current orchestration replay instead`;
  if (replayed.kind !== 'activity') {
    return `${recorded} produced a ${actionClass[replayed.kind]} action with this sequence number. ${question}`;
  }
  if (isSameName(name, replayed.name)) return undefined;
  return `${recorded} scheduled an activity task named '${replayed.name}' with this sequence number.  ${question}`;
}

function describeTimer(id: number, replayed: ScheduledAction | undefined): string | undefined {
  if (replayed === undefined) {
    return (
      `${prefix} a timer task with sequence number ${id} but the current replay execution hasn't (yet?) scheduled this task. ` +
      question
    );
  }
  if (replayed.kind === 'timer') return undefined;
  return (
    `${prefix} a timer task with sequence number ${id} named but the current orchestration replay instead produced a ` +
    `${actionClass[replayed.kind]} action with this sequence number. ${question}`
  );
}

function describeSubOrchestration(
  id: number,
  name: string,
  instanceId: string,
  replayed: ScheduledAction | undefined,
): string | undefined {
  const recorded = `${prefix} a sub-orchestration task with sequence ID ${id} and name '${name}' (version '', instance ID '${instanceId}')`;
  if (replayed === undefined) {
    return `${recorded}, but the current replay execution hasn't (yet?) scheduled this task. ${question}`;
  }
  if (replayed.kind !== 'sub-orchestration') {
    return (
      `${recorded}, but the current orchestration replay instead produced a ${actionClass[replayed.kind]} action at this ` +
      `sequence number. ${question}`
    );
  }
  if (isSameName(name, replayed.name)) return undefined;
  return (
    `${recorded}, but the current orchestration replay instead scheduled a sub-orchestration task with name ${replayed.name} ` +
    `at this sequence number. ${question}`
  );
}

function describeMessage(
  { EventId, InstanceId, Name }: EventSent,
  replayed: ScheduledAction | undefined,
): string | undefined {
  if (replayed?.kind === 'entity-message') return undefined;
  const recorded =
    `${prefix} a send event task with sequence ID ${EventId}, type 'EventSent', name '${Name}', ` +
    `instance ID '${InstanceId}', but the current`;
  if (replayed === undefined) return `${recorded} replay execution hasn't (yet?) scheduled this task. ${question}`;
  return `${recorded} orchestration replay instead scheduled a ${actionClass[replayed.kind]} task at this sequence number. ${question}`;
}
