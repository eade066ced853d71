import type { EventContext, Receiver } from 'rhea';
import { BrokerError } from '../broker-error.ts';
import type { NewMessage } from '../message.ts';
import { toAmqpError } from './amqp-error.ts';
import { batchFormat, decodeBatch, toNewMessage } from './message-codec.ts';
import type { FrontPorts } from './peer.ts';

function readMessages({ delivery, message }: EventContext, newId: () => string): NewMessage[] {
  const payload: unknown = message;
  if (delivery?.format === batchFormat && Buffer.isBuffer(payload)) return decodeBatch(payload, newId);
  if (delivery?.format === 0 && message !== undefined) return [toNewMessage(message, newId)];
  throw new BrokerError('not-implemented', `The message format ${delivery?.format} is not supported.`);
}

function checkSize(messages: readonly NewMessage[], limit: number): void {
  const size = messages.reduce((sum, { content }) => sum + content.length, 0);
  if (size > limit) {
    throw new BrokerError('message-too-large', `The message has ${size} bytes, more than the ${limit} allowed.`);
  }
}

/** Takes in what a client sends. A transfer is accepted once its messages are on disk. */
export function openProducerLink({ broker, newId, maxMessageSize }: FrontPorts, link: Receiver, entity: string): void {
  link.on('message', (context: EventContext) => {
    const { delivery } = context;
    try {
      const messages = readMessages(context, newId);
      checkSize(messages, maxMessageSize);
      broker.send(entity, messages);
    } catch (error) {
      delivery?.reject(toAmqpError(error));
      return;
    }
    broker.committed().then(
      () => delivery?.accept(),
      (error: unknown) => delivery?.reject(toAmqpError(error)),
    );
  });
}
