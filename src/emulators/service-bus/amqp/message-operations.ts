import rhea from 'rhea';
import { BrokerError } from '../broker-error.ts';
import type { AddedProperties, NewMessage } from '../message.ts';
import { peek, renewLock, settle, takeDeferred, type Delivery, type Outcome } from '../store/queue.ts';
import { findSessionLock } from '../store/session-lock.ts';
import { decodeNewMessage, encodeDelivery } from './message-codec.ts';
import type { Reply } from './request-link.ts';
import {
  readBuffers,
  readMap,
  readNumber,
  readNumbers,
  readOptionalText,
  readText,
  type Body,
  type ManagementRequest,
  type Operation,
} from './request-fields.ts';

const { types } = rhea;

/** AMQP type codes (1.0, 1.6) of the array elements below. */
const typeCode = { long: 0x81, timestamp: 0x83 } as const;

/** Value of `receiver-settle-mode` with which deferred messages are deleted on delivery. */
const settledMode = 0;

const readLockTokens = (body: Body) => readBuffers(body, 'lock-tokens').map((token) => rhea.uuid_to_string(token));

function renewLocks({ peer, entity, body }: ManagementRequest): Reply {
  const queue = peer.ports.broker.queue(entity);
  const expirations = readLockTokens(body).map((token) => renewLock(queue, token));
  return { status: 200, body: { expirations: types.wrap_array(expirations, typeCode.timestamp, undefined) } };
}

const toEntry = (delivery: Delivery) => ({
  message: encodeDelivery(delivery),
  ...(delivery.lock && { 'lock-token': types.wrap_uuid(rhea.string_to_uuid(delivery.lock.token)) }),
});

function peekMessages({ peer, entity, body }: ManagementRequest): Reply {
  const queue = peer.ports.broker.queue(entity);
  const [from, count] = [readNumber(body, 'from-sequence-number'), readNumber(body, 'message-count')];
  const found = peek(queue, from, count, readOptionalText(body, 'session-id'));
  if (found.length === 0) return { status: 204, description: 'No messages' };
  return { status: 200, body: { messages: found.map(toEntry) } };
}

function readScheduled(body: Body, newId: () => string): NewMessage[] {
  const entries: unknown = body['messages'];
  if (!Array.isArray(entries)) throw new BrokerError('bad-argument', 'messages must be a list.');
  return entries.map((entry: unknown) => {
    const content = (entry as Body | null)?.['message'];
    if (!Buffer.isBuffer(content))
      throw new BrokerError('bad-argument', 'messages[].message must be an encoded message.');
    return decodeNewMessage(content, newId);
  });
}

function scheduleMessages({ peer, entity, body }: ManagementRequest): Reply {
  const { broker, newId } = peer.ports;
  const numbers = broker.schedule(entity, readScheduled(body, newId));
  return { status: 200, body: { 'sequence-numbers': types.wrap_array(numbers, typeCode.long, undefined) } };
}

function cancelScheduled({ peer, entity, body }: ManagementRequest): Reply {
  peer.ports.broker.cancelScheduled(entity, readNumbers(body, 'sequence-numbers'));
  return { status: 200 };
}

function receiveDeferred({ peer, entity, body }: ManagementRequest): Reply {
  const queue = peer.ports.broker.queue(entity);
  const sessionId = readOptionalText(body, 'session-id');
  const mode = readNumber(body, 'receiver-settle-mode', 1) === settledMode ? 'receive-and-delete' : 'peek-lock';
  const session =
    queue.settings.requiresSession && sessionId !== undefined ? findSessionLock(queue, sessionId, peer) : undefined;
  const messages = takeDeferred(queue, readNumbers(body, 'sequence-numbers'), peer, mode, session);
  return { status: 200, body: { messages: messages.map(toEntry) } };
}

function readOutcome(body: Body): Outcome {
  const properties = readMap(body, 'properties-to-modify');
  const reason = readOptionalText(body, 'deadletter-reason');
  const description = readOptionalText(body, 'deadletter-description');
  const deadLetterProperties: AddedProperties = {
    ...properties,
    ...(reason !== undefined && { DeadLetterReason: reason }),
    ...(description !== undefined && { DeadLetterErrorDescription: description }),
  };
  const status = readText(body, 'disposition-status');
  switch (status) {
    case 'completed':
      return { kind: 'complete' };
    case 'abandoned':
      return { kind: 'abandon', properties };
    case 'defered': // As the protocol spells it.
      return { kind: 'defer', properties };
    case 'suspended':
      return { kind: 'dead-letter', properties: deadLetterProperties };
    default:
      throw new BrokerError(
        'bad-argument',
        `disposition-status must be completed, abandoned, defered or suspended, got ${status}.`,
      );
  }
}

function updateDisposition({ peer, entity, body }: ManagementRequest): Reply {
  const queue = peer.ports.broker.queue(entity);
  const outcome = readOutcome(body);
  for (const token of readLockTokens(body)) settle(queue, token, outcome);
  return { status: 200 };
}

export const messageOperations: Readonly<Record<string, Operation>> = {
  'com.microsoft:renew-lock': renewLocks,
  'com.microsoft:peek-message': peekMessages,
  'com.microsoft:schedule-message': scheduleMessages,
  'com.microsoft:cancel-scheduled-message': cancelScheduled,
  'com.microsoft:receive-by-sequence-number': receiveDeferred,
  'com.microsoft:update-disposition': updateDisposition,
};
