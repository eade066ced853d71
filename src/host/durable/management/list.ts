import { createdFilter, joinFilters, prefixFilter, statusFilter } from './instance-filter.ts';
import { type ManagementRequest, type ManagementResponse, jsonResponse, queryFlag, queryValue } from './message.ts';
import type { ManagementContext } from './operation.ts';
import { renderStatus } from './status.ts';

/** The extension's page size when none is asked for. */
const defaultPageSize = 100;

const tokenHeader = 'x-ms-continuation-token';

/** GET /instances: sorted by id; a token in the answer's header asks for the next page. */
export function listInstances(context: ManagementContext, request: ManagementRequest): ManagementResponse {
  const { settings, store } = context;
  const hub = queryValue(request, 'taskHub') ?? settings.hubName;
  if (hub.toLowerCase() !== settings.hubName.toLowerCase()) return jsonResponse(200, []);
  const token = request.headers[tokenHeader] ?? '';
  const after = token === '' ? [] : [{ where: 'id >= ?', values: [Buffer.from(token, 'base64url').toString('utf8')] }];
  const { where, values } = joinFilters([
    ...prefixFilter(request),
    ...statusFilter(request),
    ...createdFilter(request, 'createdTimeFrom', '>='),
    ...createdFilter(request, 'createdTimeTo', '<='),
    ...after,
  ]);
  const pageSize = readPageSize(request);
  const rows = store.queryInstances(where, values, pageSize + 1);
  const showInput = queryFlag(request, 'showInput') ?? true;
  const page = rows.slice(0, pageSize).map((row) => renderStatus(row, showInput));
  const next = rows[pageSize];
  return jsonResponse(200, page, next && { [tokenHeader]: Buffer.from(next.id, 'utf8').toString('base64url') });
}

function readPageSize(request: ManagementRequest): number {
  const top = Number(queryValue(request, 'top'));
  return Number.isInteger(top) && top > 0 ? top : defaultPageSize;
}
