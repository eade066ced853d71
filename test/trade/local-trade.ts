import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import type { Entry } from '../../src/emulators/trade/entries.ts';
import { startTradeEmulator, type TradeEmulator } from '../../src/emulators/trade/index.ts';
import { createFraud } from '../../src/trade/fraud-client.ts';
import { createInventory } from '../../src/trade/inventory-client.ts';
import { createNotifications } from '../../src/trade/notifications-client.ts';
import { createPayments } from '../../src/trade/payments-client.ts';
import { createShipping } from '../../src/trade/shipping-client.ts';

/** What an activity would call the client with. */
export const keyed = (idempotencyKey: string, signal = new AbortController().signal) => ({ idempotencyKey, signal });

/** The local systems on a file of their own, and a client for each. */
export async function startLocalTrade() {
  const folder = await mkdtemp(join(tmpdir(), 'trade-'));
  let emulator: TradeEmulator;
  const start = (port = 0) =>
    startTradeEmulator({
      databaseFile: join(folder, 'trade.sqlite'),
      port,
      now: () => new Date(),
      newId: randomUUID,
    });
  emulator = await start();
  onTestFinished(async () => {
    await emulator.close();
    await rm(folder, { recursive: true, force: true });
  });
  const list = async <T = Entry>(path: string): Promise<T[]> => {
    const response = await fetch(`${emulator.url}/${path}`);
    return ((await response.json()) as { items: T[] }).items;
  };
  return {
    ...createClients(emulator.url),
    url: emulator.url,
    list,
    /** Ends the systems and starts them again on what they kept. */
    async restart() {
      await emulator.close();
      emulator = await start(emulator.port);
      // A connection that the end has closed is found out by its next use.
      await vi.waitFor(() => fetch(`${emulator.url}/payments/charges`));
    },
  };
}

/** With breakers of their own. */
export function createClients(url: string) {
  const at = (path: string) => ({ baseUrl: `${url}/${path}`, timeoutMs: 300, now: () => new Date() });
  return {
    inventory: createInventory(at('inventory')),
    payments: createPayments(at('payments')),
    fraud: createFraud(at('fraud')),
    shipping: createShipping(at('shipping')),
    notifications: createNotifications(at('notifications')),
  };
}
