import { z } from 'zod';
import { onlyArgument, parseShown } from '../audit/shown-value.ts';
import { redacted } from '../saga/operate.ts';

// What an instance did, as the status URL of the extension shows it with showHistory, showHistoryOutput and showInput, and
// `GET /api/sagas/{id}/history` with it. It leaves out ids of events and the marks around episodes; what has an outcome stands there
// once, in the place of its outcome. So the order in which things were scheduled is told by the time of each alone.

/** What an orchestrator asked for. */
export type Scheduled = { /** Full precision, sortable as text. */ readonly at: string } & Asked;

export type Asked =
  | { readonly kind: 'activity'; readonly name: string; readonly input: unknown }
  | {
      readonly kind: 'sub-saga';
      readonly name: string;
      readonly instanceId: string | undefined;
      readonly input: unknown;
    }
  | { readonly kind: 'timer'; readonly due: string };

/** What came in, in its order. */
export type Arrival = { readonly at: string } & (
  | { readonly kind: 'completed'; readonly of: Scheduled; readonly result: unknown }
  | { readonly kind: 'failed'; readonly of: Scheduled; readonly reason: string; readonly details: string }
  | { readonly kind: 'timer-fired'; readonly due: string }
  | { readonly kind: 'event'; readonly name: string; readonly input: string | null }
);

export interface RecordedHistory {
  readonly instanceId: string;
  readonly saga: string;
  /** Of the orchestration: `defaultVersion` of host.json when it was started. */
  readonly version: string | null;
  /** Of the saga's code, as its status says; undefined where the status does not. */
  readonly codeVersion: string | undefined;
  readonly input: unknown;
  /** Of a sub-saga: which saga runs it. */
  readonly parentInstanceId: string | undefined;
  readonly startedAt: string;
  /** In the order in which it was scheduled. */
  readonly scheduled: readonly Scheduled[];
  readonly arrivals: readonly Arrival[];
  readonly end: { readonly status: string; readonly result: unknown; readonly at: string } | undefined;
  /** Values that nobody may read were replaced: code that looks at them may do otherwise. */
  readonly isRedacted: boolean;
  /** Suspended when it was recorded: what came since then has had no effect yet. */
  readonly isSuspended: boolean;
}

const text = z.string().nullish();
const eventSchema = z.looseObject({
  EventType: z.string(),
  Timestamp: z.string(),
  ScheduledTime: text,
  FunctionName: text,
  Name: text,
  InstanceId: text,
  Input: z.unknown().optional(),
  Result: z.unknown().optional(),
  Reason: text,
  Details: text,
  FireAt: text,
  OrchestrationStatus: text,
});
type WireEvent = z.infer<typeof eventSchema>;

const instanceSchema = z.looseObject({
  name: z.string(),
  instanceId: z.string(),
  version: text,
  input: z.unknown().optional(),
  customStatus: z.unknown().optional(),
  historyEvents: z.array(eventSchema).optional(),
});

/** What the engine starts a sub-saga with: the host tells it who its parent is, but no shown history does. */
const commissionSchema = z.object({ $saga: z.object({ commission: z.object({ parent: z.string() }) }) });

/** @throws Error that says why the history cannot be replayed, and how to get one that can */
export function parseRecordedHistory(recorded: unknown): RecordedHistory {
  const parsed = instanceSchema.safeParse(recorded);
  if (!parsed.success) {
    throw new Error(`this is no history as GET /api/sagas/{id}/history answers it: ${z.prettifyError(parsed.error)}`);
  }
  const { name, instanceId, version = null, customStatus, historyEvents: events = [] } = parsed.data;
  const start = events.find(({ EventType }) => EventType === 'ExecutionStarted');
  if (start === undefined) {
    throw new Error(
      'it holds no events: the instance had not begun, or was rewound and had not ended yet, or the history was not asked for (showHistory=true)',
    );
  }
  refuseIncomplete(events);
  const work = new Map(events.flatMap((event) => (isWork(event) ? [[event, readWork(event)] as const] : [])));
  const end = events.findLast(({ EventType }) => EventType === 'ExecutionCompleted');
  const input = start.Input === undefined ? parsed.data.input : parseShown(start.Input);
  return {
    instanceId,
    saga: name,
    version,
    codeVersion: z.object({ version: z.string() }).safeParse(customStatus).data?.version,
    input,
    parentInstanceId: commissionSchema.safeParse(input).data?.$saga.commission.parent,
    startedAt: preciseTime(start.Timestamp),
    scheduled: [...work.values(), ...events.flatMap(readTimer)].sort(byTime),
    arrivals: events.flatMap((event) => readArrival(event, work.get(event))),
    end: end && { status: end.OrchestrationStatus ?? '', result: end.Result, at: preciseTime(end.Timestamp) },
    isRedacted: JSON.stringify(events).includes(redacted),
    isSuspended:
      events.findLast(({ EventType }) => /^Execution(Suspended|Resumed)$/.test(EventType))?.EventType ===
      'ExecutionSuspended',
  };
}

