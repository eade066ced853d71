import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ServiceBusClient,
  type ServiceBusClientOptions,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from '@azure/service-bus';
import { onTestFinished } from 'vitest';
import {
  startServiceBusEmulator,
  type EntitiesConfig,
  type ServiceBusEmulator,
  type ServiceBusEmulatorOptions,
} from '../../../src/emulators/service-bus/index.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

/** A file in a folder of its own, removed after the test. */
export async function temporaryFile(name = 'messages.db'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'service-bus-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, name);
}

export interface Fixture {
  readonly emulator: ServiceBusEmulator;
  readonly client: ServiceBusClient;
}

export function connect(connectionString: string, options: ServiceBusClientOptions = {}): ServiceBusClient {
  const client = new ServiceBusClient(connectionString, {
    retryOptions: { maxRetries: 0, timeoutInMs: 10_000 },
    ...options,
  });
  onTestFinished(() => client.close());
  return client;
}

/** An emulator for one test, with a client of the real SDK. */
export async function start(
  entities: EntitiesConfig,
  options: Partial<ServiceBusEmulatorOptions> = {},
): Promise<Fixture> {
  const emulator = await startServiceBusEmulator({ databaseFile: ':memory:', port: 0, entities, ...options });
  onTestFinished(() => emulator.close());
  return { emulator, client: connect(emulator.connectionString) };
}

/** The same under a clock that the test moves on. Clients keep to real time. */
export async function startVirtual(entities: EntitiesConfig): Promise<Fixture & { readonly clock: VirtualClock }> {
  const clock = createVirtualClock();
  return { ...(await start(entities, { clock })), clock };
}

/** Receives until it has so many messages. */
export async function receive(receiver: ServiceBusReceiver, count: number): Promise<ServiceBusReceivedMessage[]> {
  const messages: ServiceBusReceivedMessage[] = [];
  while (messages.length < count) {
    const batch = await receiver.receiveMessages(count - messages.length, { maxWaitTimeInMs: 10_000 });
    if (batch.length === 0) throw new Error(`Only ${messages.length} of ${count} messages came.`);
    messages.push(...batch);
  }
  return messages;
}

export async function receiveOne(receiver: ServiceBusReceiver): Promise<ServiceBusReceivedMessage> {
  const [message] = await receive(receiver, 1);
  if (message === undefined) throw new Error('No message came.');
  return message;
}

/** What can be received at once, which should be nothing. */
export const receiveNothing = (receiver: ServiceBusReceiver) => receiver.receiveMessages(10, { maxWaitTimeInMs: 50 });

export const bodies = (messages: readonly ServiceBusReceivedMessage[]): unknown[] =>
  messages.map(({ body }) => body as unknown);
