import type { ServiceBusClient } from '@azure/service-bus';

export interface RejectedMessage {
  readonly body: unknown;
  readonly messageId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly correlationId?: string | undefined;
  /** In a word that programs can rely on. */
  readonly reason: string;
  /** What is wrong with it, for people. */
  readonly description: string;
}

export interface RejectedMessages {
  /** Resolves once the broker has it. */
  keep(message: RejectedMessage): Promise<void>;
}

/**
 * Where messages go that no delivery would make better. A function of Node.js can only give a message back, until the queue
 * dead-letters it without a reason; so these go to a queue of their own, with the properties that the service itself would set.
 */
export function createRejectedMessages(client: ServiceBusClient, source: string, queue: string): RejectedMessages {
  const sender = client.createSender(queue);
  return {
    keep: ({ body, messageId, sessionId, correlationId, reason, description }) =>
      sender.sendMessages({
        body,
        ...(messageId !== undefined && { messageId }),
        ...(correlationId !== undefined && { correlationId }),
        applicationProperties: {
          DeadLetterReason: reason,
          DeadLetterErrorDescription: description.slice(0, longestDescription),
          DeadLetterSource: source,
          ...(sessionId !== undefined && { SessionId: sessionId }),
        },
      }),
  };
}

/** The service takes no more for its own. */
const longestDescription = 4_096;
