import type { CosmosClient, SqlParameter } from '@azure/cosmos';
import { orderIdForm } from '../orders/order-id.ts';
import { orderRecordSchema } from '../orders/order-record.ts';
import { type OrderQuery, type OrderRecords, orderText, sortKeyOf } from './order-records.ts';
import { decodeContinuation, pageWithMore, searchWords } from './pages.ts';
import { prepareContainers } from './prepare-containers.ts';

/** Orders in Cosmos DB, partitioned by `/id`, so that the id alone finds the order with a point read. */
export function createCosmosOrderRecords(client: CosmosClient, databaseName: string, create: boolean): OrderRecords {
  const orders = client.database(databaseName).container('orders');
  const prepared = prepareContainers(client, databaseName, create, { orders: '/id' });
  return {
    async save(record, signal) {
      const item = { ...record, sortKey: sortKeyOf(record), text: orderText(record) };
      await prepared(() => orders.items.upsert(item, signal && { abortSignal: signal }));
    },
    async read(id) {
      if (!orderIdForm.test(id)) return undefined;
      const found: { resource?: unknown } = await prepared(() => orders.item(id, id).read());
      return found.resource === undefined ? undefined : orderRecordSchema.parse(found.resource);
    },
    async query(query) {
      const { conditions, parameters } = computeConditions(query);
      const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
      const sql = `SELECT TOP ${query.top + 1} * FROM c ${where} ORDER BY c.sortKey DESC`;
      const { resources } = await prepared(() => orders.items.query<unknown>({ query: sql, parameters }).fetchAll());
      const found = resources.map((resource) => orderRecordSchema.parse(resource));
      const { records, continuation } = pageWithMore(found, sortKeyOf, query.top);
      return { orders: records, continuation };
    },
  };
}

function computeConditions(query: OrderQuery): { conditions: string[]; parameters: SqlParameter[] } {
  const { q = '', status, customer, from, to, continuation } = query;
  const after = continuation === undefined ? undefined : decodeContinuation(continuation);
  const wanted = [
    { value: status, condition: 'c.status = @status', name: '@status' },
    { value: customer, condition: 'c.customer.id = @customer', name: '@customer' },
    { value: from, condition: 'c.sortKey >= @from', name: '@from' },
    // A time of that day is the day, and more.
    { value: to && `${to}~`, condition: 'c.sortKey < @to', name: '@to' },
    { value: after, condition: 'c.sortKey < @after', name: '@after' },
    ...searchWords(q).map((value, n) => ({ value, condition: `CONTAINS(c.text, @w${n})`, name: `@w${n}` })),
  ].flatMap(({ value, condition, name }) => (value === undefined ? [] : [{ condition, parameter: { name, value } }]));
  return { conditions: wanted.map((w) => w.condition), parameters: wanted.map((w) => w.parameter) };
}
