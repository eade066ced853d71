import { isUtf8 } from 'node:buffer';
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import type { TypedData } from '../worker/contract.ts';

/** Text arrives as text (the app's library parses what is JSON); what is no text, or wanted as `binary`, as bytes. */
export function toMessageBody(body: unknown, dataType: unknown): TypedData {
  if (body === undefined || body === null) return { string: '' };
  if (body instanceof Uint8Array) {
    return dataType === 'binary' || !isUtf8(body) ? { bytes: body } : { string: Buffer.from(body).toString('utf8') };
  }
  return typeof body === 'string' ? { string: body } : { json: JSON.stringify(body) };
}

function toTypedData(value: unknown): TypedData {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return { string: value };
  if (typeof value === 'number' && Number.isInteger(value)) return { int: value };
  return { json: JSON.stringify(value) };
}

/** The binding data of a message, by the names of the Service Bus extension; the library makes them camel case. */
export function toMessageMetadata(message: ServiceBusReceivedMessage): Map<string, TypedData> {
  const { applicationProperties = {}, subject, expiresAtUtc, enqueuedTimeUtc } = message;
  const values = {
    MessageId: message.messageId,
    CorrelationId: message.correlationId,
    SessionId: message.sessionId,
    ReplyToSessionId: message.replyToSessionId,
    PartitionKey: message.partitionKey,
    ContentType: message.contentType,
    Subject: subject,
    Label: subject,
    To: message.to,
    ReplyTo: message.replyTo,
    ApplicationProperties: applicationProperties,
    UserProperties: applicationProperties,
    DeliveryCount: (message.deliveryCount ?? 0) + 1,
    // Beyond 2^53 it is not exact, as in every JavaScript worker.
    SequenceNumber: Number(message.sequenceNumber?.toString()),
    EnqueuedSequenceNumber: message.enqueuedSequenceNumber,
    EnqueuedTime: enqueuedTimeUtc,
    EnqueuedTimeUtc: enqueuedTimeUtc,
    ExpiresAt: expiresAtUtc,
    ExpiresAtUtc: expiresAtUtc,
    LockedUntil: message.lockedUntilUtc,
    LockToken: message.lockToken,
    DeadLetterSource: message.deadLetterSource,
    DeadLetterReason: message.deadLetterReason,
    DeadLetterErrorDescription: message.deadLetterErrorDescription,
  };
  const typed = Object.entries(values).map(([name, value]): [string, TypedData] => [name, toTypedData(value)]);
  return new Map(typed.filter(([, value]) => value !== undefined));
}
