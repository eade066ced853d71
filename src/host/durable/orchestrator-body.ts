import type { TypedData } from '../worker/contract.ts';
import type { Episode } from './episode.ts';
import { type HistoryEvent, eventType } from './history.ts';
import { type WireHistory, renderFresh } from './wire-history.ts';

/** The names (sic) and values that extension 3.19 sends; upperSchemaVersion is V2, upperSchemaVersionNew V4. */
const constants = {
  upperSchemaVersion: 1,
  upperSchemaVersionNew: 3,
  longRunningTimerIntervalDuration: '3.00:00:00',
  maximumShortTimerDuration: '6.00:00:00',
};

/**
 * What an orchestrator function is called with: a JSON text, the history first. A long text is costly to make, so it is made when it is
 * asked for; the app's thread asks for the parts.
 *
 * @param input JSON text
 */
export function createOrchestratorBody(
  { execution, httpSleepTime }: Pick<Episode, 'execution' | 'httpSleepTime'>,
  past: WireHistory,
  incoming: readonly HistoryEvent[],
  input: string | null,
): TypedData {
  const fresh = renderFresh(incoming);
  const rest = JSON.stringify({
    instanceId: execution.instanceId,
    isReplaying: !incoming.some((event) => event.EventType === eventType.executionStarted),
    parentInstanceId: execution.parent?.OrchestrationInstance.InstanceId ?? null,
    sourceInstanceId: null,
    ...constants,
    defaultHttpAsyncRequestSleepTimeMillseconds: httpSleepTime,
  });
  return {
    get string() {
      const history = past.length === 0 ? fresh : `${past.textFrom(0)},${fresh}`;
      return `{"history":[${history}],"input":${input ?? 'null'},${rest.slice(1)}`;
    },
    replay: { settled: past, fresh, input: input ?? 'null', rest },
  };
}
