import { type EventRaised, eventType } from '../history.ts';
import type { Timestamp } from '../timestamp.ts';
import type { EntityId } from './entity-id.ts';

/**
 * What travels to entities and back. Names, and their order, are those of the extension (RequestMessage, ReleaseMessage,
 * ResponseMessage), because histories show these texts and durable-functions reads the ids in them.
 */
export interface EntityRequest {
  /** Null asks for the lock. */
  readonly op: string | null;
  /** Nobody waits for the answer of a signal. */
  readonly signal?: true;
  /** JSON text. */
  readonly input?: string;
  /** The answer is an event of this name. */
  readonly id: string;
  /** The instance that asks; null when it is a client. */
  readonly parent: string | null;
  readonly parentExecution: string | null;
  /** A signal that is not delivered before. */
  readonly due?: Timestamp;
  /** By these two the extension sorts what its queues deliver out of order; here nothing is. */
  readonly Timestamp?: string;
  readonly Predecessor?: string;
  /** The entities that are locked one after the other, and the place of this one among them (none for the first). */
  readonly lockset?: readonly EntityId[];
  readonly pos?: number;
  readonly requestTime?: string;
}

export interface EntityRelease {
  readonly parent: string;
  /** That of the request for the lock. */
  readonly id: string;
}

export type EntityMessage =
  | { readonly kind: 'request'; readonly request: EntityRequest }
  | { readonly kind: 'release'; readonly release: EntityRelease };

/** Name and input of the event that carries a message, both where it is sent and where it arrives. */
export interface EntityEvent {
  readonly Name: string;
  readonly Input: string;
}

const typeName = (name: string): string =>
  `Microsoft.Azure.WebJobs.Extensions.DurableTask.${name}, Microsoft.Azure.WebJobs.Extensions.DurableTask`;

const releaseName = 'release';

export function renderMessage(message: EntityMessage): EntityEvent {
  if (message.kind === 'release') {
    return { Name: releaseName, Input: JSON.stringify({ $type: typeName('ReleaseMessage'), ...message.release }) };
  }
  const { due, lockset } = message.request;
  const entities = lockset?.map((entity) => ({ $type: typeName('EntityId'), ...entity }));
  const content = { $type: typeName('RequestMessage'), ...message.request, ...(entities && { lockset: entities }) };
  return { Name: due === undefined ? 'op' : `op@${due}`, Input: JSON.stringify(content) };
}

/** Reads what `renderMessage` has written. */
export function readMessage(event: { readonly Name: string; readonly Input: string | null }): EntityMessage {
  const content: unknown = JSON.parse(event.Input ?? '{}');
  return event.Name === releaseName
    ? { kind: 'release', release: content as EntityRelease }
    : { kind: 'request', request: content as EntityRequest };
}

/** @param result JSON text. */
export const renderResponse = (id: string, result: string | null, isError: boolean): EntityEvent => ({
  Name: id,
  Input: JSON.stringify({ $type: typeName('ResponseMessage'), result, ...(isError && { exceptionType: 'Error' }) }),
});

/** The result that grants a lock; it alone is no JSON text. */
export const lockGranted = 'Lock Acquisition Completed';

export const raised = ({ Name, Input }: EntityEvent, at: Timestamp): EventRaised => ({
  EventType: eventType.eventRaised,
  Name,
  Input,
  ParentTraceContext: null,
  EventId: -1,
  Timestamp: at,
});
