import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import type { ServiceBusSettings } from '../host-json.ts';
import type { AppFunction, Binding } from '../worker/contract.ts';
import { toBatchBody, toBatchMetadata } from './service-bus-batch.ts';
import { toMessageBody, toMessageMetadata } from './service-bus-message.ts';
import type { TriggerContext } from './trigger.ts';

/** What is done with messages, however they are received. */
export interface ServiceBusWork {
  readonly isBatched: boolean;
  /** Calls the function with a message, or with all of them, and settles them by the outcome. */
  run(messages: readonly ServiceBusReceivedMessage[], receiver: ServiceBusReceiver): Promise<void>;
  /** Tells of trouble, of the same only once. */
  report(error: Error): void;
}

/** A function of Node.js cannot settle messages itself: without auto-completion, what succeeded keeps its lock until it expires. */
export function createServiceBusWork(
  fn: AppFunction,
  trigger: Binding,
  { autoCompleteMessages }: ServiceBusSettings,
  { invoke, newId, log }: TriggerContext,
): ServiceBusWork {
  const { autoCompleteMessages: own, dataType } = trigger;
  const completes = typeof own === 'boolean' ? own : autoCompleteMessages;
  const isBatched = trigger['cardinality'] === 'many';
  let lastTrouble: string | undefined;
  const call = async (messages: readonly ServiceBusReceivedMessage[]): Promise<boolean> => {
    const [first] = messages;
    const input = isBatched ? toBatchBody(messages, dataType) : toMessageBody(first?.body, dataType);
    try {
      const result = await invoke({
        functionName: fn.name,
        invocationId: newId(),
        inputs: new Map([[trigger.name, input]]),
        triggerMetadata: isBatched || !first ? toBatchMetadata(messages) : toMessageMetadata(first),
      });
      return result.ok;
    } catch (error) {
      log('error', `Function.${fn.name}`, (error as Error).message);
      return false;
    }
  };
  return {
    isBatched,
    async run(messages, receiver) {
      lastTrouble = undefined;
      const succeeded = await call(messages);
      if (succeeded && !completes) return;
      const settle = (message: ServiceBusReceivedMessage) =>
        succeeded ? receiver.completeMessage(message) : receiver.abandonMessage(message);
      await Promise.all(messages.map(settle));
    },
    report(error) {
      // Of a connection that is lost, the library tells at every attempt to mend it.
      log(error.message === lastTrouble ? 'debug' : 'warning', `Function.${fn.name}`, `Service Bus: ${error.message}`);
      lastTrouble = error.message;
    },
  };
}
