import { type IncomingEvent, eventType, isTerminal } from '../history.ts';
import { insertMessage } from '../instance-rows.ts';
import type { InstanceRow } from '../store.ts';
import { type ManagementRequest, emptyResponse, errorResponse, parseJsonBody, queryValue } from './message.ts';
import type { InstanceOperation, ManagementContext } from './operation.ts';

/** The event is accepted for the execution that runs; its 202 is sent when it is on disk. */
function send(context: ManagementContext, instance: InstanceRow, event: IncomingEvent) {
  const message = context.commits.write(() =>
    insertMessage(context, { instanceId: instance.id, executionId: null, event }),
  );
  context.deliver([message]);
  return emptyResponse(202);
}

const reasonOf = (request: ManagementRequest): string | null => queryValue(request, 'reason') ?? null;

/** POST /instances/{id}/raiseEvent/{eventName} */
export const raiseEvent =
  (eventName: string): InstanceOperation =>
  (context, request, instance) => {
    if (isTerminal(instance.runtimeStatus)) return emptyResponse(410);
    const mediaType = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
    if (mediaType !== 'application/json')
      return errorResponse(400, 'Only application/json request content is supported');
    const body = parseJsonBody(request);
    if (!body.ok) return body.response;
    return send(context, instance, {
      EventType: eventType.eventRaised,
      Name: eventName,
      Input: body.text,
      ParentTraceContext: null,
      EventId: -1,
      Timestamp: context.stamp(),
    });
  };

/** POST /instances/{id}/terminate?reason=… */
export const terminate: InstanceOperation = (context, request, instance) => {
  if (isTerminal(instance.runtimeStatus)) return emptyResponse(410);
  const Input = reasonOf(request);
  return send(context, instance, {
    EventType: eventType.executionTerminated,
    Input,
    EventId: -1,
    Timestamp: context.stamp(),
  });
};

/** POST /instances/{id}/suspend?reason=… */
export const suspend: InstanceOperation = (context, request, instance) => {
  if (isTerminal(instance.runtimeStatus)) return emptyResponse(410);
  if (instance.runtimeStatus === 'Suspended') return refuse(context, 'suspend', instance);
  const Reason = reasonOf(request);
  return send(context, instance, { EventType: eventType.suspended, Reason, EventId: -1, Timestamp: context.stamp() });
};

/** POST /instances/{id}/resume?reason=… */
export const resume: InstanceOperation = (context, request, instance) => {
  if (isTerminal(instance.runtimeStatus)) return emptyResponse(410);
  if (instance.runtimeStatus === 'Running') return refuse(context, 'resume', instance);
  const Reason = reasonOf(request);
  return send(context, instance, { EventType: eventType.resumed, Reason, EventId: -1, Timestamp: context.stamp() });
};

/** The real host says this with 500. */
function refuse({ log }: ManagementContext, verb: 'suspend' | 'resume', { id, runtimeStatus }: InstanceRow) {
  log(
    'warning',
    'Host.Triggers.DurableTask',
    `${id}: Cannot ${verb} orchestration instance in the ${runtimeStatus} state.`,
  );
  return errorResponse(
    409,
    `Cannot ${verb} the orchestration instance ${id} because instance is in the ${runtimeStatus} state.`,
  );
}
