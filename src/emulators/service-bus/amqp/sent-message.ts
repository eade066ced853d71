import type { ServiceBusMessage } from '@azure/service-bus';
import rhea from 'rhea';
import type { Message } from 'rhea';

/** As the SDK does it: bytes go as they are, everything else as JSON. */
const encodeBody = (body: unknown): Buffer =>
  body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(JSON.stringify(body ?? null));

/** The AMQP form of a message given in the SDK's form. */
export function toAmqpMessage(message: ServiceBusMessage): Message {
  const { scheduledEnqueueTimeUtc, partitionKey } = message;
  return {
    body: rhea.message.data_section(encodeBody(message.body)) as unknown,
    message_id: message.messageId,
    correlation_id: message.correlationId,
    content_type: message.contentType,
    group_id: message.sessionId,
    reply_to_group_id: message.replyToSessionId,
    reply_to: message.replyTo,
    to: message.to,
    subject: message.subject,
    ttl: message.timeToLive,
    application_properties: message.applicationProperties,
    message_annotations: {
      ...(partitionKey !== undefined && { 'x-opt-partition-key': partitionKey }),
      ...(scheduledEnqueueTimeUtc && { 'x-opt-scheduled-enqueue-time': scheduledEnqueueTimeUtc }),
    },
  } as Message;
}
