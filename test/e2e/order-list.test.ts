import { expect, it } from 'vitest';
import type { OrderPage } from '../../src/azure/order-records.ts';
import { sampleOrder } from '../orders/sample-order.ts';
import type { ProblemDocument } from './api.ts';
import { createOrderApi } from './order-api.ts';
import { useProgram } from './program.ts';

const api = createOrderApi(await useProgram());
const list = async (query: string): Promise<OrderPage> => (await api.get<OrderPage>(`/api/orders?${query}`)).body;

it('lists orders as they stand, without card tokens', async () => {
  const good = (await api.place(sampleOrder())).body;
  const bad = (await api.place(sampleOrder({ payment: { cardToken: 'tok_declined' } }))).body;
  await api.untilOrder(good.orderId, 'fulfilled');
  await api.untilOrder(bad.orderId, 'failed');

  const all = await api.get<OrderPage>('/api/orders');
  expect(all.body.orders.map(({ id }) => id)).toEqual([bad.orderId, good.orderId]);
  expect(JSON.stringify(all.body)).not.toContain('tok_');
  expect((await list('status=failed&customer=c-1')).orders.map(({ id }) => id)).toEqual([bad.orderId]);
  expect((await list(`q=hamburg+${good.orderId}`)).orders.map(({ id }) => id)).toEqual([good.orderId]);
  const page = await list('top=1');
  expect((await list(`top=1&continuation=${page.continuation}`)).orders.map(({ id }) => id)).toEqual([good.orderId]);
});

it.each([
  ['status=sent', 'status'],
  ['top=1000', 'top'],
  ['from=yesterday', 'from'],
  ['continuation=x', 'continuation'],
])('refuses %s, naming the field', async (query, field) => {
  const { status, body } = await api.get<ProblemDocument>(`/api/orders?${query}`);
  expect([status, body.errors?.[0]?.field]).toEqual([400, field]);
});
