import { type HistoryEvent, eventType } from '../history.ts';

/** The names that showHistory puts in the place of the numbers. */
const typeNames: Readonly<Record<HistoryEvent['EventType'], string>> = {
  [eventType.executionStarted]: 'ExecutionStarted',
  [eventType.executionCompleted]: 'ExecutionCompleted',
  [eventType.executionTerminated]: 'ExecutionTerminated',
  [eventType.taskScheduled]: 'TaskScheduled',
  [eventType.taskCompleted]: 'TaskCompleted',
  [eventType.taskFailed]: 'TaskFailed',
  [eventType.subOrchestrationCreated]: 'SubOrchestrationInstanceCreated',
  [eventType.subOrchestrationCompleted]: 'SubOrchestrationInstanceCompleted',
  [eventType.subOrchestrationFailed]: 'SubOrchestrationInstanceFailed',
  [eventType.timerCreated]: 'TimerCreated',
  [eventType.timerFired]: 'TimerFired',
  [eventType.orchestratorStarted]: 'OrchestratorStarted',
  [eventType.orchestratorCompleted]: 'OrchestratorCompleted',
  [eventType.eventRaised]: 'EventRaised',
  [eventType.eventSent]: 'EventSent',
  [eventType.generic]: 'GenericEvent',
  [eventType.suspended]: 'ExecutionSuspended',
  [eventType.resumed]: 'ExecutionResumed',
};

/** What showHistory leaves out of an event. */
const hidden: ReadonlySet<string> = new Set(['EventId', 'IsPlayed', 'TaskScheduledId', 'TimerId']);
const hiddenAtStart: ReadonlySet<string> = new Set([
  'OrchestrationInstance',
  'ParentInstance',
  'Name',
  'Version',
  'Tags',
]);

export interface HistoryViewOptions {
  readonly showInput: boolean;
  readonly showOutput: boolean;
}

type View = Record<string, unknown>;
type HistoryView =
  { readonly ok: true; readonly events: readonly View[] } | { readonly ok: false; readonly error: string };

/** The history as a status answers it (DurableClient.GetDurableOrchestrationStatusAsync): what has an outcome stands there once. */
export function renderHistoryEvents(history: readonly HistoryEvent[], options: HistoryViewOptions): HistoryView {
  const scheduled = new Map<string, HistoryEvent>();
  const views = new Map<HistoryEvent, View>();
  for (const event of history) {
    if (event.EventType === eventType.orchestratorStarted || event.EventType === eventType.orchestratorCompleted)
      continue;
    const view = renderEvent(event, options);
    const key = scheduleKey(event);
    if (key !== undefined) {
      // After a non-deterministic replay a task may stand there twice; the extension's dictionary refuses that.
      if (scheduled.has(key))
        return { ok: false, error: `An item with the same key has already been added. Key: ${key}` };
      scheduled.set(key, event);
    }
    const origin = scheduled.get(outcomeKey(event) ?? '');
    if (origin !== undefined) {
      views.delete(origin);
      Object.assign(view, describeOrigin(origin, options));
    }
    views.set(event, view);
  }
  return { ok: true, events: [...views.values()] };
}

const scheduleKey = (event: HistoryEvent): string | undefined =>
  event.EventType === eventType.taskScheduled || event.EventType === eventType.subOrchestrationCreated
    ? `${typeNames[event.EventType]}_${event.EventId}`
    : undefined;

function outcomeKey(event: HistoryEvent): string | undefined {
  if (event.EventType === eventType.taskCompleted || event.EventType === eventType.taskFailed) {
    return `TaskScheduled_${event.TaskScheduledId}`;
  }
  const isOfChild =
    event.EventType === eventType.subOrchestrationCompleted || event.EventType === eventType.subOrchestrationFailed;
  return isOfChild ? `SubOrchestrationInstanceCreated_${event.TaskScheduledId}` : undefined;
}

function describeOrigin(origin: HistoryEvent, { showInput }: HistoryViewOptions): View {
  if (origin.EventType !== eventType.taskScheduled && origin.EventType !== eventType.subOrchestrationCreated) return {};
  return {
    ScheduledTime: origin.Timestamp.replace(/Z$/, '+00:00'),
    FunctionName: origin.Name,
    ...(origin.EventType === eventType.subOrchestrationCreated && { InstanceId: origin.InstanceId }),
    ...(showInput && { Input: origin.Input }),
  };
}

function renderEvent(event: HistoryEvent, { showInput, showOutput }: HistoryViewOptions): View {
  const isStart = event.EventType === eventType.executionStarted;
  const view: View = {};
  for (const [name, value] of Object.entries(event)) {
    if (hidden.has(name) || (isStart && hiddenAtStart.has(name))) continue;
    if (name === 'Input' && !showInput) continue;
    if (name === 'Version' && scheduleKey(event) !== undefined) continue;
    if (name === 'EventType') view[name] = typeNames[event.EventType];
    else if (name !== 'Result') view[name] = value as unknown;
    else if (showOutput) view[name] = parseText(value as string | null);
  }
  if (isStart) view.FunctionName = event.Name;
  return view;
}

/** A stored text as a status shows it: JSON where it is JSON, else the text (a reason). */
export function parseText(text: string | null): unknown {
  if (text === null) return null;
  if (text.trim() === '') return '';
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
