import type { InstanceRow, Store } from '../store.ts';
import { type InstanceFilter, joinFilters } from './instance-filter.ts';
import { type ManagementRequest, type ManagementResponse, errorResponse, jsonResponse, queryValue } from './message.ts';

/** The extension's page size when none is asked for. */
const defaultPageSize = 100;

const tokenHeader = 'x-ms-continuation-token';

/** The rows that match, sorted by id; a token in the answer's header asks for the next page. */
export function pageResponse(
  store: Store,
  request: ManagementRequest,
  filter: InstanceFilter,
  render: (row: InstanceRow) => unknown,
): ManagementResponse {
  const token = request.headers[tokenHeader]?.trim() ?? '';
  const first = Buffer.from(token, 'base64url').toString('utf8');
  if (renderToken(first) !== token) {
    return errorResponse(400, `The header ${tokenHeader} is ${JSON.stringify(token)}, which is no token of this host.`);
  }
  const after = token === '' ? [] : [{ where: 'id >= ?', values: [first] }];
  const { where, values } = joinFilters([filter, ...after]);
  const pageSize = readPageSize(request);
  const rows = store.queryInstances(where, values, pageSize + 1);
  const next = rows[pageSize];
  return jsonResponse(200, rows.slice(0, pageSize).map(render), next && { [tokenHeader]: renderToken(next.id) });
}

const renderToken = (instanceId: string): string => Buffer.from(instanceId, 'utf8').toString('base64url');

function readPageSize(request: ManagementRequest): number {
  const top = Number(queryValue(request, 'top'));
  return Number.isInteger(top) && top > 0 ? top : defaultPageSize;
}
