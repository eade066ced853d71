import { CosmosClient } from '@azure/cosmos';
import { DefaultAzureCredential } from '@azure/identity';
import { ServiceBusClient } from '@azure/service-bus';
import { BlobServiceClient } from '@azure/storage-blob';
import type { Connection } from '../connections.ts';

export function createBlobClient(connection: Connection): BlobServiceClient {
  return connection.kind === 'connection-string'
    ? BlobServiceClient.fromConnectionString(connection.value)
    : new BlobServiceClient(connection.endpoint, new DefaultAzureCredential());
}

export function createCosmosClient(connection: Connection): CosmosClient {
  return connection.kind === 'connection-string'
    ? new CosmosClient(connection.value)
    : new CosmosClient({ endpoint: connection.endpoint, aadCredentials: new DefaultAzureCredential() });
}

export function createServiceBusClient(connection: Connection): ServiceBusClient {
  return connection.kind === 'connection-string'
    ? new ServiceBusClient(connection.value)
    : new ServiceBusClient(connection.endpoint, new DefaultAzureCredential());
}
