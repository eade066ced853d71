import { eventType } from '../history.ts';
import { insertMessage } from '../instance-rows.ts';
import { computeRewind } from '../rewind.ts';
import type { InstanceRow, Message } from '../store.ts';
import { emptyResponse, jsonResponse, queryValue } from './message.ts';
import type { InstanceOperation, ManagementContext } from './operation.ts';

/** POST /instances/{id}/rewind?reason=…: a failed instance goes on from before its failure, with its sub-orchestrations that failed. */
export const rewind: InstanceOperation = (context, request, instance) => {
  if (instance.runtimeStatus !== 'Failed') {
    const only = 'but only orchestrations in the "Failed" state can be rewound.';
    return jsonResponse(412, `This orchestration has status ${instance.runtimeStatus}, ${only}`);
  }
  const lost = findLostChild(context, instance);
  if (lost !== undefined) return jsonResponse(412, lost);
  const reason = queryValue(request, 'reason') ?? null;
  const messages = context.commits.write(() => rewindInstance(context, instance, reason));
  context.deliver(messages);
  return emptyResponse(202);
};

export const rewindOfUnknown = (instanceId: string) =>
  // The dollar sign is the extension's.
  jsonResponse(404, `No orchestration with instance ID "$${instanceId}" found.`);

/** The parent would wait for ever for a sub-orchestration that cannot run again. */
function findLostChild({ store }: ManagementContext, instance: InstanceRow): string | undefined {
  for (const id of computeRewind(store.readHistory(instance).events).failedChildren) {
    const status = store.findInstance(id)?.runtimeStatus;
    if (status === undefined)
      return `The failed sub-orchestration ${id} has been purged, so this orchestration cannot be rewound.`;
    if (status === 'Terminated')
      return `The sub-orchestration ${id} was terminated, so this orchestration cannot be rewound.`;
  }
  return undefined;
}

function rewindInstance(context: ManagementContext, instance: InstanceRow, reason: string | null): readonly Message[] {
  const { instances, stamp, store } = context;
  const { events, failedChildren } = computeRewind(store.readHistory(instance).events);
  store.rewriteHistory(instance, events);
  instances.forget(instance.id);
  // The old output stays until the instance ends again: by it an activity can tell that it was rewound.
  store.updateInstance({ ...instance, runtimeStatus: 'Pending', updatedAt: stamp() });
  const waiting = store.readMessagesOf(instance.id);
  const children = failedChildren.flatMap((id) => store.findInstance(id) ?? []);
  const failed = children.filter(({ runtimeStatus }) => runtimeStatus === 'Failed');
  const sent = failed.flatMap((child) => rewindInstance(context, child, reason));
  if (failed.length > 0) return [...waiting, ...sent];
  const event = { Data: reason, EventType: eventType.generic, EventId: -1, Timestamp: stamp() };
  return [...waiting, insertMessage(context, { instanceId: instance.id, executionId: null, event })];
}
