import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CosmosClient } from '@azure/cosmos';
import { afterAll, describe, expect, it } from 'vitest';
import { createBlobOrderRecords } from '../../src/azure/blob-order-records.ts';
import { createCosmosOrderRecords } from '../../src/azure/cosmos-order-records.ts';
import type { OrderQuery, OrderRecords } from '../../src/azure/order-records.ts';
import { startCosmosEmulator } from '../../src/emulators/cosmos/index.ts';
import { orderIdOf, orderInstanceId } from '../../src/orders/order-id.ts';
import { openOrder, type OrderRecord } from '../../src/orders/order-record.ts';
import { sampleOrder } from '../orders/sample-order.ts';
import { useStorage } from './local-storage.ts';

const storage = await useStorage();
const cosmosDir = mkdtempSync(join(tmpdir(), 'orders-'));
const cosmos = await startCosmosEmulator({ dataDir: cosmosDir, port: 0 });
const client = new CosmosClient(cosmos.connectionString);
afterAll(async () => {
  client.dispose();
  await cosmos.close();
  rmSync(cosmosDir, { recursive: true, force: true });
});

function record(unique: string, more: Partial<OrderRecord> = {}): OrderRecord {
  const id = orderIdOf(unique);
  const order = { ...sampleOrder(), id, placedAt: '2026-03-01T10:00:00.000Z', correlationId: 'c-1' };
  return { ...openOrder(order, orderInstanceId(id)), ...more };
}

const stores: readonly { readonly store: string; readonly create: () => OrderRecords }[] = [
  { store: 'Cosmos DB', create: () => createCosmosOrderRecords(client, 'test', true) },
  { store: 'blob storage', create: () => createBlobOrderRecords(storage) },
];

describe.each(stores)('orders in $store', ({ create }) => {
  it('can be saved by many at once before anything is there', async () => {
    const orders = create();
    const all = Array.from({ length: 10 }, (_, n) => record(`many ${n}`));
    await Promise.all(all.map((one) => orders.save(one)));
    expect(await Promise.all(all.map(({ id }) => orders.read(id)))).toEqual(all);
  });

  it('are not saved any more once the time for it is over', async () => {
    const orders = create();
    const late = record('late');
    await expect(orders.save(late, AbortSignal.abort())).rejects.toThrow(/abort/i);
    expect(await orders.read(late.id)).toBeUndefined();
  });

  it('are read as they were saved last', async () => {
    const orders = create();
    const first = record('twice', { status: 'failed', error: { code: 'card_declined', message: 'no' } });
    await orders.save(first);
    expect(await orders.read(first.id)).toEqual(first);
    const second = record('twice', {
      status: 'fulfilled',
      chargeId: 'ch-1',
      notices: [{ channel: 'sms', sent: true }],
    });
    await orders.save(second);
    await orders.save(second);
    expect(await orders.read(first.id)).toEqual(second);
  });

  it('are listed newest first, page by page, and narrowed by words, status, customer and day', async () => {
    const orders = create();
    const buyer = randomUUID();
    const customer = { id: buyer, name: `Zoë ${buyer}`, email: `${buyer}@example.org` };
    const all = [
      record(`${buyer} 1`, { customer, placedAt: '2026-05-01T23:59:59.999Z', status: 'fulfilled' }),
      record(`${buyer} 2`, { customer, placedAt: '2026-05-02T00:00:00.000Z', status: 'failed' }),
      record(`${buyer} 3`, { customer, placedAt: '2026-05-03T10:00:00.000Z', status: 'fulfilled' }),
    ];
    for (const one of all) await orders.save(one);
    const ids = async (query: Omit<OrderQuery, 'top'>) =>
      (await orders.query({ customer: buyer, ...query, top: 100 })).orders.map(({ id }) =>
        all.findIndex((o) => o.id === id),
      );
    expect(await ids({})).toEqual([2, 1, 0]);
    expect(await ids({ status: 'fulfilled' })).toEqual([2, 0]);
    expect(await ids({ from: '2026-05-02' })).toEqual([2, 1]);
    expect(await ids({ from: '2026-05-01', to: '2026-05-02' })).toEqual([1, 0]);
    expect(await ids({ q: `ZOË tea-1 ${all[1]!.id}` })).toEqual([1]);
    expect(await ids({ q: "nothing' OR '1'='1" })).toEqual([]);
    expect(await ids({ customer: 'somebody else' })).toEqual([]);

    const first = await orders.query({ customer: buyer, top: 2 });
    const second = await orders.query({ customer: buyer, top: 2, continuation: first.continuation });
    expect([...first.orders, ...second.orders]).toEqual(all.toReversed());
    expect(second.continuation).toBeUndefined();
  });

  it.each(['ord-unknown', '../documents/x', 'Größe', 'a'.repeat(200)])('know nothing of %s', async (id) => {
    expect(await create().read(id)).toBeUndefined();
  });
});
