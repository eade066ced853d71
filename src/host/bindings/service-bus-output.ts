import type { ServiceBusMessage } from '@azure/service-bus';
import type { WriteOutput } from './binding-call.ts';
import { valueOf } from './typed-value.ts';

function toMessage(value: unknown): ServiceBusMessage {
  if (value instanceof Uint8Array) return { body: Buffer.from(value), contentType: 'application/octet-stream' };
  return typeof value === 'string'
    ? { body: Buffer.from(value), contentType: 'text/plain' }
    : { body: Buffer.from(JSON.stringify(value)), contentType: 'application/json' };
}

/** Sends a message, or one for each element of an array, in order. */
export const sendToServiceBus: WriteOutput = async ({ binding, clients, text }, data) => {
  const value = valueOf(data);
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (values.length === 0) return;
  const client = await clients.serviceBus(text('connection'));
  const sender = client.createSender(text(binding['topicName'] === undefined ? 'queueName' : 'topicName'));
  try {
    await sender.sendMessages(values.map(toMessage));
  } finally {
    await sender.close();
  }
};
