import type { ServiceBusClient, ServiceBusReceiver, ServiceBusSessionReceiver } from '@azure/service-bus';
import type { AppSettings } from '../app-settings.ts';
import { readSetting } from '../bindings/read-setting.ts';
import type { ServiceBusSettings } from '../host-json.ts';
import type { Binding } from '../worker/contract.ts';

/** Where a Service Bus trigger gets its messages. */
export interface ServiceBusSource {
  receiver(): ServiceBusReceiver;
  /** Waits for a session with messages; rejects with code ServiceTimeout where none comes in time. */
  nextSession(signal: AbortSignal): Promise<ServiceBusSessionReceiver>;
}

/** @throws for a setting that is missing. */
export function openServiceBusSource(
  client: ServiceBusClient,
  trigger: Binding,
  { maxAutoLockRenewalDuration }: ServiceBusSettings,
  env: AppSettings,
): ServiceBusSource {
  const options = {
    receiveMode: 'peekLock',
    // The library would parse it without a trace of whether it was text or JSON.
    skipParsingBodyAsJson: true,
    maxAutoLockRenewalDurationInMs: maxAutoLockRenewalDuration,
  } as const;
  const read = (name: string) => readSetting(trigger, name, env);
  if (trigger['topicName'] === undefined) {
    const queue = read('queueName');
    return {
      receiver: () => client.createReceiver(queue, options),
      nextSession: (abortSignal) => client.acceptNextSession(queue, { ...options, abortSignal }),
    };
  }
  const topic = read('topicName');
  const subscription = read('subscriptionName');
  return {
    receiver: () => client.createReceiver(topic, subscription, options),
    nextSession: (abortSignal) => client.acceptNextSession(topic, subscription, { ...options, abortSignal }),
  };
}
