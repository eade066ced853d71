import type { ServiceBusClient } from '@azure/service-bus';
import type { DocumentEvent } from '../documents/document-event.ts';

export const documentTopic = 'document-events';

export interface DocumentEvents {
  /** Resolves once the broker has them. */
  publish(events: readonly DocumentEvent[]): Promise<void>;
}

export function createDocumentEvents(client: ServiceBusClient): DocumentEvents {
  const sender = client.createSender(documentTopic);
  return {
    publish: (events) =>
      sender.sendMessages(
        events.map((event) => ({
          body: event,
          contentType: 'application/json',
          messageId: event.id,
          subject: event.type,
          correlationId: event.correlationId,
          applicationProperties: { type: event.type, subject: event.subject },
        })),
      ),
  };
}
