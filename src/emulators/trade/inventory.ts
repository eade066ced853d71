import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { defineEffects, type OutsideSystem, type Refusal } from './outside-system.ts';

const requestSchema = z.object({
  orderId: z.string(),
  lines: z.array(z.object({ sku: z.string(), quantity: z.number().int().min(1) })),
});
type Lines = z.infer<typeof requestSchema>['lines'];

/** What there is of an article that is not listed. */
const plenty = 1_000_000;

const unknownSku = 'DISCONTINUED';

export const inventory: OutsideSystem = {
  name: 'inventory',
  schema: `
    CREATE TABLE IF NOT EXISTS stock (sku TEXT PRIMARY KEY, available INTEGER NOT NULL CHECK (available >= 0)) STRICT;
    INSERT INTO stock VALUES ('SOLD-OUT', 0), ('LAST-ONE', 1) ON CONFLICT DO NOTHING;
  `,
  effects: {
    reservations: defineEffects({
      request: requestSchema,
      book: ({ lines }, { database, newId }) =>
        firstShortage(database, lines) ?? (take(database, lines, 1), { reservationId: newId() }),
      takeBack: ({ lines }, database) => take(database, lines, -1),
    }),
  },
  undos: { releases: { of: 'reservations', field: 'reservation' } },
  views: {
    stock: (database) => database.prepare('SELECT sku, available FROM stock ORDER BY sku').all(),
  },
};

function firstShortage(database: DatabaseSync, lines: Lines): Refusal | undefined {
  const wanted = new Map<string, number>();
  for (const { sku, quantity } of lines) wanted.set(sku, (wanted.get(sku) ?? 0) + quantity);
  for (const [sku, quantity] of wanted) {
    if (sku === unknownSku) return { refused: 404, code: 'unknown_sku', message: `there is no article ${sku}` };
    const available = availableOf(database, sku);
    if (available < quantity)
      return { refused: 409, code: 'out_of_stock', message: `${sku}: ${quantity} wanted, ${available} available` };
  }
  return undefined;
}

function availableOf(database: DatabaseSync, sku: string): number {
  const row = database.prepare('SELECT available FROM stock WHERE sku = ?').get(sku);
  return row === undefined ? plenty : Number(row['available']);
}

function take(database: DatabaseSync, lines: Lines, times: 1 | -1): void {
  const write = database.prepare(
    'INSERT INTO stock VALUES (?, ?) ON CONFLICT (sku) DO UPDATE SET available = excluded.available',
  );
  for (const { sku, quantity } of lines) write.run(sku, availableOf(database, sku) - times * quantity);
}
