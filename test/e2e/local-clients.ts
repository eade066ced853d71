import { type Container, CosmosClient } from '@azure/cosmos';
import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { BlobServiceClient } from '@azure/storage-blob';
import { documentQueue } from '../../src/functions/document-queue.service-bus.ts';
import { documentTopic } from '../../src/azure/document-events.ts';
import type { DocumentEvent } from '../../src/documents/document-event.ts';
import type { DocumentRecord } from '../../src/documents/document-record.ts';
import type { Connections } from './program.ts';

/** The services below the program, seen past it with the real SDKs. */
export interface LocalClients {
  readonly documents: Container;
  /** The records of a document as Cosmos DB has them: exactly one, if all is well. */
  recordsOf(documentId: string): Promise<DocumentRecord[]>;
  blobNames(container: string): Promise<string[]>;
  readBlob(container: string, name: string): Promise<string>;
  copyBlob(name: string, from: string, to: string): Promise<void>;
  dropBlob(name: string, content: Uint8Array, metadata?: Readonly<Record<string, string>>): Promise<void>;
  /** Puts a message into the document queue. */
  sendToQueue(body: unknown, count?: number): Promise<void>;
  /** How many messages of the document queue are not settled yet. */
  queuedMessages(): Promise<number>;
  deadLetters(count: number): Promise<ServiceBusReceivedMessage[]>;
  /** Receives from the subscription until an event of the type has come, and answers all of that document. */
  eventsUntil(documentId: string, type: DocumentEvent['type']): Promise<ServiceBusReceivedMessage[]>;
  close(): Promise<void>;
}

/** `maxTries` is how often a request to the blob service is sent before it counts as failed. */
export function connect(connections: Connections, { maxTries = 4 } = {}): LocalClients {
  const cosmos = new CosmosClient(connections.cosmos);
  const storage = BlobServiceClient.fromConnectionString(connections.storage, { retryOptions: { maxTries } });
  const bus = new ServiceBusClient(connections.serviceBus);
  const documents = cosmos.database('durable-saga').container('documents');
  const events: ServiceBusReceivedMessage[] = [];
  return {
    documents,
    async recordsOf(documentId) {
      const query = { query: 'SELECT * FROM c WHERE c.id = @id', parameters: [{ name: '@id', value: documentId }] };
      return (await documents.items.query<DocumentRecord>(query).fetchAll()).resources;
    },
    async blobNames(container) {
      const names: string[] = [];
      const client = storage.getContainerClient(container);
      if (!(await client.exists())) return names;
      for await (const { name } of client.listBlobsFlat()) names.push(name);
      return names;
    },
    async readBlob(container, name) {
      return (await storage.getContainerClient(container).getBlobClient(name).downloadToBuffer()).toString('latin1');
    },
    async copyBlob(name, from, to) {
      const source = storage.getContainerClient(from).getBlobClient(name);
      await (await storage.getContainerClient(to).getBlobClient(name).beginCopyFromURL(source.url)).pollUntilDone();
    },
    async dropBlob(name, content, metadata = {}) {
      const container = storage.getContainerClient('incoming');
      await container.createIfNotExists();
      await container.getBlockBlobClient(name).uploadData(content, { metadata: { ...metadata } });
    },
    async sendToQueue(body, count = 1) {
      const sender = bus.createSender(documentQueue);
      await sender.sendMessages(Array.from({ length: count }, () => ({ body, contentType: 'application/json' })));
      await sender.close();
    },
    async queuedMessages() {
      // Within one client, peeking goes on behind what was peeked before.
      const client = new ServiceBusClient(connections.serviceBus);
      const messages = await client.createReceiver(documentQueue).peekMessages(100);
      await client.close();
      return messages.length;
    },
    async deadLetters(count) {
      const receiver = bus.createReceiver(documentQueue, { subQueueType: 'deadLetter' });
      const messages: ServiceBusReceivedMessage[] = [];
      while (messages.length < count) messages.push(...(await receiver.receiveMessages(count - messages.length)));
      await receiver.close();
      return messages;
    },
    async eventsUntil(documentId, type) {
      const receiver = bus.createReceiver(documentTopic, 'all', { receiveMode: 'receiveAndDelete' });
      const ofDocument = () =>
        events.filter(({ applicationProperties }) => applicationProperties?.['subject'] === documentId);
      while (!ofDocument().some(({ subject }) => subject === type)) {
        events.push(...(await receiver.receiveMessages(20, { maxWaitTimeInMs: 1_000 })));
      }
      await receiver.close();
      return ofDocument();
    },
    async close() {
      await bus.close();
      cosmos.dispose();
    },
  };
}
