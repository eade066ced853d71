import { createdFilter, joinFilters, prefixFilter, statusFilter } from './instance-filter.ts';
import { type ManagementRequest, type ManagementResponse, queryFlag } from './message.ts';
import type { ManagementContext } from './operation.ts';
import { pageResponse } from './page.ts';
import { renderStatus } from './status.ts';

/** GET /instances: entities are listed too. */
export function listInstances({ store }: ManagementContext, request: ManagementRequest): ManagementResponse {
  const filter = joinFilters([
    ...prefixFilter(request),
    ...statusFilter(request),
    ...createdFilter(request, 'createdTimeFrom', '>='),
    ...createdFilter(request, 'createdTimeTo', '<='),
  ]);
  const showInput = queryFlag(request, 'showInput') ?? true;
  return pageResponse(store, request, filter, (row) => renderStatus(row, showInput));
}
