import type { BlobServiceClient } from '@azure/storage-blob';
import { orderIdForm } from '../orders/order-id.ts';
import { type OrderRecord, orderRecordSchema } from '../orders/order-record.ts';
import { ignoring, inContainer } from './document-blobs.ts';
import { mapInTurns } from './map-in-turns.ts';
import { type OrderQuery, type OrderRecords, orderText, sortKeyOf } from './order-records.ts';
import { pageOf, searchWords } from './pages.ts';

/**
 * Orders in blob storage, `orders/<id>.json`, for an app without Cosmos DB. A query reads every order: right for thousands, not for
 * millions.
 */
export function createBlobOrderRecords(service: BlobServiceClient): OrderRecords {
  const container = service.getContainerClient('orders');
  const readBlob = async (name: string): Promise<OrderRecord | undefined> => {
    const content = await container.getBlobClient(name).downloadToBuffer().catch(ignoring(404));
    return content && orderRecordSchema.parse(JSON.parse(content.toString('utf8')));
  };
  return {
    async save(record, signal) {
      const content = JSON.stringify(record);
      const blob = container.getBlockBlobClient(`${record.id}.json`);
      await inContainer(container, () =>
        blob.upload(content, Buffer.byteLength(content), signal && { abortSignal: signal }),
      );
    },
    read: async (id) => (orderIdForm.test(id) ? readBlob(`${id}.json`) : undefined),
    async query(query) {
      const names: string[] = [];
      await container.createIfNotExists();
      for await (const { name } of container.listBlobsFlat()) names.push(name);
      const orders = (await mapInTurns(names, readBlob)).filter((record) => record !== undefined);
      const { records, continuation } = pageOf(
        orders.filter((order) => matches(order, query)),
        sortKeyOf,
        query,
      );
      return { orders: records, continuation };
    },
  };
}

function matches(order: OrderRecord, { q = '', status, customer, from = '', to = '9999' }: OrderQuery): boolean {
  const day = order.placedAt.slice(0, 10);
  if (day < from || day > to) return false;
  if (status !== undefined && order.status !== status) return false;
  if (customer !== undefined && order.customer.id !== customer) return false;
  const text = orderText(order);
  return searchWords(q).every((word) => text.includes(word));
}
