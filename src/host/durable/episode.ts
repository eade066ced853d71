import { type EntityMessage, readMessage, renderMessage } from './entities/entity-message.ts';
import { type HeldLock, sealDraft } from './entities/entity-requests.ts';
import {
  type EventRaised,
  type ExecutionCompleted,
  type FailureDetails,
  type HistoryEvent,
  type IncomingEvent,
  type ParentInstance,
  type RuntimeStatus,
  type ScheduledEvent,
  eventType,
  orchestratorCompleted,
  orchestratorStarted,
} from './history.ts';
import { type Action, type OrchestratorAnswer, serialise } from './orchestrator-answer.ts';
import { type Replay, replayActions } from './replay-actions.ts';
import type { ScheduledAction } from './scheduled-tasks.ts';
import type { Timestamp } from './timestamp.ts';

/** One run of an orchestration's code under one execution id; continueAsNew begins the next. */
export interface Execution {
  readonly instanceId: string;
  readonly executionId: string;
  readonly name: string;
  readonly version: string | null;
  readonly parent: ParentInstance | null;
}

/** One call of the orchestrator function with what has arrived since the last one. */
export interface Episode {
  readonly execution: Execution;
  readonly startedAt: Timestamp;
  /** Whether the history keeps the inputs of what it schedules (storeInputsInOrchestrationHistory). */
  readonly storesInputs: boolean;
  /** Milliseconds until callHttp asks again where an answer does not say it. */
  readonly httpSleepTime: number;
  /** Of sub-orchestrations. */
  readonly defaultVersion: string | undefined;
  /** The history of earlier episodes. */
  readonly past: readonly HistoryEvent[];
  /** In order of arrival. */
  readonly incoming: readonly IncomingEvent[];
}

export interface EpisodeOutcome {
  /** What the episode adds to the history, from its OrchestratorStarted to its OrchestratorCompleted. */
  readonly events: readonly HistoryEvent[];
  /** The work to send out, each with the event that stands for it in `events`. */
  readonly scheduled: readonly { readonly work: ScheduledWork; readonly event: ScheduledEvent }[];
  /** Undefined leaves it as it is: a rewound instance stays Pending while it runs on. */
  readonly status: { readonly runtimeStatus: RuntimeStatus; readonly output?: string | null } | undefined;
  /** Undefined leaves it as it is. */
  readonly customStatus: string | null | undefined;
  readonly end: EpisodeEnd;
  /** The lock that an execution has not given back at its end; the history does not show that it is given back for it. */
  readonly abandonedLock: HeldLock | undefined;
}

/** What was scheduled, complete. */
export type ScheduledWork =
  | Exclude<ScheduledAction, EntityMessageAction>
  | (Omit<EntityMessageAction, 'draft'> & { readonly message: EntityMessage });

type EntityMessageAction = Extract<ScheduledAction, { kind: 'entity-message' }>;

export type EpisodeEnd =
  | { readonly kind: 'open' }
  | { readonly kind: 'completed'; readonly result: string | null }
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly details: string | null;
      readonly failure: FailureDetails | null;
    }
  | { readonly kind: 'terminated'; readonly reason: string | null }
  /** `carriedOver` are the events that this execution has not consumed. */
  | { readonly kind: 'continued'; readonly input: string | null; readonly carriedOver: readonly EventRaised[] };

/**
 * Decides what an episode comes to, given what the worker answered: which tasks are new, whether the execution has ended, or that
 * the code no longer fits its history. `stamp` answers the time of each new event, `newId` the id of each request to an entity.
 */
export function computeEpisode(
  episode: Episode,
  answer: OrchestratorAnswer,
  { stamp, newId }: { readonly stamp: () => Timestamp; readonly newId: () => string },
): EpisodeOutcome {
  const { execution, incoming, past, startedAt } = episode;
  const begun: readonly HistoryEvent[] = [orchestratorStarted(startedAt), ...incoming];
  const history = [...past, ...begun];
  const parentInstanceId = execution.parent?.OrchestrationInstance.InstanceId;
  const { httpSleepTime, defaultVersion } = episode;
  const subject = { ...execution, parentInstanceId, httpSleepTime, defaultVersion };
  const replay = replayActions(subject, answer.actions, history);
  const end = computeEnd(execution.name, replay, answer, history);
  const scheduled = replay.scheduled.map((action) => {
    const at = stamp();
    const work = complete(action, execution, newId, at);
    return { work, event: scheduledEvent(work, episode.storesInputs, at) };
  });
  const completion = completionEvent(end, replay.nextId, stamp);
  const events = [...begun, ...scheduled.map(({ event }) => event), ...(completion === undefined ? [] : [completion])];
  // After continueAsNew such a mark is there already, and stands for the end of an episode that has scheduled nothing.
  if (events.at(-1)?.EventType !== eventType.orchestratorCompleted) events.push(orchestratorCompleted(stamp()));
  return {
    events,
    scheduled,
    status: completion === undefined ? statusOf(incoming) : endStatus(completion),
    customStatus: answer.end.kind === 'unanswered' ? undefined : answer.customStatus,
    end,
    abandonedLock: end.kind === 'open' ? undefined : replay.lock,
  };
}

