import type { ServiceBusClient, ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import { resolveSettings } from '../app-settings.ts';
import type { ServiceBusSettings } from '../host-json.ts';
import type { AppFunction, Binding } from '../worker/contract.ts';
import {
  connectToServiceBus,
  resolveServiceBusConnection,
  type ServiceBusConnection,
} from './service-bus-connection.ts';
import { toMessageBody, toMessageMetadata } from './service-bus-message.ts';
import type { RunningTrigger, TriggerContext } from './trigger.ts';

export interface ServiceBusTriggers {
  /** @throws for what this host does not do, and for a setting that is missing or not valid. */
  start(fn: AppFunction, trigger: Binding): Promise<void>;
  stop(): Promise<void>;
}

/** One client a connection, shared by its triggers. */
export function createServiceBusTriggers(settings: ServiceBusSettings, context: TriggerContext): ServiceBusTriggers {
  const clients = new Map<string, Promise<ServiceBusClient>>();
  const running: RunningTrigger[] = [];
  const connect = (connection: ServiceBusConnection) => {
    const key = JSON.stringify(connection);
    const client = clients.get(key) ?? connectToServiceBus(connection);
    clients.set(key, client);
    return client;
  };
  return {
    async start(fn, trigger) {
      if (trigger['isSessionsEnabled'] === true)
        throw new Error('this host does not receive sessions of Service Bus yet.');
      if (trigger['cardinality'] === 'many')
        throw new Error('this host does not receive messages of Service Bus in batches yet.');
      const { env } = context;
      const name = (key: string) => resolveSettings(typeof trigger[key] === 'string' ? trigger[key] : '', env);
      const client = await connect(resolveServiceBusConnection(name('connection'), env));
      const options = {
        receiveMode: 'peekLock',
        // The library would parse it without a trace of whether it was text or JSON.
        skipParsingBodyAsJson: true,
        maxAutoLockRenewalDurationInMs: settings.maxAutoLockRenewalDuration,
      } as const;
      const receiver =
        trigger['topicName'] === undefined
          ? client.createReceiver(name('queueName'), options)
          : client.createReceiver(name('topicName'), name('subscriptionName'), options);
      running.push(receive(fn, trigger, receiver, settings, context));
    },
    async stop() {
      await Promise.all(running.map((trigger) => trigger.stop()));
      for (const client of clients.values()) await (await client).close();
    },
  };
}

function receive(
  fn: AppFunction,
  trigger: Binding,
  receiver: ServiceBusReceiver,
  { maxConcurrentCalls, autoCompleteMessages }: ServiceBusSettings,
  { invoke, newId, log }: TriggerContext,
): RunningTrigger {
  const underWay = new Set<Promise<void>>();
  const complete =
    typeof trigger['autoCompleteMessages'] === 'boolean' ? trigger['autoCompleteMessages'] : autoCompleteMessages;
  const succeeds = async (message: ServiceBusReceivedMessage) => {
    try {
      const result = await invoke({
        functionName: fn.name,
        invocationId: newId(),
        inputs: new Map([[trigger.name, toMessageBody(message.body, trigger['dataType'])]]),
        triggerMetadata: toMessageMetadata(message),
      });
      return result.ok;
    } catch (error) {
      log('error', `Function.${fn.name}`, (error as Error).message);
      return false;
    }
  };
  const settle = async (message: ServiceBusReceivedMessage) => {
    if (!(await succeeds(message))) await receiver.abandonMessage(message);
    else if (complete) await receiver.completeMessage(message);
  };
  let lastTrouble: string | undefined;
  const processMessage = async (message: ServiceBusReceivedMessage) => {
    lastTrouble = undefined;
    const settled = settle(message);
    underWay.add(settled);
    await settled.finally(() => underWay.delete(settled));
  };
  const subscription = receiver.subscribe(
    {
      processMessage,
      async processError({ error, errorSource }) {
        const trouble = `Service Bus (${errorSource}): ${error.message}`;
        // Of a connection that is lost, the library tells at every attempt to mend it.
        log(trouble === lastTrouble ? 'debug' : 'warning', `Function.${fn.name}`, trouble);
        lastTrouble = trouble;
      },
    },
    { autoCompleteMessages: false, maxConcurrentCalls },
  );
  return {
    async stop() {
      await subscription.close();
      await Promise.allSettled(underWay);
      await receiver.close();
    },
  };
}
