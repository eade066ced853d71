import type { EventContext, Receiver } from 'rhea';
import { BrokerError } from '../broker-error.ts';
import { checkSize, type NewMessage } from '../message.ts';
import { toAmqpError } from './amqp-error.ts';
import { batchFormat, decodeBatch, toNewMessage } from './message-codec.ts';
import type { FrontPorts } from './peer.ts';

function readMessages({ newId, maxMessageSize }: FrontPorts, { delivery, message }: EventContext): NewMessage[] {
  const payload: unknown = message;
  if (delivery?.format === batchFormat && Buffer.isBuffer(payload)) {
    checkSize(payload.length, maxMessageSize);
    return decodeBatch(payload, newId);
  }
  if (delivery?.format === 0 && message !== undefined) return [toNewMessage(message, newId)];
  throw new BrokerError('not-implemented', `The message format ${delivery?.format} is not supported.`);
}

/** Takes in what a client sends. A transfer is accepted once its messages are on disk. */
export function openProducerLink(ports: FrontPorts, link: Receiver, entity: string): void {
  const { broker } = ports;
  link.on('message', (context: EventContext) => {
    const { delivery } = context;
    try {
      broker.send(entity, readMessages(ports, context));
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
