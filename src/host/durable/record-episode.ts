import type { EngineContext, OutgoingWork } from './context.ts';
import { describeEntityId, formatEntityId, parseEntityId } from './entities/entity-id.ts';
import { scheduleEntityMessage, sendEntityMessage } from './entities/send-entity-message.ts';
import type { EpisodeEnd, EpisodeOutcome, ScheduledWork } from './episode.ts';
import { type IncomingEvent, eventType, executionStarted, orchestratorCompleted } from './history.ts';
import type { HotInstance } from './hot-instances.ts';
import { insertInstance, insertMessage, isRunning } from './instance-rows.ts';
import { serialise } from './orchestrator-answer.ts';
import type { ActivityRow, InstanceRow, Message, TimerRow } from './store.ts';
import { dueMilliseconds } from './timestamp.ts';

/** Writes what an episode came to, all of it in the transaction that is open, and answers what there is to do now. */
export function recordEpisode(
  context: EngineContext,
  hot: HotInstance,
  consumed: readonly Message[],
  outcome: EpisodeOutcome,
): OutgoingWork {
  const { store } = context;
  for (const message of consumed) store.deleteMessage(message.id);
  const scheduled = outcome.scheduled.map(({ work }) => recordScheduled(context, hot.row, work));
  recordStatus(context, hot, outcome);
  const released = giveBackLock(context, hot.row.id, outcome.abandonedLock);
  recordEvents(context, hot, outcome);
  const ended = recordEnd(context, hot, outcome.end);
  return {
    messages: [...scheduled.flatMap(({ message }) => message ?? []), ...released, ...ended],
    activities: scheduled.flatMap(({ activity }) => activity ?? []),
    timers: scheduled.flatMap(({ timer }) => timer ?? []),
  };
}

interface Scheduled {
  readonly message?: Message;
  readonly activity?: ActivityRow;
  readonly timer?: TimerRow;
}

function recordScheduled(context: EngineContext, row: InstanceRow, action: ScheduledWork): Scheduled {
  const { store, nextWorkId, stamp } = context;
  const owner = { instanceId: row.id, executionId: row.executionId };
  switch (action.kind) {
    case 'activity': {
      const activity = {
        id: nextWorkId(),
        ...owner,
        taskId: action.id,
        name: action.name,
        input: activityInput(action.input),
      };
      store.insertActivity(activity);
      return { activity };
    }
    case 'timer': {
      const { id, fireAt } = action;
      // The stamp is that of the creation, as on the real engine, not that of the firing.
      const event = { EventType: eventType.timerFired, TimerId: id, FireAt: fireAt, EventId: -1, Timestamp: stamp() };
      const timer = { id: nextWorkId(), ...owner, dueAt: dueMilliseconds(fireAt), event };
      store.insertTimer(timer);
      return { timer };
    }
    case 'sub-orchestration':
      return { message: startSubOrchestration(context, row, action) };
    case 'entity-message':
      return sendToEntity(context, action);
  }
}

/** A string arrives as it is (durable-functions has encoded it twice), true as .NET's `True`, nothing as nothing. */
function activityInput(input: unknown): string | null {
  if (typeof input === 'string') return input;
  if (typeof input === 'boolean') return input ? 'True' : 'False';
  return serialise(input);
}

type SubOrchestration = Extract<ScheduledWork, { kind: 'sub-orchestration' }>;

/** What cannot be started fails at once, where the real engine would leave the parent waiting for ever. */
function startSubOrchestration(context: EngineContext, row: InstanceRow, action: SubOrchestration): Message {
  const { functions, newId } = context;
  const refuse = (reason: string) =>
    insertMessage(context, {
      instanceId: row.id,
      executionId: row.executionId,
      event: {
        EventType: eventType.subOrchestrationFailed,
        TaskScheduledId: action.id,
        Reason: reason,
        Details: reason,
        FailureDetails: null,
        EventId: -1,
        Timestamp: context.stamp(),
      },
    });
  if (functions.findOrchestrator(action.name) === undefined) {
    return refuse(functions.describeMissing('orchestrator', action.name));
  }
  if (parseEntityId(action.instanceId) !== undefined) return refuse(describeEntityId(action.instanceId));
  if (isRunning(context, action.instanceId)) {
    return refuse(`An Orchestration instance with the ID ${action.instanceId} already exists and runs.`);
  }
  return insertInstance(context, {
    id: action.instanceId,
    executionId: newId().replaceAll('-', ''),
    name: action.name,
    version: action.version,
    input: serialise(action.input),
    parent: {
      Name: row.name,
      OrchestrationInstance: { InstanceId: row.id, ExecutionId: row.executionId },
      TaskScheduleId: action.id,
      Version: row.version,
    },
    generation: null,
  });
}

