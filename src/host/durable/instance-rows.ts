import type { EngineContext } from './context.ts';
import { type ParentInstance, executionStarted, isTerminal } from './history.ts';
import type { Message } from './store.ts';

export interface NewInstance {
  readonly id: string;
  readonly executionId: string;
  readonly name: string;
  readonly version: string | null;
  readonly input: string | null;
  readonly parent: ParentInstance | null;
  readonly generation: number | null;
}

/** Writes a Pending instance with the message that will start it, in the place of an earlier instance of the same id. */
export function insertInstance(context: EngineContext, instance: NewInstance): Message {
  const { store, stamp } = context;
  deleteInstance(context, instance.id);
  const at = stamp();
  store.insertInstance({ ...instance, createdAt: at });
  return insertMessage(context, {
    instanceId: instance.id,
    executionId: instance.executionId,
    event: executionStarted({ ...instance, instanceId: instance.id, at }),
  });
}

/** Takes away an instance with all that belongs to it; its activities that run are not stopped, their results are void. */
export function deleteInstance({ store, instances }: EngineContext, id: string): boolean {
  const row = store.findInstance(id);
  if (row === undefined) return false;
  instances.forget(id);
  store.deleteHistory(row.key);
  store.deleteMessagesOf(id);
  store.deleteTimersOf(id);
  store.deleteInstance(id);
  return true;
}

export function insertMessage({ store, nextWorkId }: EngineContext, message: Omit<Message, 'id'>): Message {
  const numbered = { id: nextWorkId(), ...message };
  store.insertMessage(numbered);
  return numbered;
}

export function isRunning({ store }: EngineContext, id: string): boolean {
  const row = store.findInstance(id);
  return row !== undefined && !isTerminal(row.runtimeStatus);
}
