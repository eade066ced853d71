import type { CosmosClient } from '@azure/cosmos';
import { orderIdForm } from '../orders/order-id.ts';
import { orderRecordSchema } from '../orders/order-record.ts';
import type { OrderRecords } from './order-records.ts';
import { prepareContainers } from './prepare-containers.ts';

/** Orders in Cosmos DB, partitioned by `/id`, so that the id alone finds the order with a point read. */
export function createCosmosOrderRecords(client: CosmosClient, databaseName: string, create: boolean): OrderRecords {
  const orders = client.database(databaseName).container('orders');
  const prepared = prepareContainers(client, databaseName, create, { orders: '/id' });
  return {
    async save(record) {
      await prepared(() => orders.items.upsert(record));
    },
    async read(id) {
      if (!orderIdForm.test(id)) return undefined;
      const found: { resource?: unknown } = await prepared(() => orders.item(id, id).read());
      return found.resource === undefined ? undefined : orderRecordSchema.parse(found.resource);
    },
  };
}
