import type { OrderRecord } from '../orders/order-record.ts';

/** The read model of all orders. Every write can be repeated. */
export interface OrderRecords {
  save(record: OrderRecord): Promise<void>;
  read(id: string): Promise<OrderRecord | undefined>;
}
