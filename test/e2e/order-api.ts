import type { OrderRecord } from '../../src/orders/order-record.ts';
import type { SagaView } from '../../src/ops/saga-view.ts';
import { type Answer, createApi, until } from './api.ts';
import { listAll, listOf, readBalance } from './order-balance.ts';
import type { Program } from './program.ts';

export interface AcceptedOrder {
  readonly orderId: string;
  readonly instanceId: string;
  readonly statusUrl: string;
}

interface HistoryEvent {
  readonly EventType: string;
  readonly Timestamp: string;
  readonly FunctionName?: string;
  readonly FireAt?: string;
}

/** What a client of the program does about orders, and what its outside systems say. */
export function createOrderApi({ url, connections }: Program) {
  const api = createApi(url);
  const read = async (orderId: string) => (await api.get<OrderRecord>(`/api/orders/${orderId}`)).body;
  const history = async (instanceId: string): Promise<HistoryEvent[]> => {
    const path = `/runtime/webhooks/durabletask/instances/${instanceId}?showHistory=true`;
    return (await api.get<{ historyEvents: HistoryEvent[] }>(path)).body.historyEvents;
  };
  return {
    ...api,
    place: <T = AcceptedOrder>(order: object, headers: Readonly<Record<string, string>> = {}): Promise<Answer<T>> =>
      api.send('/api/orders', { method: 'POST', headers, body: JSON.stringify(order) }),
    read,
    untilOrder: (orderId: string, status: OrderRecord['status']) =>
      until(
        `order ${orderId}`,
        () => read(orderId),
        (order) => order.status === status,
      ),
    /** With patience for a system that is left alone for a minute. */
    ended: (instanceId: string): Promise<SagaView> =>
      api.untilSaga(instanceId, ({ runtimeStatus }) => /Completed|Failed/.test(runtimeStatus), 100_000),
    messages: (instanceId: string) => listOf(connections.trade, 'notifications/messages', instanceId),
    books: <T>(path: string) => listAll<T>(connections.trade, path),
    balanceOf: (instanceId: string) => readBalance(connections.trade, instanceId),
    /** What was undone, in the order of the history. */
    async undosOf(instanceId: string): Promise<string[]> {
      return (await history(instanceId)).flatMap(({ EventType, FunctionName = '' }) =>
        EventType === 'TaskCompleted' && FunctionName.endsWith('-undo') ? [FunctionName.replace('-undo', '')] : [],
      );
    },
    /** The seconds of each durable timer, as the history has them. */
    async timersOf(instanceId: string): Promise<number[]> {
      return (await history(instanceId))
        .filter(({ EventType }) => EventType === 'TimerFired')
        .map(({ FireAt = '', Timestamp }) => Math.round((Date.parse(FireAt) - Date.parse(Timestamp)) / 1000));
    },
  };
}
