import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bindOrderActivities } from '../../activities/bind-activities.ts';
import { fulfilOrder } from '../../orchestrators/fulfil-order.ts';
import type { OrderRecords } from '../../src/azure/order-records.ts';
import { createFaults } from '../../src/faults.ts';
import type { OrderRequest } from '../../src/orders/order.ts';
import type { OrderRecord } from '../../src/orders/order-record.ts';
import { fulfilled, readBalance, undone } from '../e2e/order-balance.ts';
import { startSagaApp } from '../saga/kit/saga-app.ts';
import { createClients, startLocalTrade } from '../trade/local-trade.ts';
import { sampleOrder } from './sample-order.ts';
import { mishaps, requests, troubled, type Troubles } from './troubled-trade.ts';

// The order saga on the real engine and the real outside systems, in virtual time: retries and review deadlines take no time.

let lastOrder = 0;

/** One order with what befalls it. */
async function takeOrder(tradeUrl: string, troubles: Troubles, change: Partial<OrderRequest> = {}) {
  const records = new Map<string, OrderRecord>();
  const orders: Pick<OrderRecords, 'save' | 'read'> = {
    save: async (record) => void records.set(record.id, record),
    read: async (id) => records.get(id),
  };
  const faults = createFaults([]);
  const clients = troubled(createClients(tradeUrl), troubles);
  const app = await startSagaApp({
    sagas: [fulfilOrder],
    activities: bindOrderActivities({ ...clients, orders, faults, fraudThreshold: 70 }),
  });
  const id = `ord-${++lastOrder}`;
  const order = { ...sampleOrder(change), id, placedAt: '2026-01-05T08:00:00.000Z', correlationId: 'c-1' };
  const instanceId = await app.start(fulfilOrder, order, `order-${id}`);
  return {
    app,
    faults,
    instanceId,
    record: () => records.get(id),
    balance: () => readBalance(tradeUrl, instanceId),
    retry: (reason: string) => app.passGate(instanceId, { action: 'retry', by: 'Kim', reason }),
  };
}

const troublesArbitrary: fc.Arbitrary<Troubles> = fc
  .uniqueArray(fc.constantFrom(...requests), { maxLength: 4 })
  .chain((kinds) => {
    const planned = fc.array(fc.constantFrom(...mishaps), { minLength: 1, maxLength: 7 });
    return fc.record(Object.fromEntries(kinds.map((kind) => [kind, planned])));
  });

describe('whatever befalls an order', () => {
  it('ends it fulfilled with one of each effect, or with none of them, and then a rewind fulfils it', async () => {
    const { url } = await startLocalTrade();
    await fc.assert(
      fc.asyncProperty(troublesArbitrary, async (troubles) => {
        const { app, instanceId, balance, record, retry } = await takeOrder(url, troubles);
        try {
          for (;;) {
            const { runtimeStatus, status } = await app.runToEnd(instanceId);
            if (runtimeStatus === 'Completed') break;
            const { kept } = await balance();
            const isUndone = status.phase === 'failed';
            expect([runtimeStatus, kept, record()?.status]).toEqual([
              'Failed',
              isUndone ? { reservations: 0, charges: 0, shipments: 0 } : kept,
              isUndone ? 'failed' : record()?.status,
            ]);
            expect(['failed', 'compensation_failed']).toContain(status.phase);
            await retry('all may be well now');
          }
          const { kept, netCharged } = await balance();
          expect(kept).toEqual({ reservations: 1, charges: 1, shipments: 1 });
          expect(netCharged).toBe(25);
          expect(record()?.status).toBe('fulfilled');
        } finally {
          await app.close();
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe('an order', () => {
  it('whose refund fails for good stops with its effects listed, and goes on undoing after a rewind', async () => {
    const { url } = await startLocalTrade();
    const trouble: Troubles = { schedule: ['refused'], refund: ['refused'] };
    const { app, instanceId, balance, record, retry } = await takeOrder(url, trouble);
    onTestFinished(() => app.close());
    const { status } = await app.runToEnd(instanceId);
    expect(status).toMatchObject({ phase: 'compensation_failed', error: { code: 'refused' } });
    expect((await balance()).kept).toEqual({ reservations: 1, charges: 1, shipments: 0 });

    await retry('the bank answers again');
    expect((await app.runToEnd(instanceId)).status.phase).toBe('failed');
    expect(await balance()).toEqual(undone({ reservations: 1, charges: 1 }));
    expect(record()).toMatchObject({ status: 'failed', error: { code: 'refused' } });
  });

  it('whose parcel is booked is not undone when its record cannot be written: it is held, and goes on later', async () => {
    const { url } = await startLocalTrade();
    const { app, faults, instanceId, balance, record, retry } = await takeOrder(url, {
      schedule: ['busy'],
    });
    onTestFinished(() => app.close());
    await app.runUntil(instanceId, ({ step, phase }) => step === 'main/scheduleShipping#1' && phase === 'waiting');
    faults.set('persistence', 'off');
    const held = await app.runToEnd(instanceId);
    expect(held).toMatchObject({
      runtimeStatus: 'Failed',
      status: { phase: 'held', error: { code: 'persistence_down' } },
    });
    expect(await balance()).toEqual(fulfilled(25));

    faults.set('persistence', 'on');
    await retry('the store is back');
    expect((await app.runToEnd(instanceId)).runtimeStatus).toBe('Completed');
    expect(await balance()).toEqual(fulfilled(25));
    expect(record()?.status).toBe('fulfilled');
  });

  it('that nobody decides on within a day is rejected', async () => {
    const { url } = await startLocalTrade();
    const customer = { id: 'c-2', name: 'Mallory', email: 'fraud@example.org' };
    const { app, instanceId, balance, record } = await takeOrder(url, {}, { customer });
    onTestFinished(() => app.close());
    const started = app.now();
    const { status } = await app.runToEnd(instanceId);
    expect(status).toMatchObject({ phase: 'failed', error: { code: 'review_rejected' } });
    expect(app.now().getTime() - started.getTime()).toBeGreaterThanOrEqual(24 * 3_600_000);
    expect(await balance()).toEqual(undone({ reservations: 1 }));
    expect(record()).toMatchObject({ status: 'rejected', review: { decision: 'reject', by: 'timeout' } });
  });
});
