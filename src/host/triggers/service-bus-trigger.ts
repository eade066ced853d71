import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import { readSetting } from '../bindings/read-setting.ts';
import type { ServiceBusSettings } from '../host-json.ts';
import type { AppFunction, Binding } from '../worker/contract.ts';
import { receiveSessions } from './service-bus-sessions.ts';
import { openServiceBusSource } from './service-bus-source.ts';
import { createServiceBusWork, type ServiceBusWork } from './service-bus-work.ts';
import type { RunningTrigger, ServiceTriggerContext } from './trigger.ts';

/** @throws for a setting that is missing or not valid. */
export async function startServiceBusTrigger(
  fn: AppFunction,
  trigger: Binding,
  settings: ServiceBusSettings,
  context: ServiceTriggerContext,
): Promise<RunningTrigger> {
  const client = await context.clients.serviceBus(readSetting(trigger, 'connection', context.env));
  const source = openServiceBusSource(client, trigger, settings, context.env);
  const work = createServiceBusWork(fn, trigger, settings, context);
  if (trigger['isSessionsEnabled'] === true) return receiveSessions(source, work, settings);
  return work.isBatched
    ? receiveBatches(source.receiver(), work, settings)
    : receiveOneByOne(source.receiver(), work, settings);
}

function receiveOneByOne(
  receiver: ServiceBusReceiver,
  work: ServiceBusWork,
  { maxConcurrentCalls }: ServiceBusSettings,
): RunningTrigger {
  const underWay = new Set<Promise<void>>();
  const processMessage = async (message: ServiceBusReceivedMessage) => {
    const settled = work.run([message], receiver);
    underWay.add(settled);
    await settled.finally(() => underWay.delete(settled));
  };
  const subscription = receiver.subscribe(
    { processMessage, processError: async ({ error }) => work.report(error) },
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

/** Longest wait for a batch, and so for the end of waiting. */
const batchWaitMs = 60_000;
const pauseAfterTroubleMs = 1_000;

/** Batches of one function run one after the other, each with what has come by then. */
function receiveBatches(
  receiver: ServiceBusReceiver,
  work: ServiceBusWork,
  { minMessageBatchSize, maxMessageBatchSize, maxBatchWaitTime }: ServiceBusSettings,
): RunningTrigger {
  const stopping = new AbortController();
  const { signal } = stopping;
  const receive = async () => {
    const options = { maxWaitTimeInMs: batchWaitMs, abortSignal: signal };
    const messages = await receiver.receiveMessages(maxMessageBatchSize, options);
    const room = maxMessageBatchSize - messages.length;
    if (messages.length === 0 || messages.length >= minMessageBatchSize) return messages;
    return [...messages, ...(await receiver.receiveMessages(room, { ...options, maxWaitTimeInMs: maxBatchWaitTime }))];
  };
  const run = async () => {
    while (!signal.aborted) {
      try {
        const messages = await receive();
        if (messages.length > 0) await work.run(messages, receiver);
      } catch (error) {
        if (signal.aborted) return;
        work.report(error as Error);
        await new Promise((wake) => setTimeout(wake, pauseAfterTroubleMs));
      }
    }
  };
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
      await receiver.close();
    },
  };
}
