import type { OrderRecord, OrderStatus } from '../orders/order-record.ts';
import { type Paging, searchableText } from './pages.ts';

export interface OrderQuery extends Paging {
  /** Words; an order matches when its ids, customer, articles, city or tracking number contain all of them. */
  readonly q?: string | undefined;
  readonly status?: OrderStatus | undefined;
  /** Id of the customer. */
  readonly customer?: string | undefined;
  /** First and last day on which an order was placed, yyyy-MM-dd, UTC, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface OrderPage {
  readonly orders: readonly OrderRecord[];
  readonly continuation?: string | undefined;
}

/** The read model of all orders, newest first when queried. Every write can be repeated. */
export interface OrderRecords {
  save(record: OrderRecord, signal?: AbortSignal): Promise<void>;
  read(id: string): Promise<OrderRecord | undefined>;
  query(query: OrderQuery): Promise<OrderPage>;
}

/** Newest first. */
export const sortKeyOf = ({ placedAt, id }: OrderRecord): string => `${placedAt} ${id}`;

/** What an order is looked for by. */
export function orderText({ id, correlationId, customer, lines, shippingAddress, shipment }: OrderRecord): string {
  const { name, city } = shippingAddress;
  const skus = lines.map(({ sku }) => sku);
  const texts = [id, correlationId, customer.id, customer.name, customer.email, name, city, ...skus];
  return searchableText([...texts, shipment?.trackingNumber ?? ''].join(' '));
}
