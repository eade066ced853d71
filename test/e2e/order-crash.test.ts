import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import type { Entry } from '../../src/emulators/trade/entries.ts';
import { sampleOrder } from '../orders/sample-order.ts';
import { type AcceptedOrder, createOrderApi } from './order-api.ts';
import { fulfilled, undone } from './order-balance.ts';
import { makeDataFolder, startProgram } from './program.ts';
import { createRandom } from './random.ts';

/** How often the program is killed; CRASH_RUNS=100 for the long run. */
const runs = Number(process.env['CRASH_RUNS'] ?? 3);
const seed = Number(process.env['CRASH_SEED'] ?? 20_260_101);
const longestLifeMs = 1_500;
const ordersPerRun = 10;

const cards = ['tok_visa', 'tok_reply_lost_once', 'tok_declined'] as const;
const cardOf = (n: number) => cards[n % cards.length] ?? 'tok_visa';

it(
  `charges each order once or not at all over ${runs} kills at any instant (CRASH_SEED=${seed})`,
  { timeout: runs * 10_000 + 120_000 },
  async () => {
    const dataDir = await makeDataFolder(onTestFinished);
    const random = createRandom(seed);
    const start = () => startProgram({ dataDir });
    const place = (program: Awaited<ReturnType<typeof start>>, n: number) =>
      createOrderApi(program).place(sampleOrder({ payment: { cardToken: cardOf(n) }, contacts: [] }), {
        'idempotency-key': `basket-${n}`,
      });

    const promised = new Map<number, AcceptedOrder>();
    for (let run = 0; run < runs; run++) {
      const program = await start();
      const placing = Array.from({ length: ordersPerRun }, async (_, n) => {
        const basket = run * ordersPerRun + n;
        const answer = await place(program, basket).catch(() => undefined);
        if (answer?.status === 202) promised.set(basket, answer.body);
      });
      await sleep(random() * longestLifeMs);
      await program.kill();
      await Promise.all(placing);
    }

    const program = await start();
    onTestFinished(() => program.kill());
    const orders = createOrderApi(program);
    let fulfilledOrders = 0;
    for (let n = 0; n < runs * ordersPerRun; n++) {
      const { status, body } = await place(program, n);
      expect(status).toBe(202);
      expect(promised.get(n)?.orderId ?? body.orderId).toBe(body.orderId);
      const { runtimeStatus } = await orders.ended(body.instanceId);
      const isFulfilled = cardOf(n) !== 'tok_declined';
      fulfilledOrders += isFulfilled ? 1 : 0;
      expect(runtimeStatus).toBe(isFulfilled ? 'Completed' : 'Failed');
      expect(await orders.balanceOf(body.instanceId)).toEqual(
        isFulfilled ? fulfilled(25) : undone({ reservations: 1 }),
      );
      expect((await orders.read(body.orderId)).status).toBe(isFulfilled ? 'fulfilled' : 'failed');
    }
    expect(promised.size).toBeGreaterThan(0);
    const charges = (await orders.books<Entry>('payments/charges')).filter(({ state }) => state === 'done');
    expect(charges).toHaveLength(fulfilledOrders);
    const stock = await orders.books<{ sku: string; available: number }>('inventory/stock');
    expect(stock.find(({ sku }) => sku === 'TEA-1')?.available).toBe(1_000_000 - 2 * fulfilledOrders);
  },
);
