import { parseEntityId } from '../entities/entity-id.ts';
import { type HistoryEvent, executionStarted, isTerminal } from '../history.ts';
import type { InstanceRow, Store } from '../store.ts';
import { parseText, renderHistoryEvents } from './history-view.ts';
import {
  type ManagementRequest,
  type ManagementResponse,
  exceptionResponse,
  jsonResponse,
  queryFlag,
} from './message.ts';
import type { ManagementContext } from './operation.ts';

/** GET /instances/{id}: 202 while it runs; a failed one is 500 if the caller asks for that. */
export function statusResponse(
  { store }: ManagementContext,
  request: ManagementRequest,
  instance: InstanceRow,
): ManagementResponse {
  const showInput = queryFlag(request, 'showInput') ?? true;
  const showOutput = queryFlag(request, 'showHistoryOutput') ?? false;
  // An instance that has not begun, or that was rewound and has not ended yet, shows no history.
  const hasHistory = queryFlag(request, 'showHistory') === true && instance.runtimeStatus !== 'Pending';
  const history = hasHistory ? renderHistoryEvents(historyOf(store, instance), { showInput, showOutput }) : undefined;
  if (history?.ok === false) {
    const exception = { type: 'System.ArgumentException', message: history.error };
    return exceptionResponse(400, 'One or more of the arguments submitted is incorrect', exception);
  }
  const status = { ...renderStatus(instance, showInput), ...(history && { historyEvents: history.events }) };
  if (!isTerminal(instance.runtimeStatus))
    return jsonResponse(202, status, { Location: request.url, 'Retry-After': '5' });
  const isError =
    instance.runtimeStatus === 'Failed' && queryFlag(request, 'returnInternalServerErrorOnFailure') === true;
  return jsonResponse(isError ? 500 : 200, status);
}

/** Each turn of an entity is an execution of its own, of which no more is to be seen than its start. */
const historyOf = (store: Store, instance: InstanceRow): readonly HistoryEvent[] =>
  parseEntityId(instance.id) === undefined
    ? store.readHistory(instance).events
    : [executionStarted({ ...instance, instanceId: instance.id, at: instance.createdAt })];

export const renderStatus = (instance: InstanceRow, showInput: boolean) => ({
  name: instance.name,
  ...(instance.version === null ? {} : { version: instance.version }),
  instanceId: instance.id,
  runtimeStatus: instance.runtimeStatus,
  input: showInput ? parseText(instance.input) : null,
  customStatus: parseText(instance.customStatus),
  output: parseText(instance.output),
  createdTime: toSeconds(instance.createdAt),
  lastUpdatedTime: toSeconds(instance.updatedAt),
});

const toSeconds = (timestamp: string): string => `${timestamp.slice(0, 19)}Z`;
