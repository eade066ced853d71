import { type EntityId, formatEntityId, parseEntityId } from '../entities/entity-id.ts';
import { readEntityState } from '../entities/entity-state.ts';
import { sendEntityMessage } from '../entities/send-entity-message.ts';
import type { InstanceRow } from '../store.ts';
import { type InstanceFilter, createdFilter, joinFilters } from './instance-filter.ts';
import {
  type ManagementRequest,
  type ManagementResponse,
  emptyResponse,
  errorResponse,
  jsonResponse,
  queryFlag,
  queryValue,
} from './message.ts';
import type { ManagementContext } from './operation.ts';
import { pageResponse } from './page.ts';
import { parseText } from './history-view.ts';

/** /entities[/{name}[/{key}]] */
export function routeEntities(
  context: ManagementContext,
  request: ManagementRequest,
  [name, key, ...rest]: readonly string[],
): ManagementResponse {
  if (rest.length > 0) return emptyResponse(404);
  if (request.method === 'GET' && (name === undefined || key === undefined))
    return listEntities(context, request, name);
  if (name === undefined) return emptyResponse(404);
  if (key === undefined)
    return errorResponse(400, "Invalid entity id: entity key must not be null. (Parameter 'entityKey')");
  switch (request.method) {
    case 'GET':
      return readEntity(context, { name, key });
    case 'POST':
      return signalEntity(context, request, { name, key }, queryValue(request, 'op') ?? '');
    case 'DELETE':
      return signalEntity(context, request, { name, key }, 'delete');
    default:
      return emptyResponse(404);
  }
}

function readEntity({ store }: ManagementContext, id: EntityId): ManagementResponse {
  const { exists, state } = readEntityState(store.findInstance(formatEntityId(id))?.input);
  return exists ? jsonResponse(200, parseText(state)) : emptyResponse(404);
}

function signalEntity(
  context: ManagementContext,
  request: ManagementRequest,
  entity: EntityId,
  op: string,
): ManagementResponse {
  const { commits, deliver, functions, newId } = context;
  const name = entity.name.toLowerCase();
  if (functions.findEntity(name) === undefined) return errorResponse(400, functions.describeMissing('entity', name));
  const content = readContent(request);
  if (!content.ok) return content.response;
  const message = commits.write(() =>
    sendEntityMessage(context, formatEntityId(entity), {
      kind: 'request',
      request: { op, signal: true, ...content.input, id: newId(), parent: null, parentExecution: null },
    }),
  );
  deliver([message]);
  return emptyResponse(202);
}

type Content =
  | { readonly ok: true; readonly input: { readonly input?: string } }
  | { readonly ok: false; readonly response: ManagementResponse };

/** JSON under its media type, any other body as a string; a DELETE, which has no length, as an empty one. */
function readContent({ method, headers, body }: ManagementRequest): Content {
  if (body.length === 0 && method !== 'DELETE') return { ok: true, input: {} };
  const text = Buffer.from(body).toString('utf8');
  const mediaType = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json') return { ok: true, input: { input: JSON.stringify(text) } };
  try {
    return { ok: true, input: { input: JSON.stringify(JSON.parse(text)) } };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, response: errorResponse(400, `Could not parse JSON content: ${reason}`) };
  }
}

/** Entities that were deleted are not listed; the instance of each stays. */
const existing: InstanceFilter = { where: `customStatus ->> 'entityExists' AND substr(name, 1, 1) = '@'`, values: [] };

function listEntities(
  context: ManagementContext,
  request: ManagementRequest,
  name: string | undefined,
): ManagementResponse {
  const prefix = name === undefined ? '' : formatEntityId({ name, key: '' });
  const withState = queryFlag(request, 'fetchState') ?? false;
  const filter = joinFilters([
    existing,
    { where: 'substr(id, 1, length(?)) = ?', values: [prefix, prefix] },
    ...createdFilter(request, 'lastOperationTimeFrom', '>='),
    ...createdFilter(request, 'lastOperationTimeTo', '<='),
  ]);
  return pageResponse(context.store, request, filter, (row) => renderEntity(row, withState));
}

const renderEntity = ({ id, input, updatedAt }: InstanceRow, withState: boolean) => ({
  entityId: parseEntityId(id),
  lastOperationTime: updatedAt,
  state: withState ? parseText(readEntityState(input).state) : null,
});
