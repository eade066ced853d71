import { z } from 'zod';
import type { OrderRecords } from '../azure/order-records.ts';
import { pageShape } from '../azure/pages.ts';
import { checkCorrelationId, correlationHeaders } from '../http/correlation-id.ts';
import {
  checkedBody,
  checkedQuery,
  type Endpoint,
  type EndpointCall,
  routeParameter,
  statusUrlOf,
} from '../http/endpoint.ts';
import { idempotencyHeaders, idempotencyKeyOf } from '../http/idempotency-key.ts';
import { Problem } from '../http/problem.ts';
import { daySchema } from '../http/times.ts';
import type { OrderIntake } from '../intake/order-intake.ts';
import { orderRequestSchema, orderSchema } from '../orders/order.ts';
import { orderInstanceId } from '../orders/order-id.ts';
import { openOrder, orderRecordSchema, orderStatusSchema } from '../orders/order-record.ts';
import { refuseReusedKey } from './refuse-reused-key.ts';

export interface OrderEndpointServices {
  readonly orders: OrderRecords;
  readonly intake: OrderIntake;
  readonly now: () => Date;
}

export const orderEndpoints = (services: OrderEndpointServices): Endpoint[] => [
  {
    name: 'postOrder',
    method: 'POST',
    route: 'orders',
    summary: 'Takes an order and starts its saga',
    headers: idempotencyHeaders.extend(correlationHeaders.shape),
    body: orderRequestSchema,
    answers: { 202: takenSchema },
    handle: (call) => postOrder(services, call),
  },
  {
    name: 'getOrders',
    method: 'GET',
    route: 'orders',
    summary: 'Orders, newest first',
    query: querySchema,
    answers: { 200: orderPageSchema },
    handle: (call) => getOrders(services, call),
  },
  {
    name: 'getOrder',
    method: 'GET',
    route: 'orders/{id}',
    summary: 'Where an order stands',
    answers: { 200: orderRecordSchema },
    handle: (call) => getOrder(services, call),
  },
];

const takenSchema = z.object({ instanceId: z.string(), orderId: z.string(), statusUrl: z.url() });

const orderPageSchema = z.object({ orders: z.array(orderRecordSchema), continuation: z.string().optional() });

async function postOrder({ intake, now }: OrderEndpointServices, call: EndpointCall) {
  const { request, instances, correlationId, traceparent } = call;
  const key = idempotencyKeyOf(request);
  checkCorrelationId(request);
  const wanted = await checkedBody(orderRequestSchema, call, 'The order');
  const placed = { wanted, idempotencyKey: key, placedAt: now(), correlationId, traceparent };
  const { orderId, instanceId } = await intake.take(placed, instances).catch(refuseReusedKey);
  const statusUrl = statusUrlOf(request, instanceId);
  return { status: 202, headers: { location: statusUrl }, jsonBody: { instanceId, orderId, statusUrl } };
}

const querySchema = z.object({
  q: z.string().max(500).optional(),
  status: orderStatusSchema.optional(),
  customer: z.string().max(100).optional(),
  from: daySchema.optional(),
  to: daySchema.optional(),
  ...pageShape,
});

async function getOrders({ orders }: OrderEndpointServices, call: EndpointCall) {
  const query = checkedQuery(querySchema, call);
  return { status: 200, jsonBody: await orders.query(query) };
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
