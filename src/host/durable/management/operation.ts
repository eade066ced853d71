import type { EngineContext } from '../context.ts';
import type { InstanceRow, Message } from '../store.ts';
import type { ManagementRequest, ManagementResponse } from './message.ts';

/** What a management operation works with. */
export interface ManagementContext extends EngineContext {
  /** Hands over messages that have been written. */
  readonly deliver: (messages: readonly Message[]) => void;
}

export type ManagementAnswer = ManagementResponse | Promise<ManagementResponse>;

export type InstanceOperation = (
  context: ManagementContext,
  request: ManagementRequest,
  instance: InstanceRow,
) => ManagementAnswer;