const workTypes = /^(Task|SubOrchestrationInstance)(Scheduled|Created|Completed|Failed)$/;
const isWork = ({ EventType }: WireEvent): boolean => workTypes.test(EventType);

function refuseIncomplete(events: readonly WireEvent[]): void {
  const unknown = events.find(({ EventType }) => EventType === 'EventSent');
  if (unknown !== undefined) throw new Error('it speaks to entities, which sagas do not: only sagas are replayed');
  const withoutInput = events.find((event) => isWork(event) && (event.Input ?? undefined) === undefined);
  if (withoutInput !== undefined) {
    throw new Error(
      `it does not hold the input of ${withoutInput.FunctionName ?? withoutInput.Name ?? 'a call'}: set storeInputsInOrchestrationHistory to true under extensions.durableTask of host.json, and record an instance that starts after that (with showInput=true)`,
    );
  }
  const withoutResult = events.find(
    ({ EventType, Result }) =>
      EventType.endsWith('Completed') && EventType !== 'ExecutionCompleted' && Result === undefined,
  );
  if (withoutResult !== undefined) {
    throw new Error('it does not hold the results: ask for the history with showHistoryOutput=true');
  }
}

function readWork(event: WireEvent): Scheduled {
  const at = preciseTime(event.ScheduledTime ?? event.Timestamp);
  const name = event.FunctionName ?? event.Name ?? '';
  const input = parseShown(event.Input);
  if (event.EventType.startsWith('Task')) return { kind: 'activity', at, name, input: onlyArgument(input) };
  return { kind: 'sub-saga', at, name, instanceId: event.InstanceId ?? undefined, input };
}

const readTimer = ({ EventType, Timestamp, FireAt }: WireEvent): Scheduled[] =>
  EventType === 'TimerCreated'
    ? [{ kind: 'timer', at: preciseTime(Timestamp), due: isoTime(FireAt ?? Timestamp) }]
    : [];

function readArrival(event: WireEvent, of: Scheduled | undefined): Arrival[] {
  const at = preciseTime(event.Timestamp);
  switch (event.EventType) {
    case 'TimerFired':
      return [{ kind: 'timer-fired', at, due: isoTime(event.FireAt ?? event.Timestamp) }];
    case 'EventRaised':
      return [{ kind: 'event', at, name: event.Name ?? '', input: textOf(event.Input) }];
    case 'TaskCompleted':
    case 'SubOrchestrationInstanceCompleted':
      return of === undefined ? [] : [{ kind: 'completed', at, of, result: event.Result }];
    case 'TaskFailed':
    case 'SubOrchestrationInstanceFailed':
      return of === undefined
        ? []
        : [{ kind: 'failed', at, of, reason: event.Reason ?? '', details: event.Details ?? '' }];
    default:
      return [];
  }
}

const textOf = (value: unknown): string | null =>
  typeof value === 'string' ? value : value === undefined || value === null ? null : JSON.stringify(value);

const isoTime = (wire: string): string => new Date(wire).toISOString();

/** All seven digits that .NET writes, fewer where the last ones are zero; always UTC, as `Z` or `+00:00`. */
function preciseTime(wire: string): string {
  const fraction = /\.(\d+)/.exec(wire)?.[1] ?? '';
  return `${wire.slice(0, 19)}.${fraction.padEnd(7, '0')}Z`;
}

const byTime = (a: Scheduled, b: Scheduled): number => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0);
