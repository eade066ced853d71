import type { Timestamp } from './timestamp.ts';

/**
 * The history of an instance in its wire form: what the orchestrator function is called with, what the store keeps and what
 * `showHistory` is made from. Property names, their order and the numbers are those of DurableTask.Core's EventType.
 *
 * `EventId` is the sequence number for what the orchestration scheduled, and -1 for everything else.
 * `IsPlayed` is not kept: it says only whether an earlier episode has seen the event (see `isResult`).
 */
export const eventType = {
  executionStarted: 0,
  executionCompleted: 1,
  executionTerminated: 3,
  taskScheduled: 4,
  taskCompleted: 5,
  taskFailed: 6,
  subOrchestrationCreated: 7,
  subOrchestrationCompleted: 8,
  subOrchestrationFailed: 9,
  timerCreated: 10,
  timerFired: 11,
  orchestratorStarted: 12,
  orchestratorCompleted: 13,
  eventSent: 14,
  eventRaised: 15,
  generic: 17,
  suspended: 19,
  resumed: 20,
} as const;

type EventType = typeof eventType;

/** The values are DurableTask.Core's OrchestrationStatus, by name. */
export type RuntimeStatus = 'Pending' | 'Running' | 'Suspended' | 'Completed' | 'Failed' | 'Terminated';

export const isTerminal = (status: RuntimeStatus): boolean =>
  status === 'Completed' || status === 'Failed' || status === 'Terminated';

/** Who waits for a sub-orchestration, as its ExecutionStarted carries it. */
export interface ParentInstance {
  readonly Name: string;
  readonly OrchestrationInstance: { readonly InstanceId: string; readonly ExecutionId: string };
  readonly TaskScheduleId: number;
  readonly Version: string | null;
}

interface Stamped {
  readonly EventId: number;
  readonly Timestamp: Timestamp;
}

export interface ExecutionStarted extends Stamped {
  readonly OrchestrationInstance: { readonly InstanceId: string; readonly ExecutionId: string };
  readonly EventType: EventType['executionStarted'];
  readonly ParentInstance: ParentInstance | null;
  readonly Name: string;
  readonly Version: string | null;
  readonly Input: string | null;
  readonly Tags: null;
  readonly Correlation: null;
  readonly ParentTraceContext: null;
  readonly ScheduledStartTime: null;
  readonly Generation: number | null;
  readonly GenerateNewTrace: false;
}

export interface ExecutionCompleted extends Stamped {
  readonly EventType: EventType['executionCompleted'];
  readonly OrchestrationStatus: RuntimeStatus;
  readonly Result: string | null;
  readonly FailureDetails: FailureDetails | null;
}

/** What durable-functions makes a TaskFailedError of; only errors that an app tells more about have it. */
export interface FailureDetails {
  readonly ErrorType: string;
  readonly ErrorMessage: string;
  readonly StackTrace: string | null;
  readonly InnerFailure: FailureDetails | null;
  readonly IsNonRetriable: boolean;
  readonly Properties: Readonly<Record<string, unknown>> | null;
}

interface Finished extends Stamped {
  readonly TaskScheduledId: number;
  readonly Result: string | null;
}

interface FailedTask extends Stamped {
  readonly TaskScheduledId: number;
  readonly Reason: string | null;
  readonly Details: string | null;
  readonly FailureDetails: FailureDetails | null;
}

