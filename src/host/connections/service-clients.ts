import type { CosmosClient } from '@azure/cosmos';
import type { ServiceBusClient } from '@azure/service-bus';
import type { BlobServiceClient } from '@azure/storage-blob';
import type { AppSettings } from '../app-settings.ts';
import { blobForm, cosmosForm, resolveConnection, serviceBusForm, type Connection } from './resolve-connection.ts';

/** Clients by the `connection` of a binding, one for each service and connection. All throw where a setting is missing. */
export interface ServiceClients {
  readonly serviceBus: (connection: string) => Promise<ServiceBusClient>;
  readonly blobs: (connection: string) => Promise<BlobServiceClient>;
  readonly cosmos: (connection: string) => Promise<CosmosClient>;
  close(): Promise<void>;
}

/** By itself, the client waits for half a minute before it looks for a lost broker again. */
const brokerRetry = { retryDelayInMs: 500, maxRetryDelayInMs: 10_000 };

// The packages are loaded only when a binding asks for them: most apps have no use for them.

const identity = async () => new (await import('@azure/identity')).DefaultAzureCredential();

async function connectToServiceBus(connection: Connection): Promise<ServiceBusClient> {
  const { RetryMode, ServiceBusClient } = await import('@azure/service-bus');
  const options = { retryOptions: { ...brokerRetry, mode: RetryMode.Exponential } };
  return connection.kind === 'connectionString'
    ? new ServiceBusClient(connection.connectionString, options)
    : new ServiceBusClient(connection.endpoint, await identity(), options);
}

async function connectToBlobs(connection: Connection): Promise<BlobServiceClient> {
  const { BlobServiceClient } = await import('@azure/storage-blob');
  return connection.kind === 'connectionString'
    ? BlobServiceClient.fromConnectionString(connection.connectionString)
    : new BlobServiceClient(connection.endpoint, await identity());
}

async function connectToCosmos(connection: Connection): Promise<CosmosClient> {
  const { CosmosClient } = await import('@azure/cosmos');
  return connection.kind === 'connectionString'
    ? new CosmosClient(connection.connectionString)
    : new CosmosClient({ endpoint: connection.endpoint, aadCredentials: await identity() });
}

/** Remembers what was connected; a failure is not remembered. */
function shared<T>(connect: (connection: Connection) => Promise<T>, resolve: (name: string) => Connection) {
  const clients = new Map<string, Promise<T>>();
  return {
    get: async (name: string): Promise<T> => {
      const connection = resolve(name);
      const key = JSON.stringify(connection);
      const client = clients.get(key) ?? connect(connection);
      clients.set(key, client);
      return client;
    },
    all: () => Promise.all(clients.values()),
  };
}

export function createServiceClients(env: AppSettings): ServiceClients {
  const serviceBus = shared(connectToServiceBus, (name) => resolveConnection(serviceBusForm, name, env));
  const blobs = shared(connectToBlobs, (name) => resolveConnection(blobForm, name, env));
  const cosmos = shared(connectToCosmos, (name) => resolveConnection(cosmosForm, name, env));
  return {
    serviceBus: serviceBus.get,
    blobs: blobs.get,
    cosmos: cosmos.get,
    async close() {
      for (const client of await serviceBus.all()) await client.close();
      for (const client of await cosmos.all()) client.dispose();
    },
  };
}
