import { bindOrderActivities } from '../../activities/bind-activities.ts';
import { createFaults } from '../../src/faults.ts';
import type { Order, OrderRequest } from '../../src/orders/order.ts';
import type { OrderRecord } from '../../src/orders/order-record.ts';
import type { SweepWorld } from '../../src/testing/index.ts';
import { listOf } from '../e2e/order-balance.ts';
import { sampleOrder } from '../orders/sample-order.ts';
import { createClients } from '../trade/local-trade.ts';

export const orderOf = (id: string, change: Partial<OrderRequest> = {}): Order => ({
  ...sampleOrder({ contacts: [{ channel: 'email', to: 'ada@example.org' }], ...change }),
  id: `ord-${id}`,
  placedAt: '2026-01-05T08:00:00.000Z',
  correlationId: `c-${id}`,
});

const isOpen: Readonly<Record<OrderRecord['status'], boolean>> = {
  processing: true,
  awaiting_review: true,
  fulfilled: true,
  rejected: false,
  cancelled: false,
  failed: false,
};

export interface OrderWorld extends SweepWorld {
  record(): OrderRecord | undefined;
}

/** The real activities on the local outside systems, with breakers and records of their own. */
export function openOrderWorld(tradeUrl: string): OrderWorld {
  const clients = createClients(tradeUrl);
  const faults = createFaults([]);
  const records = new Map<string, OrderRecord>();
  const orders = { save: async (record: OrderRecord) => void records.set(record.id, record) };
  const record = () => records.values().next().value;
  return {
    record,
    activities: bindOrderActivities({ ...clients, orders, faults, fraudThreshold: 70 }),
    async effects({ instanceId }) {
      const keys = async (path: string) => {
        const entries = await listOf(tradeUrl, path, instanceId);
        return entries.flatMap(({ key, state }) => (state === 'done' ? [key] : []));
      };
      const kept = record();
      return {
        createOrder: kept !== undefined && isOpen[kept.status],
        reserveInventory: await keys('inventory/reservations'),
        chargePayment: await keys('payments/charges'),
        scheduleShipping: await keys('shipping/shipments'),
        notifyCustomer: await keys('notifications/messages'),
      };
    },
  };
}
