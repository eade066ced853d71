import { expect, it, onTestFinished } from 'vitest';
import { fulfilOrder } from '../../orchestrators/fulfil-order.ts';
import { readTrail } from '../../src/audit/read-trail.ts';
import type { OrderRequest } from '../../src/orders/order.ts';
import { createSagaTestHost, sweep } from '../../src/testing/index.ts';
import { listOf, readBalance, undone } from '../e2e/order-balance.ts';
import { startLocalTrade } from '../trade/local-trade.ts';
import { openOrderWorld, orderOf } from './order-world.ts';

const patience = { timeout: 300_000 };

it('fulfils an order or undoes it, whatever fails', patience, async () => {
  const { url } = await startLocalTrade();
  const { steps, cases } = await sweep(fulfilOrder, orderOf, { open: () => openOrderWorld(url) });
  expect(steps).toEqual([
    'createOrder#1',
    'reserveInventory#1',
    'scoreFraud#1',
    'chargePayment#1',
    'scheduleShipping#1',
    'saveOrder#1',
    'notifyCustomer#1',
    'saveOrder#2',
  ]);
  expect(cases).toContain('fail scheduleShipping#1, fail undo of chargePayment#1, then skip');
});

it('does so for an order that a person has to look at', patience, async () => {
  const { url } = await startLocalTrade();
  const customer = { id: 'c-2', name: 'Mallory', email: 'fraud@example.org' };
  const { cases } = await sweep(fulfilOrder, (id) => orderOf(id, { customer, contacts: [] }), {
    open: () => openOrderWorld(url),
    approve: () => ({ checkedBy: 'phone' }),
  });
  expect(cases).toContain('reviews rejected, nothing fails');
  expect(cases).toContain('reviews unanswered, nothing fails');
});

/** One order on the real outside systems, with what a test may do to its steps. */
async function takeOrder(change: Partial<OrderRequest> = {}) {
  const { url } = await startLocalTrade();
  const world = openOrderWorld(url);
  const host = await createSagaTestHost({ sagas: [fulfilOrder], activities: world.activities });
  onTestFinished(() => host.close());
  const id = await host.startSaga(fulfilOrder, orderOf('1', change), 'order-1');
  return {
    ...host,
    id,
    record: world.record,
    balance: () => readBalance(url, id),
    refunds: () => listOf(url, 'payments/refunds', id),
    trail: async () =>
      readTrail({ ...(await host.status(id)), createdTime: host.now(), historyEvents: await host.history(id) }),
  };
}

it('refunds a payment once that timed out after it was charged', async () => {
  const order = await takeOrder({ payment: { cardToken: 'tok_times_out' } });
  const end = await order.runToEnd(order.id);
  expect(end).toMatchObject({ runtimeStatus: 'Failed', output: expect.stringContaining('payments_timeout') as string });
  expect(await order.balance()).toEqual(undone({ reservations: 1, charges: 1 }));
  expect(await order.refunds()).toMatchObject([{ state: 'done', answer: { undone: true } }]);
  expect(
    order.calls.filter(({ activity, direction }) => activity === 'chargePayment' && direction === 'do'),
  ).toHaveLength(3);
});

it.each(['retry', 'skip'] as const)('parks an order whose refund fails, until a person says: %s', async (action) => {
  const order = await takeOrder();
  order.failStep('scheduleShipping#1', { error: { code: 'carrier_down' } });
  const bankIsBack = order.failUndo('chargePayment#1', { error: { code: 'bank_down', message: 'the bank is closed' } });
  const { output } = await order.runToEnd(order.id);
  expect(output).toMatch(/gate#1# .*bank_down.*the bank is closed/);
  expect(await order.sagaStatus(order.id)).toMatchObject({
    phase: 'compensation_failed',
    step: 'undo of main/chargePayment#1',
    error: { code: 'bank_down' },
    gate: { actions: ['retry', 'skip', 'abort'] },
  });
  expect((await order.balance()).kept).toEqual({ reservations: 1, charges: 1, shipments: 0 });

  bankIsBack();
  await order.passGate(order.id, { action, by: 'Kim', reason: 'talked to the bank' });
  await order.runToEnd(order.id);
  const isSkipped = action === 'skip';
  expect(await order.sagaStatus(order.id)).toMatchObject({
    phase: 'failed',
    error: { code: 'carrier_down' },
    ledger: expect.arrayContaining([
      isSkipped
        ? {
            step: 'main/chargePayment#1',
            outcome: 'succeeded',
            undo: 'skipped',
            skipped: { by: 'Kim', reason: 'talked to the bank' },
          }
        : { step: 'main/chargePayment#1', outcome: 'succeeded', undo: 'done' },
    ]) as unknown,
  });
  expect((await order.balance()).kept).toEqual({ reservations: 0, charges: isSkipped ? 1 : 0, shipments: 0 });
  expect(order.record()).toMatchObject({ status: 'failed', error: { code: 'carrier_down' } });
  expect(await order.trail()).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ kind: 'rewound', action, actor: 'Kim', reason: 'talked to the bank' }),
    ]),
  );
});