function computeEnd(
  name: string,
  replay: Replay,
  answer: OrchestratorAnswer,
  history: readonly HistoryEvent[],
): EpisodeEnd {
  if (replay.terminated !== undefined) return { kind: 'terminated', reason: replay.terminated.reason };
  // Then its code has not changed, though it did not ask again for what the history has.
  if (answer.end.kind === 'unanswered') return codeFailed(name, answer.end.error, null);
  if (replay.failure?.kind === 'non-determinism') return failed(replay.failure.message, null);
  if (replay.failure !== undefined)
    return failed(`Orchestrator function '${name}' failed: ${replay.failure.message}`, null);
  if (!replay.isWalked) return { kind: 'open' };
  switch (answer.end.kind) {
    case 'waiting':
      return { kind: 'open' };
    case 'failed':
      return codeFailed(name, answer.end.error, answer.end.stack, answer.end.details);
    case 'done': {
      if (replay.continueAsNew === undefined) return { kind: 'completed', result: answer.end.output };
      const input = serialise(replay.continueAsNew.input);
      return { kind: 'continued', input, carriedOver: unconsumedEvents(answer.actions, history) };
    }
  }
}

const failed = (reason: string, details: string | null, failure: FailureDetails | null = null): EpisodeEnd => ({
  kind: 'failed',
  reason,
  details,
  failure,
});

const codeFailed = (name: string, error: string, stack: string | null, failure?: FailureDetails | null): EpisodeEnd =>
  failed(`Orchestrator function '${name}' failed: ${error}`, `Message: ${error}, StackTrace: ${stack ?? ''}`, failure);

/**
 * The events that the orchestrator's code has not been given: of each name, those that came after as many as were waited for. It
 * goes by the exact name, because durable-functions does; its own waiters are in the order of the actions. Answers of entities are
 * none of them.
 */
function unconsumedEvents(actions: readonly Action[], history: readonly HistoryEvent[]): readonly EventRaised[] {
  const waits = new Map<string, number>();
  const count = (action: Action): void => {
    if (action.kind === 'event') waits.set(action.name, (waits.get(action.name) ?? 0) + 1);
    if (action.kind === 'when-all' || action.kind === 'when-any') action.actions.forEach(count);
  };
  actions.forEach(count);
  for (const event of history) {
    if (event.EventType !== eventType.eventSent) continue;
    const message = readMessage(event);
    if (message.kind === 'request') waits.set(message.request.id, 1);
  }
  return history.filter((event): event is EventRaised => {
    if (event.EventType !== eventType.eventRaised) return false;
    const left = waits.get(event.Name) ?? 0;
    waits.set(event.Name, Math.max(0, left - 1));
    return left === 0;
  });
}

function complete(action: ScheduledAction, execution: Execution, newId: () => string, at: Timestamp): ScheduledWork {
  if (action.kind !== 'entity-message') return action;
  const { kind, id, target, draft } = action;
  return { kind, id, target, message: sealDraft(draft, execution, newId, at) };
}

function scheduledEvent(action: ScheduledWork, storesInputs: boolean, at: Timestamp): ScheduledEvent {
  const stamped = { EventId: action.id, Timestamp: at };
  switch (action.kind) {
    case 'activity':
      return {
        EventType: eventType.taskScheduled,
        Name: action.name,
        Version: '',
        Input: storesInputs ? JSON.stringify([action.input ?? null]) : null,
        ParentTraceContext: null,
        Tags: null,
        ...stamped,
      };
    case 'sub-orchestration':
      return {
        EventType: eventType.subOrchestrationCreated,
        Name: action.name,
        Version: action.version,
        InstanceId: action.instanceId,
        Input: storesInputs ? serialise(action.input) : null,
        ClientSpanId: null,
        Tags: null,
        ...stamped,
      };
    case 'timer':
      return { EventType: eventType.timerCreated, FireAt: action.fireAt, ...stamped };
    case 'entity-message':
      return {
        EventType: eventType.eventSent,
        InstanceId: action.target,
        ...renderMessage(action.message),
        ...stamped,
      };
  }
}

function completionEvent(end: EpisodeEnd, id: number, stamp: () => Timestamp): ExecutionCompleted | undefined {
  const completed = (status: RuntimeStatus, result: string | null): ExecutionCompleted => ({
    EventType: eventType.executionCompleted,
    OrchestrationStatus: status,
    Result: result,
    FailureDetails: end.kind === 'failed' ? end.failure : null,
    EventId: id,
    Timestamp: stamp(),
  });
  switch (end.kind) {
    case 'completed':
      return completed('Completed', end.result);
    case 'failed':
      return completed('Failed', end.reason);
    case 'terminated':
      return completed('Terminated', end.reason);
    case 'open':
    case 'continued':
      return undefined;
  }
}

const endStatus = (completion: ExecutionCompleted): EpisodeOutcome['status'] => ({
  runtimeStatus: completion.OrchestrationStatus,
  output: completion.Result,
});

/** While an instance runs only these three events change its status; suspending and resuming leave their reason as the output. */
function statusOf(incoming: readonly IncomingEvent[]): EpisodeOutcome['status'] {
  let status: EpisodeOutcome['status'];
  for (const event of incoming) {
    if (event.EventType === eventType.executionStarted) status = { runtimeStatus: 'Running' };
    if (event.EventType === eventType.suspended) status = { runtimeStatus: 'Suspended', output: event.Reason };
    if (event.EventType === eventType.resumed) status = { runtimeStatus: 'Running', output: event.Reason };
  }
  return status;
}
