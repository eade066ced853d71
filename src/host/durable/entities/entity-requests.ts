import type { EventSent } from '../history.ts';
import type { Action } from '../orchestrator-answer.ts';
import type { ReplayState } from '../replay-state.ts';
import type { Settle } from '../scheduled-tasks.ts';
import { addMilliseconds, millisecondsBetween, type Timestamp } from '../timestamp.ts';
import { type EntityId, formatEntityId } from './entity-id.ts';
import { type EntityMessage, type EntityRequest, readMessage } from './entity-message.ts';

/** A message that an orchestration sends, before it has its id and the time of its sending. */
export type EntityDraft =
  | {
      readonly kind: 'request';
      readonly request: Omit<EntityRequest, 'id' | 'parent' | 'parentExecution' | 'requestTime'>;
    }
  | { readonly kind: 'release'; readonly lockId: string };

export interface HeldLock {
  readonly entities: readonly EntityId[];
  /** That of its request. */
  readonly id: string;
}

/** What one replay has sent to entities so far. */
export interface EntityRequests {
  /** The lock that was asked for last and not given back. */
  lock: HeldLock | undefined;
  /** When the latest request to each entity was sent. */
  readonly sentAt: Map<string, SendTime>;
}

interface SendTime {
  readonly at: Timestamp;
  readonly text: string;
}

export const createEntityRequests = (): EntityRequests => ({ lock: undefined, sentAt: new Map() });

export type EntityAction = Extract<Action, { kind: 'call-entity' | 'signal-entity' | 'lock' | 'release' }>;

export function startEntityAction(state: ReplayState, action: EntityAction, settle: Settle): void {
  switch (action.kind) {
    case 'call-entity':
      return sendOperation(state, action, settle);
    case 'signal-entity':
      sendOperation(state, action, () => undefined);
      return settle(true);
    case 'lock':
      return sendLock(state, action.entities, settle);
    case 'release':
      releaseLock(state);
      return settle(true);
  }
}

function sendOperation(
  state: ReplayState,
  action: Extract<EntityAction, { kind: 'call-entity' | 'signal-entity' }>,
  settle: Settle,
): void {
  const request = {
    op: action.operation,
    ...(action.kind === 'signal-entity' && { signal: true as const }),
    ...(action.input !== null && { input: action.input }),
    ...(action.kind === 'signal-entity' && action.due !== undefined && { due: action.due }),
    ...nextOrder(state, action.target),
  };
  state.tasks.schedule(
    (id) => ({ kind: 'entity-message', id, target: action.target, draft: { kind: 'request', request } }),
    settle,
  );
}

/** The entities are locked one after the other, always in the same order: that of durable-functions. */
function sendLock(state: ReplayState, entities: readonly EntityId[], settle: Settle): void {
  const [first] = entities;
  if (first === undefined) return settle(true);
  const target = formatEntityId(first);
  const request = { op: null, ...nextOrder(state, target), lockset: entities };
  state.tasks.schedule((id) => ({ kind: 'entity-message', id, target, draft: { kind: 'request', request } }), settle);
  state.entities.lock = { entities, id: '' };
}

function releaseLock({ entities, tasks }: ReplayState): void {
  const { lock } = entities;
  entities.lock = undefined;
  for (const entity of lock?.entities ?? []) {
    const draft = { kind: 'release' as const, lockId: lock?.id ?? '' };
    tasks.schedule(
      (id) => ({ kind: 'entity-message', id, target: formatEntityId(entity), draft }),
      () => undefined,
    );
  }
}

/** Later requests to one entity have later times; one that was moved by a tick for it is no longer marked as UTC (MessageSorter.LabelOutgoingMessage). */
function nextOrder({ entities: { sentAt }, now }: ReplayState, target: string) {
  const last = sentAt.get(target);
  const isLater = last === undefined || millisecondsBetween(last.at, now) > 0;
  const at = isLater ? now : addMilliseconds(last.at, 0.0001);
  const text = isLater ? at : at.replace(/Z$/, '');
  sentAt.set(target, { at, text });
  return { Timestamp: text, Predecessor: last?.text ?? '0001-01-01T00:00:00' };
}

/** The history says under which id a request was sent: the answer comes as an event of this name. */
export function noteSent({ entities, events, tasks }: ReplayState, event: EventSent): void {
  const message = readMessage(event);
  if (message.kind === 'release' || message.request.signal === true) return;
  const { id, op } = message.request;
  if (op === null && entities.lock !== undefined) entities.lock = { ...entities.lock, id };
  events.wait(id, () => tasks.settle(event.EventId, true));
}

/** @param at when it is sent. */
export function sealDraft(
  draft: EntityDraft,
  sender: { readonly instanceId: string; readonly executionId: string },
  newId: () => string,
  at: Timestamp,
): EntityMessage {
  const parent = sender.instanceId;
  if (draft.kind === 'release') return { kind: 'release', release: { parent, id: draft.lockId } };
  const { due, lockset, Timestamp = '', Predecessor = '', ...rest } = draft.request;
  const request = {
    ...rest,
    id: newId(),
    parent,
    parentExecution: sender.executionId,
    ...(due !== undefined && { due }),
    Timestamp,
    Predecessor,
    ...(lockset === undefined ? { requestTime: at.replace(/Z$/, '+00:00') } : { lockset }),
  };
  return { kind: 'request', request };
}
