import { z } from 'zod';
import { onlyArgument, parseShown } from './shown-value.ts';
import type { Refusal } from './refusal.ts';

// The history of an instance as the status URL of the extension shows it (showHistory, showHistoryOutput, showInput). What has an
// outcome stands there once, in the place of its outcome; ids of events are left out.

/** What a trail is read from. */
export interface AuditedInstance {
  readonly instanceId: string;
  readonly name: string;
  readonly createdTime: Date;
  readonly customStatus?: unknown;
  readonly historyEvents?: readonly unknown[] | undefined;
  readonly refusals?: readonly Refusal[];
  readonly deletion?: Deletion;
}

/** That it is taken out of the engine, which no history can tell. */
export interface Deletion {
  readonly at: string;
  readonly by: string;
  readonly reason: string | undefined;
}

export interface TaskEvent {
  readonly type: 'task';
  readonly state: 'completed' | 'failed' | 'running';
  readonly name: string;
  readonly startedAt: string;
  readonly at: string;
  /** Undefined where the host keeps no inputs. */
  readonly input: unknown;
  readonly result: unknown;
  readonly failure: string | undefined;
}

export interface ChildEvent extends Omit<TaskEvent, 'type'> {
  readonly type: 'child';
  readonly instanceId: string;
}

export interface RaisedEvent {
  readonly type: 'raised';
  readonly at: string;
  readonly name: string;
  readonly data: unknown;
}

export interface TimerEvent {
  readonly type: 'timer';
  readonly at: string;
  readonly due: string;
}

/** The firing of a timer; it bears the time at which the timer was made. */
export interface FiredEvent {
  readonly type: 'fired';
  readonly due: string;
}

export type HistoryEvent =
  | TaskEvent
  | ChildEvent
  | { readonly type: 'started'; readonly at: string; readonly input: unknown }
  | RaisedEvent
  | TimerEvent
  | FiredEvent
  | { readonly type: 'generic'; readonly at: string; readonly text: string | undefined }
  | { readonly type: 'rewound'; readonly at: string; readonly text: string | undefined }
  | { readonly type: 'suspended' | 'resumed' | 'terminated'; readonly at: string; readonly text: string | undefined }
  | { readonly type: 'ended'; readonly at: string; readonly status: string; readonly result: unknown };

const text = z.string().nullish();
const wireSchema = z.looseObject({
  EventType: z.string(),
  Timestamp: z.string(),
  ScheduledTime: text,
  FunctionName: text,
  Name: text,
  InstanceId: text,
  Reason: text,
  Data: text,
  FireAt: text,
  OrchestrationStatus: text,
});
type WireEvent = z.infer<typeof wireSchema>;

/** @throws Error that names the event which is none of the extension's */
export function parseHistory(events: readonly unknown[]): HistoryEvent[] {
  return events.flatMap((raw, n) => {
    const wire = wireSchema.safeParse(raw);
    if (!wire.success) throw new Error(`event ${n} of the history is unreadable: ${z.prettifyError(wire.error)}`);
    return parseEvent(wire.data) ?? [];
  });
}

/** Undefined for what a trail has no use for. */
function parseEvent(wire: WireEvent): HistoryEvent | undefined {
  const at = isoTime(wire.Timestamp);
  switch (wire.EventType) {
    case 'ExecutionStarted':
      return { type: 'started', at, input: parseText(wire['Input']) };
    case 'TaskScheduled':
      return { type: 'task', ...parseWork(wire, 'running') };
    case 'TaskCompleted':
      return { type: 'task', ...parseWork(wire, 'completed') };
    case 'TaskFailed':
      return { type: 'task', ...parseWork(wire, 'failed') };
    case 'SubOrchestrationInstanceCreated':
      return { type: 'child', instanceId: wire.InstanceId ?? '', ...parseWork(wire, 'running') };
    case 'SubOrchestrationInstanceCompleted':
      return { type: 'child', instanceId: wire.InstanceId ?? '', ...parseWork(wire, 'completed') };
    case 'SubOrchestrationInstanceFailed':
      return { type: 'child', instanceId: wire.InstanceId ?? '', ...parseWork(wire, 'failed') };
    case 'TimerCreated':
      return { type: 'timer', at, due: isoTime(wire.FireAt ?? wire.Timestamp) };
    case 'TimerFired':
      return { type: 'fired', due: isoTime(wire.FireAt ?? wire.Timestamp) };
    case 'EventRaised':
      return { type: 'raised', at, name: wire.Name ?? '', data: parseText(wire['Input']) };
    case 'GenericEvent':
      return { type: 'generic', at, text: wire.Data ?? undefined };
    case 'ExecutionSuspended':
      return { type: 'suspended', at, text: wire.Reason ?? undefined };
    case 'ExecutionResumed':
      return { type: 'resumed', at, text: wire.Reason ?? undefined };
    case 'ExecutionTerminated':
      return { type: 'terminated', at, text: typeof wire['Input'] === 'string' ? wire['Input'] : undefined };
    case 'ExecutionRewound':
      return { type: 'rewound', at, text: wire.Reason ?? undefined };
    case 'ExecutionCompleted':
      return { type: 'ended', at, status: wire.OrchestrationStatus ?? 'Completed', result: parseText(wire['Result']) };
    default:
      return undefined;
  }
}

function parseWork(wire: WireEvent, state: TaskEvent['state']): Omit<TaskEvent, 'type'> {
  return {
    state,
    name: wire.FunctionName ?? wire.Name ?? '',
    startedAt: isoTime(wire.ScheduledTime ?? wire.Timestamp),
    at: isoTime(wire.Timestamp),
    input: onlyArgument(parseText(wire['Input'])),
    result: parseText(wire['Result']),
    failure: wire.Reason ?? undefined,
  };
}

/** What has no value is shown as null. */
const parseText = (value: unknown): unknown => parseShown(value ?? undefined);

/** Whole milliseconds; the engines write up to seven digits, with `Z` or `+00:00`. */
const isoTime = (wire: string): string => new Date(wire).toISOString();
