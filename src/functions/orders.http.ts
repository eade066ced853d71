import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { OrderRecords } from '../azure/order-records.ts';
import { type Endpoint, type EndpointCall, jsonBody, routeParameter } from '../http/endpoint.ts';
import { idempotencyKeyOf } from '../http/idempotency-key.ts';
import { checked, Problem } from '../http/problem.ts';
import { type Order, type OrderRequest, orderRequestSchema, orderSchema } from '../orders/order.ts';
import { orderIdOf, orderInstanceId } from '../orders/order-id.ts';
import { openOrder, orderStatusSchema } from '../orders/order-record.ts';
import { checkedPage } from './checked-page.ts';

export interface OrderEndpointServices {
  readonly orders: OrderRecords;
  readonly now: () => Date;
  readonly newId: () => string;
}

export const orderEndpoints = (services: OrderEndpointServices): Endpoint[] => [
  { name: 'postOrder', method: 'POST', route: 'orders', handle: (call) => postOrder(services, call) },
  { name: 'getOrders', method: 'GET', route: 'orders', handle: (call) => getOrders(services, call) },
  { name: 'getOrder', method: 'GET', route: 'orders/{id}', handle: (call) => getOrder(services, call) },
];

async function postOrder({ now, newId }: OrderEndpointServices, call: EndpointCall) {
  const { request, unredacted: instances, correlationId, traceparent } = call;
  const key = idempotencyKeyOf(request);
  const wanted = checked(orderRequestSchema, await jsonBody(request), 'The order');
  const orderId = orderIdOf(key === undefined ? newId() : `key ${key}`);
  const instanceId = orderInstanceId(orderId);
  const order: Order = { ...wanted, id: orderId, placedAt: now().toISOString(), correlationId, traceparent };
  if ((await instances.start('fulfilOrder', instanceId, order)) === 'exists') {
    const known = (await instances.get(instanceId))?.input;
    if (!isSameOrder(known, wanted)) {
      const remedy = `Idempotency-Key '${key}' was used before for another order: use a new key for a new order.`;
      throw new Problem(422, 'idempotency_key_reused', remedy);
    }
  }
  const statusUrl = new URL(`sagas/${instanceId}`, new URL('.', request.url)).href;
  return { status: 202, headers: { location: statusUrl }, jsonBody: { instanceId, orderId, statusUrl } };
}

/** What the instance was started with is what the key was first used for. */
function isSameOrder(input: unknown, wanted: OrderRequest): boolean {
  const known = orderSchema.safeParse(input);
  if (!known.success) return false;
  const { id: _, placedAt: __, correlationId: ___, traceparent: ____, ...asked } = known.data;
  return isDeepStrictEqual(asked, wanted);
}

const querySchema = z.object({
  q: z.string().max(500).optional(),
  status: orderStatusSchema.optional(),
  customer: z.string().max(100).optional(),
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  top: z.coerce.number().int().min(1).max(100).default(50),
  continuation: z.string().optional(),
});

async function getOrders({ orders }: OrderEndpointServices, { request }: EndpointCall) {
  const query = checked(querySchema, Object.fromEntries(request.query), 'The query');
  return { status: 200, jsonBody: await checkedPage(orders.query(query)) };
}

/** An order that was just taken has an instance before it has a record. */
async function getOrder({ orders }: OrderEndpointServices, { request, instances }: EndpointCall) {
  const id = routeParameter(request, 'id');
  const record = await orders.read(id);
  if (record !== undefined) return { status: 200, jsonBody: record };
  const instanceId = orderInstanceId(id);
  const taken = orderSchema.safeParse((await instances.get(instanceId))?.input);
  if (taken.success) return { status: 200, jsonBody: openOrder(taken.data, instanceId) };
  throw new Problem(404, 'not_found', `There is no order '${id}': GET /api/orders lists what there is.`);
}
