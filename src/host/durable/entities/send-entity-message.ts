import type { EngineContext } from '../context.ts';
import { insertMessage } from '../instance-rows.ts';
import type { Message, TimerRow } from '../store.ts';
import { type Timestamp, dueMilliseconds } from '../timestamp.ts';
import { type EntityMessage, raised, renderMessage } from './entity-message.ts';

/** @param instanceId of the entity. */
export const sendEntityMessage = (context: EngineContext, instanceId: string, message: EntityMessage): Message =>
  insertMessage(context, { instanceId, executionId: null, event: raised(renderMessage(message), context.stamp()) });

/** The message is there when it is due. */
export function scheduleEntityMessage(
  { nextWorkId, stamp, store }: EngineContext,
  instanceId: string,
  message: EntityMessage,
  due: Timestamp,
): TimerRow {
  const event = raised(renderMessage(message), stamp());
  const timer = { id: nextWorkId(), instanceId, executionId: null, dueAt: dueMilliseconds(due), event };
  store.insertTimer(timer);
  return timer;
}
