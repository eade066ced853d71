import assert from 'node:assert/strict';
import type { OrderRequest } from '../../src/orders/order.ts';
import type { OrderRecord } from '../../src/orders/order-record.ts';
import type { SagaView } from '../../src/ops/saga-view.ts';
import { until } from '../e2e/api.ts';
import { type Balance, readBalance } from '../e2e/order-balance.ts';
import { sampleOrder } from '../orders/sample-order.ts';

export interface SagaClientOptions {
  /** Where a host runs the app, without a slash at the end. */
  readonly url: string;
  /** A function key for the API, where the host asks for one. */
  readonly key?: string | undefined;
  /** The durable task extension's system key, where the host asks for one. */
  readonly code?: string | undefined;
  /** Where the outside systems are, if they can be looked at. */
  readonly trade?: string | undefined;
  /** How long the app may take to get somewhere, in milliseconds. */
  readonly patience: number;
}

export type Seen = Pick<SagaView, 'instanceId' | 'runtimeStatus' | 'phase' | 'error' | 'compensation' | 'rewindable'> &
  Pick<SagaView, 'review' | 'step' | 'output'>;

export interface Started {
  readonly id: string;
  readonly orderId: string;
}

export type SagaClient = ReturnType<typeof createSagaClient>;

/** What operators and customers do, over HTTP alone. All throw where an answer is not the expected one. */
export function createSagaClient({ url, key, code, trade, patience }: SagaClientOptions) {
  const ask = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(key !== undefined && { 'x-functions-key': key }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, text };
  };
  const taken = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const { status, text } = await ask(method, path, body);
    assert.ok(status < 300, `${method} ${path} was answered ${status}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  };
  const saga = (id: string): Promise<Seen> => taken('GET', `/api/sagas/${id}`);
  const webhook = (path: string, query: Readonly<Record<string, string>>) => {
    const all = new URLSearchParams({ ...query, ...(code !== undefined && { code }) });
    return `/runtime/webhooks/durabletask/instances/${path}?${all.toString()}`;
  };
  const operate = (id: string, operation: string, body: object) =>
    taken('POST', `/api/sagas/${id}/${operation}`, { by: 'Kim', reason: 'conformance', ...body });
  return {
    status: async (method: string, path: string, body?: unknown) => (await ask(method, path, body)).status,
    async order(change: Partial<OrderRequest> = {}): Promise<Started> {
      const order = sampleOrder({ contacts: [], ...change });
      const { instanceId, orderId } = await taken<{ instanceId: string; orderId: string }>(
        'POST',
        '/api/orders',
        order,
      );
      return { id: instanceId, orderId };
    },
    record: (orderId: string): Promise<OrderRecord> => taken('GET', `/api/orders/${orderId}`),
    saga,
    until: (id: string, isSo: (seen: Seen) => boolean): Promise<Seen> =>
      until(`saga ${id}`, () => saga(id), isSo, patience),
    decide: (id: string, review: string, answer: object) =>
      taken('POST', `/api/sagas/${id}/reviews/${encodeURIComponent(review)}`, { by: 'Kim', ...answer }),
    operate,
    /** As any tool does that knows nothing of sagas; by the API where the gate waits for an event, and there is nothing to rewind. */
    async rewindByWebhook(id: string): Promise<void> {
      const { runtimeStatus } = await saga(id);
      if (runtimeStatus === 'Failed') await taken('POST', webhook(`${id}/rewind`, { reason: 'conformance' }));
      else await operate(id, 'rewind', { action: 'retry' });
    },
    /** How often the host has called a function of the instance. */
    async countCalls(id: string, functionName: string): Promise<number> {
      const shown = await taken<{
        historyEvents: readonly { readonly EventType: string; readonly FunctionName?: string }[];
      }>('GET', webhook(id, { showHistory: 'true' }));
      return shown.historyEvents.filter(({ FunctionName, EventType }) => {
        return FunctionName === functionName && EventType === 'TaskCompleted';
      }).length;
    },
    /** Undefined where the outside systems cannot be looked at. */
    balance: async (id: string): Promise<Balance | undefined> =>
      trade === undefined ? undefined : readBalance(trade, id),
  };
}
