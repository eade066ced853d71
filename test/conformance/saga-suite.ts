import assert from 'node:assert/strict';
import type { OrderRequest } from '../../src/orders/order.ts';
import { type Balance, fulfilled, undone } from '../e2e/order-balance.ts';
import { sampleOrder } from '../orders/sample-order.ts';
import type { SagaClient, Seen } from './saga-client.ts';
import type { Check } from './suite.ts';

// The order saga's ways through a host, whichever: everything that fails does so for what the order says (docs/orders.md).

/** A check that a host gives no occasion for says so in its note. */
export const notTried = 'not tried: ';

/** What no host can be brought to over HTTP. */
export const outOfReach =
  'Never tried here, but in npm test: a host that dies or kills an activity, a message that comes twice, a review whose day runs out.';

type Ways = Readonly<Record<string, (client: SagaClient) => Promise<string | undefined>>>;

/** Checks that may run at once, and then those that disturb others. */
export const createSagaSuite = (
  client: SagaClient,
): { readonly together: readonly Check[]; readonly alone: readonly Check[] } => ({
  together: checksOf(together, client),
  alone: checksOf(alone, client),
});

const checksOf = (ways: Ways, client: SagaClient): readonly Check[] =>
  Object.entries(ways).map(([name, go]) => ({ name: `saga: ${name}`, run: () => go(client) }));

const address = (postalCode: string) => ({ ...sampleOrder().shippingAddress, postalCode });
const card = (cardToken: string): Partial<OrderRequest> => ({ payment: { cardToken } });
const suspicious: Partial<OrderRequest> = {
  customer: { id: 'c-2', name: 'Mallory', email: 'fraud@example.org' },
};

const atGate =
  (number: number) =>
  ({ rewindable: { yes, why } }: Seen): boolean =>
    yes && new RegExp(`gate ${number}\\b`).test(why);
const isCompleted = ({ runtimeStatus }: Seen): boolean => runtimeStatus === 'Completed';
const isInReview = ({ phase }: Seen): boolean => phase === 'in_review';

function expectState({ phase, error }: Seen, wanted: { readonly phase: string; readonly code?: string }): void {
  assert.deepEqual({ phase, ...(wanted.code !== undefined && { code: error?.code }) }, wanted);
}

/** Of the steps that were done, in their order. */
const undosOf = ({ compensation }: Seen) =>
  compensation.flatMap(({ step, outcome, undo }) =>
    outcome === 'failed' || undo === 'none' ? [] : [`${step.replace(/^main\/|#\d+$/g, '')} ${undo}`],
  );

async function expectBalance(client: SagaClient, id: string, wanted: Balance): Promise<undefined> {
  const seen = await client.balance(id);
  if (seen !== undefined) assert.deepEqual(seen, wanted);
}

