import rhea from 'rhea';
import type { Message } from 'rhea';
import { BrokerError } from '../broker-error.ts';
import type { Envelope, NewMessage } from '../message.ts';
import type { Phase, StoredMessage } from '../store/message-log.ts';
import type { Delivery } from '../store/queue.ts';

/** Format of a transfer that carries several messages, each encoded in a data section of its own. */
export const batchFormat = 0x80013700;

const scheduledEnqueueTime = 'x-opt-scheduled-enqueue-time';
const phases: Record<Phase, number> = { active: 0, deferred: 1, scheduled: 2 };
const maxUint = 2 ** 32 - 1;

const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const decode = (content: Uint8Array): Message => ({ body: undefined, ...rhea.message.decode(asBuffer(content)) });

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** Message ids may be strings, numbers or UUIDs; for the broker they are texts. */
const idText = (id: string | number | Buffer | undefined) =>
  Buffer.isBuffer(id) ? id.toString('hex') : id?.toString();

function toEnvelope(message: Message): Envelope {
  const scheduledFor: unknown = message.message_annotations?.[scheduledEnqueueTime];
  return {
    messageId: idText(message.message_id) ?? '',
    correlationId: idText(message.correlation_id),
    to: text(message.to),
    replyTo: text(message.reply_to),
    subject: text(message.subject),
    sessionId: text(message.group_id),
    replyToSessionId: text(message.reply_to_group_id),
    contentType: text(message.content_type),
    applicationProperties: message.application_properties ?? {},
    timeToLive: message.ttl ?? Infinity,
    scheduledFor: scheduledFor instanceof Date ? scheduledFor.getTime() : undefined,
  };
}

export const readEnvelope = (content: Uint8Array): Envelope => toEnvelope(decode(content));

/** Every message gets an id, as the service gives it. */
export function toNewMessage(received: Message, newId: () => string): NewMessage {
  const message = received.message_id === undefined ? { ...received, message_id: newId() } : received;
  return { envelope: toEnvelope(message), content: rhea.message.encode(message) };
}

/** @throws BrokerError `bad-argument` for bytes that are no AMQP message. */
export function decodeNewMessage(content: Buffer, newId: () => string): NewMessage {
  try {
    return toNewMessage(decode(content), newId);
  } catch (error) {
    throw new BrokerError('bad-argument', `The message cannot be decoded: ${String(error)}`);
  }
}

/** The messages of a transfer in `batchFormat`. */
export function decodeBatch(payload: Buffer, newId: () => string): NewMessage[] {
  const body = decode(payload).body as { content?: unknown } | undefined;
  const parts: unknown[] = [body?.content].flat();
  return parts.map((part) => {
    if (!Buffer.isBuffer(part))
      throw new BrokerError('bad-argument', 'A batch must hold its messages in data sections.');
    return decodeNewMessage(part, newId);
  });
}

function toAnnotations(message: StoredMessage, lockedUntil: number | undefined): Record<string, unknown> {
  const { types } = rhea;
  const { sequenceNumber, enqueuedSequenceNumber, enqueuedAt, phase } = message;
  return {
    'x-opt-sequence-number': types.wrap_long(sequenceNumber),
    'x-opt-enqueued-time': types.wrap_timestamp(enqueuedAt),
    'x-opt-message-state': types.wrap_int(phases[phase]),
    ...(enqueuedSequenceNumber !== undefined && {
      'x-opt-enqueue-sequence-number': types.wrap_long(enqueuedSequenceNumber),
    }),
    ...(lockedUntil !== undefined && { 'x-opt-locked-until': types.wrap_timestamp(lockedUntil) }),
  };
}

/** The message as a receiver gets it. */
export function encodeDelivery({ message, content, lock }: Delivery): Buffer {
  const sent = decode(content);
  const lifetime = message.expiresAt - message.enqueuedAt;
  return rhea.message.encode({
    ...sent,
    ...(Number.isFinite(lifetime) && { ttl: Math.min(lifetime, maxUint) }),
    delivery_count: message.deliveryCount,
    message_annotations: { ...sent.message_annotations, ...toAnnotations(message, lock?.until) },
    application_properties: { ...sent.application_properties, ...message.properties },
  });
}
