import type { DatabaseSync } from 'node:sqlite';
import type { Container, Resource } from './catalog.ts';
import type { JsonObject } from './json.ts';
import { computeOfferRid } from './resource-id.ts';
import type { Stamp } from './write-clock.ts';

export interface Offer {
  readonly number: number;
  readonly id: string;
  readonly body: JsonObject & { readonly _etag: string };
}

export type Offers = ReturnType<typeof createOffers>;

/** The throughput of databases and containers: kept and answered, never enforced. What it changes must run in a transaction. */
export function createOffers(store: DatabaseSync) {
  const select = store.prepare('SELECT n, body FROM offer ORDER BY n');
  const reserve = store.prepare("INSERT INTO offer (database, container, body) VALUES (?, ?, '{}')");
  const update = store.prepare('UPDATE offer SET body = ? WHERE n = ?');

  function save(number: number, content: JsonObject, { etag, seconds }: Stamp): Offer {
    const id = computeOfferRid(number);
    const body = { ...content, id, _rid: id, _self: `offers/${id}/`, _etag: etag, _ts: seconds };
    update.run(JSON.stringify(body), number);
    return { number, id, body };
  }

  return {
    list: (): Offer[] =>
      (select.all() as { n: number; body: string }[]).map(({ n, body }) => ({
        number: n,
        id: computeOfferRid(n),
        body: JSON.parse(body) as Offer['body'],
      })),
    create(
      { database, container }: { database: Resource; container?: Container },
      content: JsonObject,
      stamp: Stamp,
    ): void {
      const number = Number(reserve.run(database.number, container?.number ?? null).lastInsertRowid);
      const { self: resource, rid: offerResourceId } = container ?? database;
      save(number, { offerVersion: 'V2', offerType: 'Invalid', resource, offerResourceId, content }, stamp);
    },
    replace: ({ number, body }: Offer, content: JsonObject, stamp: Stamp): Offer =>
      save(number, { ...body, content }, stamp),
  };
}
