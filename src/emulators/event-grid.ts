import type { BlobCreated } from './blob/index.ts';
import type { ServiceBusEmulator } from './service-bus/index.ts';

export interface EventGridOptions {
  readonly broker: Pick<ServiceBusEmulator, 'send'>;
  readonly queue: string;
  readonly containers: readonly string[];
  readonly now: () => Date;
  readonly newId: () => string;
}

/**
 * Delivers BlobCreated events of some containers to a queue, as a system topic with a Service Bus subscription does.
 * Source: Azure Event Grid event schema for Blob Storage.
 */
export function createEventGrid({ broker, queue, containers, now, newId }: EventGridOptions) {
  return async (blob: BlobCreated): Promise<void> => {
    if (!containers.includes(blob.container)) return;
    const id = newId();
    const event = {
      topic: '/subscriptions/local/resourceGroups/local/providers/Microsoft.Storage/storageAccounts/devstoreaccount1',
      subject: `/blobServices/default/containers/${blob.container}/blobs/${blob.name}`,
      eventType: 'Microsoft.Storage.BlobCreated',
      id,
      data: { api: blob.api, eTag: blob.eTag, contentLength: blob.contentLength, blobType: 'BlockBlob', url: blob.url },
      dataVersion: '',
      metadataVersion: '1',
      eventTime: now().toISOString(),
    };
    await broker.send(queue, [{ body: event, messageId: id, contentType: 'application/json' }]);
  };
}
