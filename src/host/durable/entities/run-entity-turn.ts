import { type EngineContext, type OutgoingWork, nothing } from '../context.ts';
import { type EventRaised, isTerminal } from '../history.ts';
import { insertMessage } from '../instance-rows.ts';
import type { Message } from '../store.ts';
import { type EntityAnswer, failedEntityAnswer, readEntityAnswer, renderEntityBody } from './entity-call.ts';
import { type EntityId, formatEntityId, parseEntityId } from './entity-id.ts';
import {
  type EntityEvent,
  type EntityRequest,
  lockGranted,
  raised,
  readMessage,
  renderResponse,
} from './entity-message.ts';
import { type EntityState, readEntityState, renderEntityState, renderEntityStatus } from './entity-state.ts';
import { type EntityTurn, computeEntityTurn } from './entity-turn.ts';
import { sendEntityMessage } from './send-entity-message.ts';

/**
 * Takes up what an entity has been sent: one call of its function, after which the new state, the answers and the signals are written
 * and the messages removed in one transaction, so that an operation counts once though a crash may repeat the call. Messages that
 * have to wait for a lock stay where they are.
 *
 * Rejects when the worker is gone; then nothing has happened.
 */
export async function runEntityTurn(context: EngineContext, instanceId: string): Promise<OutgoingWork> {
  const { commits, store } = context;
  const self = parseEntityId(instanceId);
  if (self === undefined) return nothing;
  const before = readEntityState(store.findInstance(instanceId)?.input);
  const messages = store.readMessagesOf(instanceId);
  const turn = computeEntityTurn(
    before.lockedBy,
    messages.map(({ event }) => readMessage(event as EventRaised)),
    context.settings.maxEntityOperationBatchSize,
    (request) => isAlive(context, request),
  );
  if (turn.consumed.size === 0) return nothing;
  const answer =
    turn.operations.length === 0 ? { ...before, results: [], signals: [] } : await call(context, self, before, turn);
  return commits.write(() => {
    for (const { id } of messages.filter((_, place) => turn.consumed.has(place))) store.deleteMessage(id);
    const { exists, state } = answer;
    writeState(context, instanceId, { exists, state, lockedBy: turn.lockedBy });
    const sent = [
      ...turn.operations.flatMap((request, index) => respond(context, request, answer.results[index])),
      ...answer.signals.map((signal) => sendSignal(context, instanceId, signal)),
      ...turn.granted.flatMap((request) => grant(context, request)),
    ];
    return { ...nothing, messages: turn.hasMore ? [...sent, ...store.readMessagesOf(instanceId)] : sent };
  });
}

async function call(
  context: EngineContext,
  self: EntityId,
  before: EntityState,
  { operations }: EntityTurn,
): Promise<EntityAnswer> {
  const { commits, functions, invoke, newId } = context;
  const entity = functions.findEntity(self.name);
  if (entity === undefined)
    return failedEntityAnswer(before, operations, functions.describeMissing('entity', self.name));
  // An operation may reach outside, so what asks for it must not be lost.
  await commits.committed();
  const inputs = entity.inputs({ string: renderEntityBody(self, before, operations) });
  const result = await invoke({ functionName: entity.name, invocationId: newId(), inputs });
  return readEntityAnswer(before, operations, result);
}

function isAlive({ store }: EngineContext, { parent, parentExecution }: EntityRequest): boolean {
  const row = parent === null ? undefined : store.findInstance(parent);
  return row !== undefined && row.executionId === parentExecution && !isTerminal(row.runtimeStatus);
}

/** On the real engine each turn is an execution of its own. */
function writeState({ newId, stamp, store }: EngineContext, id: string, state: EntityState): void {
  const at = stamp();
  store.writeEntity({
    id,
    executionId: newId().replaceAll('-', ''),
    input: renderEntityState(state),
    customStatus: renderEntityStatus(state),
    at,
  });
}

function respond(
  context: EngineContext,
  request: EntityRequest,
  outcome: EntityAnswer['results'][number] | undefined,
): readonly Message[] {
  if (request.signal === true) return [];
  return answer(context, request, renderResponse(request.id, outcome?.result ?? null, outcome?.isError ?? false));
}

function answer(
  context: EngineContext,
  { parent, parentExecution }: EntityRequest,
  response: EntityEvent,
): readonly Message[] {
  if (parent === null) return [];
  const event = raised(response, context.stamp());
  return [insertMessage(context, { instanceId: parent, executionId: parentExecution, event })];
}

/** The real engine keeps the case of the target's name here, and then the signal reaches a second entity that nobody can see. */
function sendSignal(
  context: EngineContext,
  parent: string,
  { target, name, input }: EntityAnswer['signals'][number],
): Message {
  const id = context.newId();
  const content = {
    op: name,
    signal: true as const,
    ...(input !== '' && { input }),
    id,
    parent,
    parentExecution: null,
  };
  return sendEntityMessage(context, formatEntityId(target), { kind: 'request', request: content });
}

/** The request goes on to the next entity of its set; the last one answers. */
function grant(context: EngineContext, request: EntityRequest): readonly Message[] {
  const pos = (request.pos ?? 0) + 1;
  const next = request.lockset?.[pos];
  if (next !== undefined) {
    return [sendEntityMessage(context, formatEntityId(next), { kind: 'request', request: { ...request, pos } })];
  }
  return answer(context, request, renderResponse(request.id, lockGranted, false));
}
