import type { BlobServiceClient } from '@azure/storage-blob';
import { orderIdForm } from '../orders/order-id.ts';
import { orderRecordSchema } from '../orders/order-record.ts';
import { ignoring, inContainer } from './document-blobs.ts';
import type { OrderRecords } from './order-records.ts';

/** Orders in blob storage, `orders/<id>.json`, for an app without Cosmos DB. */
export function createBlobOrderRecords(service: BlobServiceClient): OrderRecords {
  const container = service.getContainerClient('orders');
  const blob = (id: string) => container.getBlockBlobClient(`${id}.json`);
  return {
    async save(record) {
      const content = JSON.stringify(record);
      await inContainer(container, () => blob(record.id).upload(content, Buffer.byteLength(content)));
    },
    async read(id) {
      if (!orderIdForm.test(id)) return undefined;
      const content = await blob(id).downloadToBuffer().catch(ignoring(404));
      return content && orderRecordSchema.parse(JSON.parse(content.toString('utf8')));
    },
  };
}
