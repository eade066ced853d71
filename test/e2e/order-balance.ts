import type { Entry } from '../../src/emulators/trade/entries.ts';

/** What the outside systems have of an order: what is still in effect, and what was taken back. */
export interface Balance {
  readonly kept: Effects;
  readonly undone: Effects;
  /** Charges less refunds, in major units. */
  readonly netCharged: number;
}

interface Effects {
  readonly reservations: number;
  readonly charges: number;
  readonly shipments: number;
}

const none: Effects = { reservations: 0, charges: 0, shipments: 0 };

/** What an order that was fulfilled leaves behind, after tries that were undone. */
export const fulfilled = (total: number, undoneBefore: Partial<Effects> = {}): Balance => ({
  kept: { reservations: 1, charges: 1, shipments: 1 },
  undone: { ...none, ...undoneBefore },
  netCharged: total,
});

/** What an order that was not fulfilled leaves behind. */
export const undone = (effects: Partial<Effects>): Balance => ({
  kept: none,
  undone: { ...none, ...effects },
  netCharged: 0,
});

/** Asks the outside systems. @throws Error when they took back something else than what is marked so */
export async function readBalance(tradeUrl: string, instanceId: string): Promise<Balance> {
  const list = (path: string) => listOf(tradeUrl, path, instanceId);
  const reservations = count(await list('inventory/reservations'), await list('inventory/releases'));
  const charges = await list('payments/charges');
  const payments = count(charges, await list('payments/refunds'));
  const shipments = count(await list('shipping/shipments'), await list('shipping/cancellations'));
  const amounts = charges.map(({ state, request }) => (state === 'done' ? (request as { amount: number }).amount : 0));
  return {
    kept: { reservations: reservations.kept, charges: payments.kept, shipments: shipments.kept },
    undone: { reservations: reservations.undone, charges: payments.undone, shipments: shipments.undone },
    netCharged: amounts.reduce((sum, amount) => sum + amount, 0),
  };
}

/** What a system has done for an instance: the keys of its calls begin with its id. */
export const listOf = (tradeUrl: string, path: string, instanceId: string): Promise<Entry[]> =>
  listAll(tradeUrl, `${path}?key=${encodeURIComponent(`${instanceId}/`)}`);

/** All that a system has to show under a path. */
export async function listAll<T>(tradeUrl: string, path: string): Promise<T[]> {
  const response = await fetch(`${tradeUrl}/${path}`);
  return ((await response.json()) as { items: T[] }).items;
}

function count(effects: readonly Entry[], undos: readonly Entry[]) {
  const undone = effects.filter(({ state }) => state === 'undone').length;
  const undoing = undos.filter(({ answer }) => (answer as { undone: boolean }).undone).length;
  if (undone !== undoing) throw new Error(`${undone} effects are undone, but ${undoing} undos took something back`);
  return { kept: effects.filter(({ state }) => state === 'done').length, undone };
}
