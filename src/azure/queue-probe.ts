import type { ServiceBusClient } from '@azure/service-bus';

/** Answers when the queue can be reached; it takes nothing from it. */
export function createQueueProbe(client: ServiceBusClient, queue: string): () => Promise<void> {
  const receiver = client.createReceiver(queue);
  return async () => void (await receiver.peekMessages(1));
}