const together: Ways = {
  async 'an order is fulfilled'(client) {
    const { id, orderId } = await client.order();
    const seen = await client.until(id, isCompleted);
    expectState(seen, { phase: 'completed' });
    assert.equal((await client.record(orderId)).status, 'fulfilled');
    return expectBalance(client, id, fulfilled(25));
  },

  async 'a charge that is put off twice is tried again, when the bank says'(client) {
    const { id } = await client.order(card('tok_rate_limited'));
    await client.until(id, isCompleted);
    assert.equal(await client.countCalls(id, 'chargePayment'), 3);
    return expectBalance(client, id, fulfilled(25));
  },

  async 'a charge whose answer is lost is found by the next attempt'(client) {
    const { id } = await client.order(card('tok_reply_lost_once'));
    await client.until(id, isCompleted);
    assert.equal(await client.countCalls(id, 'chargePayment'), 2);
    return expectBalance(client, id, fulfilled(25));
  },

  async 'a charge that times out is refunded once'(client) {
    const { id } = await client.order(card('tok_times_out'));
    expectState(await client.until(id, atGate(1)), { phase: 'failed', code: 'payments_timeout' });
    assert.equal(await client.countCalls(id, 'chargePayment-undo'), 1);
    return expectBalance(client, id, undone({ reservations: 1, charges: 1 }));
  },

  async 'a saga that fails is Failed, so that any tool can rewind it'(client) {
    const { id } = await client.order(card('tok_declined'));
    const { runtimeStatus } = await client.until(id, atGate(1));
    const waits = 'the gates of this app wait for events (SAGA_GATE=event), so the API alone rewinds';
    return runtimeStatus === 'Failed' ? undefined : `${notTried}${waits}`;
  },

  async 'after a compensation: rewound by the webhook, then by the API, then given up'(client) {
    const { id, orderId } = await client.order(card('tok_declined'));
    const undos = ['createOrder done', 'reserveInventory done'];
    const failed = await client.until(id, atGate(1));
    expectState(failed, { phase: 'failed', code: 'card_declined' });
    assert.deepEqual(undosOf(failed), undos);
    await client.rewindByWebhook(id);
    const again = await client.until(id, atGate(2));
    expectState(again, { phase: 'failed', code: 'card_declined' });
    assert.deepEqual(undosOf(again), undos);
    await client.operate(id, 'rewind', { action: 'retry' });
    expectState(await client.until(id, atGate(3)), { phase: 'failed', code: 'card_declined' });
    await client.operate(id, 'rewind', { action: 'abort' });
    const given = await client.until(id, ({ phase }) => phase === 'aborted');
    assert.equal(given.rewindable.yes, false);
    assert.equal((await client.record(orderId)).status, 'failed');
    return expectBalance(client, id, undone({ reservations: 3 }));
  },

  async 'after retries and a compensation: rewound by the webhook and by the API'(client) {
    const { id } = await client.order({ shippingAddress: address('00503') });
    expectState(await client.until(id, atGate(1)), { phase: 'failed', code: 'carrier_down' });
    assert.equal(await client.countCalls(id, 'scheduleShipping'), 3);
    await client.rewindByWebhook(id);
    expectState(await client.until(id, atGate(2)), { phase: 'failed', code: 'carrier_down' });
    await client.operate(id, 'rewind', { action: 'retry' });
    expectState(await client.until(id, atGate(3)), { phase: 'failed', code: 'carrier_down' });
    assert.equal(await client.countCalls(id, 'chargePayment-undo'), 3);
    return expectBalance(client, id, undone({ reservations: 3, charges: 3 }));
  },

  async 'a rewind gets past what has failed before'(client) {
    const lines = [{ sku: 'LAST-ONE', quantity: 1, unitPrice: 5 }];
    const first = await client.order({ ...suspicious, lines });
    const holding = await client.until(first.id, (seen) => isInReview(seen) || atGate(1)(seen));
    if (!isInReview(holding)) return `${notTried}article LAST-ONE is sold, so no order can free it for another`;
    const second = await client.order({ ...suspicious, lines });
    expectState(await client.until(second.id, atGate(1)), { phase: 'failed', code: 'out_of_stock' });
    await client.decide(first.id, 'fraud', { decision: 'reject', reason: 'not the customer' });
    await client.until(first.id, atGate(1));
    await client.rewindByWebhook(second.id);
    await client.until(second.id, isInReview);
    await client.decide(second.id, 'fraud', { decision: 'reject', reason: 'not that one either' });
    expectState(await client.until(second.id, atGate(2)), { phase: 'failed', code: 'review_rejected' });
    return expectBalance(client, second.id, undone({ reservations: 1 }));
  },

  async 'an undo that fails: rewound by the webhook, by the API, then skipped'(client) {
    const { id } = await client.order({ ...card('tok_refund_refused'), shippingAddress: address('00422') });
    const stuck = await client.until(id, atGate(1));
    if (stuck.phase === 'failed') return `${notTried}the bank refunds the card tok_refund_refused`;
    expectState(stuck, { phase: 'compensation_failed', code: 'refund_refused' });
    assert.deepEqual(undosOf(stuck), ['createOrder pending', 'reserveInventory pending', 'chargePayment failed']);
    await client.rewindByWebhook(id);
    expectState(await client.until(id, atGate(2)), { phase: 'compensation_failed', code: 'refund_refused' });
    await client.operate(id, 'rewind', { action: 'retry' });
    expectState(await client.until(id, atGate(3)), { phase: 'compensation_failed', code: 'refund_refused' });
    await client.operate(id, 'rewind', { action: 'skip', reason: 'refunded by hand' });
    const skipped = await client.until(id, atGate(4));
    expectState(skipped, { phase: 'failed', code: 'undeliverable' });
    assert.deepEqual(undosOf(skipped), ['createOrder done', 'reserveInventory done', 'chargePayment skipped']);
    const charge = skipped.compensation.find(({ step }) => step.includes('chargePayment'));
    assert.deepEqual(charge?.skipped, { by: 'Kim', reason: 'refunded by hand' });
    return undefined;
  },

  async 'a review is approved'(client) {
    const { id, orderId } = await client.order(suspicious);
    const open = await client.until(id, isInReview);
    assert.equal(open.review?.name, 'fraud');
    const refused = { decision: 'approve', data: { checkedBy: 'nobody' }, by: 'Kim' };
    assert.equal(await client.status('POST', `/api/sagas/${id}/reviews/fraud`, refused), 400);
    await client.decide(id, 'fraud', { decision: 'approve', data: { checkedBy: 'phone' } });
    await client.until(id, isCompleted);
    assert.equal((await client.record(orderId)).review?.by, 'Kim');
    return expectBalance(client, id, fulfilled(25));
  },

  async 'a review is rejected, and asked again after a rewind'(client) {
    const { id, orderId } = await client.order(suspicious);
    await client.until(id, isInReview);
    await client.decide(id, 'fraud', { decision: 'reject', reason: 'not the customer' });
    expectState(await client.until(id, atGate(1)), { phase: 'failed', code: 'review_rejected' });
    assert.equal((await client.record(orderId)).status, 'rejected');
    await client.operate(id, 'rewind', { action: 'retry' });
    const asked = await client.until(id, isInReview);
    await client.decide(id, asked.review?.id ?? '', { decision: 'approve' });
    await client.until(id, isCompleted);
    return expectBalance(client, id, fulfilled(25, { reservations: 1 }));
  },

  async 'a cancel ends a review and undoes'(client) {
    const { id, orderId } = await client.order(suspicious);
    await client.until(id, isInReview);
    await client.operate(id, 'cancel', {});
    expectState(await client.until(id, atGate(1)), { phase: 'failed', code: 'cancelled' });
    assert.equal((await client.record(orderId)).status, 'cancelled');
    return expectBalance(client, id, undone({ reservations: 1 }));
  },

  async 'a kill undoes nothing'(client) {
    const { id } = await client.order(suspicious);
    await client.until(id, isInReview);
    await client.operate(id, 'terminate', {});
    const killed = await client.until(id, ({ runtimeStatus }) => runtimeStatus === 'Terminated');
    assert.deepEqual(undosOf(killed), ['createOrder pending', 'reserveInventory pending']);
    assert.equal(killed.rewindable.yes, false);
    return expectBalance(client, id, { ...fulfilled(0), kept: { reservations: 1, charges: 0, shipments: 0 } });
  },
};

const alone: Ways = {
  async 'past the pivot: held, then rewound by the webhook'(client) {
    const { id } = await client.order(card('tok_rate_limited'));
    await client.until(id, ({ step, phase }) => step === 'main/chargePayment#1' && phase === 'waiting');
    const outage = await client.status('POST', '/api/dev/faults', { persistence: 'off' });
    if (outage >= 300) {
      await client.until(id, isCompleted);
      return `${notTried}nothing that an order says makes a step past the pivot fail, and the host serves no POST /api/dev/faults`;
    }
    try {
      expectState(await client.until(id, atGate(1)), { phase: 'held', code: 'persistence_down' });
    } finally {
      await client.status('POST', '/api/dev/faults', { persistence: 'on' });
    }
    await expectBalance(client, id, fulfilled(25));
    await client.rewindByWebhook(id);
    await client.until(id, isCompleted);
    return expectBalance(client, id, fulfilled(25));
  },
};