export type TaskScheduled = Stamped & {
  readonly EventType: EventType['taskScheduled'];
  readonly Name: string;
  readonly Version: '';
  /** Kept only with storeInputsInOrchestrationHistory: the list of the activity's one argument. */
  readonly Input: string | null;
  readonly ParentTraceContext: null;
  readonly Tags: null;
};
export type SubOrchestrationCreated = Stamped & {
  readonly EventType: EventType['subOrchestrationCreated'];
  readonly Name: string;
  readonly Version: string | null;
  readonly InstanceId: string;
  /** Kept only with storeInputsInOrchestrationHistory. */
  readonly Input: string | null;
  readonly ClientSpanId: null;
  readonly Tags: null;
};
export type TimerCreated = Stamped & { readonly EventType: EventType['timerCreated']; readonly FireAt: Timestamp };
/** A message to an entity. */
export type EventSent = Stamped & {
  readonly EventType: EventType['eventSent'];
  readonly InstanceId: string;
  readonly Name: string;
  readonly Input: string;
};
export type TimerFired = Stamped & {
  readonly EventType: EventType['timerFired'];
  readonly TimerId: number;
  readonly FireAt: Timestamp;
};
export type EventRaised = Stamped & {
  readonly EventType: EventType['eventRaised'];
  readonly Name: string;
  readonly Input: string | null;
  readonly ParentTraceContext: null;
};
export type TaskCompleted = Finished & { readonly EventType: EventType['taskCompleted'] };
export type TaskFailed = FailedTask & { readonly EventType: EventType['taskFailed'] };
export type SubOrchestrationCompleted = Finished & { readonly EventType: EventType['subOrchestrationCompleted'] };
export type SubOrchestrationFailed = FailedTask & { readonly EventType: EventType['subOrchestrationFailed'] };
/** What a rewind puts in place of what it takes out, and its own reason. */
export type Generic = Stamped & { readonly Data: string | null; readonly EventType: EventType['generic'] };
export type ExecutionTerminated = Stamped & {
  readonly EventType: EventType['executionTerminated'];
  readonly Input: string | null;
};
type Suspended = Stamped & { readonly EventType: EventType['suspended']; readonly Reason: string | null };
type Resumed = Stamped & { readonly EventType: EventType['resumed']; readonly Reason: string | null };
type OrchestratorStarted = Stamped & { readonly EventType: EventType['orchestratorStarted'] };
type OrchestratorCompleted = Stamped & { readonly EventType: EventType['orchestratorCompleted'] };

/** What an episode is run for; OrchestratorCompleted is the mark that continueAsNew puts behind the new ExecutionStarted. */
export type IncomingEvent =
  | ExecutionStarted
  | ExecutionTerminated
  | TaskCompleted
  | TaskFailed
  | SubOrchestrationCompleted
  | SubOrchestrationFailed
  | TimerFired
  | EventRaised
  | Generic
  | Suspended
  | Resumed
  | OrchestratorCompleted;

export type ScheduledEvent = TaskScheduled | SubOrchestrationCreated | TimerCreated | EventSent;

export type HistoryEvent = IncomingEvent | ScheduledEvent | ExecutionCompleted | OrchestratorStarted;

const scheduledTypes: ReadonlySet<number> = new Set([
  eventType.taskScheduled,
  eventType.subOrchestrationCreated,
  eventType.timerCreated,
  eventType.eventSent,
]);

export const isScheduled = (event: HistoryEvent): event is ScheduledEvent => scheduledTypes.has(event.EventType);

export const orchestratorStarted = (at: Timestamp): HistoryEvent => ({
  EventType: eventType.orchestratorStarted,
  EventId: -1,
  Timestamp: at,
});

export const orchestratorCompleted = (at: Timestamp): OrchestratorCompleted => ({
  EventType: eventType.orchestratorCompleted,
  EventId: -1,
  Timestamp: at,
});

/** The first event of an execution: `generation` counts restarts, null for sub-orchestrations and after continueAsNew. */
export const executionStarted = (start: {
  readonly instanceId: string;
  readonly executionId: string;
  readonly name: string;
  readonly version: string | null;
  readonly input: string | null;
  readonly parent: ParentInstance | null;
  readonly generation: number | null;
  readonly at: Timestamp;
}): ExecutionStarted => ({
  OrchestrationInstance: { InstanceId: start.instanceId, ExecutionId: start.executionId },
  EventType: eventType.executionStarted,
  ParentInstance: start.parent,
  Name: start.name,
  Version: start.version,
  Input: start.input,
  Tags: null,
  Correlation: null,
  ParentTraceContext: null,
  ScheduledStartTime: null,
  Generation: start.generation,
  GenerateNewTrace: false,
  EventId: -1,
  Timestamp: start.at,
});
