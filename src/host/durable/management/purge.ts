import { parseEntityId } from '../entities/entity-id.ts';
import { isTerminal } from '../history.ts';
import { deleteInstance } from '../instance-rows.ts';
import type { InstanceRow } from '../store.ts';
import { createdFilter, joinFilters, statusFilter } from './instance-filter.ts';
import { type ManagementRequest, type ManagementResponse, jsonResponse, queryValue } from './message.ts';
import type { InstanceOperation, ManagementContext } from './operation.ts';

/** DELETE /instances/{id} */
export const purgeInstance: InstanceOperation = (context, _request, instance) => {
  if (parseEntityId(instance.id) !== undefined) return purgeEntity(context, instance);
  if (!isTerminal(instance.runtimeStatus)) {
    return jsonResponse(
      412,
      'Only orchestrations in a terminal state can be purged, ' +
        `but the orchestration with instance ID ${instance.id} has status ${instance.runtimeStatus}`,
    );
  }
  context.commits.write(() => deleteInstance(context, instance.id));
  return jsonResponse(200, { instancesDeleted: 1 });
};

/** An entity never ends, and goes at any time. What has waited for its lock, which is gone too, goes on. */
function purgeEntity({ commits, deliver, store }: ManagementContext, { id }: InstanceRow): ManagementResponse {
  commits.write(() => store.deleteInstance(id));
  deliver(store.readMessagesOf(id));
  return jsonResponse(200, { instancesDeleted: 1 });
}

/** DELETE /instances?createdTimeFrom=…: of the instances that match, those that have ended. The real host takes running ones too. */
export function purgeInstances(context: ManagementContext, request: ManagementRequest): ManagementResponse {
  const from = createdFilter(request, 'createdTimeFrom', '>=');
  if (from.length === 0) {
    const asked = queryValue(request, 'createdTimeFrom');
    const found = asked === undefined ? '' : ` It is ${JSON.stringify(asked)}, which is not a date.`;
    return jsonResponse(400, `Please provide value for 'createdTimeFrom' parameter.${found}`);
  }
  const ended = { where: "runtimeStatus IN ('Completed', 'Failed', 'Terminated')", values: [] };
  const to = createdFilter(request, 'createdTimeTo', '<=');
  const { where, values } = joinFilters([...from, ...to, ...statusFilter(request), ended]);
  const everything = -1;
  const rows = context.store.queryInstances(where, values, everything);
  context.commits.write(() => rows.forEach(({ id }) => deleteInstance(context, id)));
  return jsonResponse(200, { instancesDeleted: rows.length });
}