function sendToEntity(
  context: EngineContext,
  { target, message }: Extract<ScheduledWork, { kind: 'entity-message' }>,
): Scheduled {
  const due = message.kind === 'request' ? message.request.due : undefined;
  return due === undefined
    ? { message: sendEntityMessage(context, target, message) }
    : { timer: scheduleEntityMessage(context, target, message, due) };
}

/** The real engine does so too when the code ends, but not when an instance is terminated: then its entities stay locked. */
const giveBackLock = (context: EngineContext, parent: string, lock: EpisodeOutcome['abandonedLock']) =>
  (lock?.entities ?? []).map((entity) =>
    sendEntityMessage(context, formatEntityId(entity), { kind: 'release', release: { parent, id: lock?.id ?? '' } }),
  );

function recordEvents({ store }: EngineContext, hot: HotInstance, { end, events }: EpisodeOutcome): void {
  const { history, row } = hot;
  switch (end.kind) {
    case 'open':
      hot.historySize += store.appendHistory(row, history.length, events);
      history.settle(events);
      return;
    case 'completed':
    case 'failed':
    case 'terminated':
      store.packHistory(row, [...history.events, ...events]);
      return;
    case 'continued':
      store.deleteHistory(row.key);
  }
}

function recordStatus({ store }: EngineContext, hot: HotInstance, outcome: EpisodeOutcome): void {
  const { status } = outcome;
  hot.row = {
    ...hot.row,
    runtimeStatus: status?.runtimeStatus ?? hot.row.runtimeStatus,
    output: status?.output === undefined ? hot.row.output : status.output,
    customStatus: outcome.customStatus === undefined ? hot.row.customStatus : outcome.customStatus,
    updatedAt: outcome.events.at(-1)?.Timestamp ?? hot.row.updatedAt,
  };
  store.updateInstance(hot.row);
}

function recordEnd(context: EngineContext, hot: HotInstance, end: EpisodeEnd): readonly Message[] {
  const { row } = hot;
  switch (end.kind) {
    case 'open':
      return [];
    case 'continued':
      return continueAsNew(context, hot, end);
    case 'completed':
    case 'terminated':
      context.store.deleteTimersOf(row.id);
      return tellParent(context, row.parent, end);
    case 'failed':
      // A rewind may yet need what is still on its way.
      return tellParent(context, row.parent, end);
  }
}

function tellParent(
  context: EngineContext,
  parent: InstanceRow['parent'],
  end: Extract<EpisodeEnd, { kind: 'completed' | 'failed' | 'terminated' }>,
): readonly Message[] {
  if (parent === null) return [];
  const { InstanceId, ExecutionId } = parent.OrchestrationInstance;
  if (context.store.findInstance(InstanceId)?.executionId !== ExecutionId) return [];
  const event = subOrchestrationOutcome(parent.TaskScheduleId, end, context.stamp());
  return [insertMessage(context, { instanceId: InstanceId, executionId: ExecutionId, event })];
}

function subOrchestrationOutcome(
  taskId: number,
  end: Extract<EpisodeEnd, { kind: 'completed' | 'failed' | 'terminated' }>,
  at: string,
): IncomingEvent {
  const stamped = { EventId: -1, Timestamp: at };
  if (end.kind === 'completed') {
    return { EventType: eventType.subOrchestrationCompleted, TaskScheduledId: taskId, Result: end.result, ...stamped };
  }
  return {
    EventType: eventType.subOrchestrationFailed,
    TaskScheduledId: taskId,
    Reason: end.reason,
    Details: end.kind === 'failed' ? end.details : null,
    FailureDetails: end.kind === 'failed' ? end.failure : null,
    ...stamped,
  };
}

/** The next execution begins with an empty history and with the events that the last one has left. */
function continueAsNew(
  context: EngineContext,
  hot: HotInstance,
  end: Extract<EpisodeEnd, { kind: 'continued' }>,
): readonly Message[] {
  const { store, stamp, newId } = context;
  const { row } = hot;
  const at = stamp();
  const executionId = newId().replaceAll('-', '');
  context.instances.forget(row.id);
  store.deleteTimersOf(row.id);
  store.renewInstance({ id: row.id, executionId, generation: null, input: end.input, createdAt: at });
  const { name, version, parent } = row;
  const start = { instanceId: row.id, executionId, name, version, parent, input: end.input, generation: null, at };
  const events: readonly IncomingEvent[] = [executionStarted(start), ...end.carriedOver, orchestratorCompleted(at)];
  return events.map((event) => insertMessage(context, { instanceId: row.id, executionId, event }));
}
