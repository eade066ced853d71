import { randomUUID } from 'node:crypto';
import type { ServiceBusMessage } from '@azure/service-bus';
import { systemClock, type Clock } from '../../host/clock.ts';
import { createDispatcher } from './amqp/dispatcher.ts';
import { readEnvelope, toNewMessage } from './amqp/message-codec.ts';
import { startAmqpServer } from './amqp/server.ts';
import { toAmqpMessage } from './amqp/sent-message.ts';
import { parseEntities, type EntitiesConfig } from './entities-config.ts';
import { openBroker } from './store/broker.ts';

export interface ServiceBusEmulatorOptions {
  /** Path of the SQLite file; made when missing. `:memory:` keeps nothing. One emulator at a time can have it open. */
  readonly databaseFile: string;
  /** 0: any free port. */
  readonly port: number;
  readonly entities: EntitiesConfig;
  /** Bytes; 256 KB as in the standard tier, 1 MB and more in premium. */
  readonly maxMessageSize?: number;
  readonly clock?: Clock;
  /** Random UUIDs, for locks and for messages without an id. */
  readonly newId?: () => string;
}

export interface ServiceBusEmulator {
  /** For the unmodified Azure SDKs. */
  readonly connectionString: string;
  readonly port: number;
  /** For producers in this process. Resolves when the messages are on disk. */
  send(queueOrTopic: string, messages: ServiceBusMessage | readonly ServiceBusMessage[]): Promise<void>;
  /** Ends all connections. May be called again. */
  close(): Promise<void>;
}

/** Name and value as in Microsoft's own emulator. They protect nothing: the broker listens on the loopback interface. */
const key = { name: 'RootManageSharedAccessKey', value: 'SAS_KEY_VALUE' };

/**
 * A Service Bus namespace on this machine, over AMQP and on disk.
 *
 * @throws Error for entities that are not valid, a port in use, or a file that another emulator holds.
 */
export async function startServiceBusEmulator(options: ServiceBusEmulatorOptions): Promise<ServiceBusEmulator> {
  const { databaseFile, maxMessageSize = 256 * 1024, clock = systemClock, newId = randomUUID } = options;
  const entities = parseEntities(options.entities);
  const broker = openBroker({ databaseFile, entities, clock, newId, maxMessageSize, readEnvelope });
  const dispatcher = createDispatcher(broker);
  const server = await startAmqpServer({ broker, dispatcher, clock, newId, key, maxMessageSize }, options.port).catch(
    (error: unknown) => {
      broker.close();
      throw error;
    },
  );

  let closing: Promise<void> | undefined;

  return {
    port: server.port,
    connectionString: `Endpoint=sb://localhost:${server.port};SharedAccessKeyName=${key.name};SharedAccessKey=${key.value};UseDevelopmentEmulator=true;`,
    async send(queueOrTopic, messages) {
      broker.send(
        queueOrTopic,
        [messages].flat().map((message) => toNewMessage(toAmqpMessage(message), newId)),
      );
      await broker.committed();
    },
    close: () => (closing ??= server.close().then(() => broker.close())),
  };
}
