import type { Execution } from './episode.ts';
import { type HistoryEvent, eventType } from './history.ts';
import { defaultPollDelayMs } from './http-call.ts';
import { type WireHistory, renderHistory } from './wire-history.ts';

/** The names (sic) and values that extension 3.19 sends; upperSchemaVersion is V2, upperSchemaVersionNew V4. */
const constants = {
  upperSchemaVersion: 1,
  upperSchemaVersionNew: 3,
  longRunningTimerIntervalDuration: '3.00:00:00',
  maximumShortTimerDuration: '6.00:00:00',
  defaultHttpAsyncRequestSleepTimeMillseconds: defaultPollDelayMs,
};

/** The input as it stands in the body. It does not change while an execution runs, so it is worth keeping. */
export type RenderedInput = string;

export const renderInput = (input: string | null): RenderedInput =>
  input === null ? 'null' : JSON.stringify(JSON.parse(input), null, 2).replaceAll('\n', '\n  ');

/** What an orchestrator function is called with: an indented JSON text, the history first. */
export function renderOrchestratorBody(
  execution: Execution,
  past: WireHistory,
  fresh: readonly HistoryEvent[],
  input: RenderedInput,
): string {
  const rest = {
    instanceId: execution.instanceId,
    isReplaying: !fresh.some((event) => event.EventType === eventType.executionStarted),
    parentInstanceId: execution.parent?.OrchestrationInstance.InstanceId ?? null,
    sourceInstanceId: null,
    ...constants,
  };
  const history = renderHistory(past, fresh);
  return `{\n  "history": [\n${history}\n  ],\n  "input": ${input},\n${JSON.stringify(rest, null, 2).slice(2)}`;
}
