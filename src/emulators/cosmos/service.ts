import { type Catalog, createCatalog } from './catalog.ts';
import { type CommitQueue, createCommitQueue } from '../commit-queue.ts';
import { openDatabase } from './database.ts';
import { createOffers, type Offers } from './offers.ts';
import { createItemStore, type ItemStore } from './item-store.ts';
import { createWriteClock, type WriteClock } from './write-clock.ts';

/** What the request handlers work with. */
export interface CosmosService {
  readonly catalog: Catalog;
  readonly items: ItemStore;
  readonly offers: Offers;
  readonly clock: WriteClock;
  readonly write: CommitQueue['write'];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Settles what is being written, then closes the file. */
  readonly close: () => Promise<void>;
}

export function openService(file: string, now: () => number): CosmosService {
  const store = openDatabase(file);
  const clock = createWriteClock(store, now);
  const items = createItemStore(store, clock, now);
  // Whatever has expired is gone before a write can meet it, so ids and unique keys become free again.
  const queue = createCommitQueue(store, () => items.removeExpired());
  return {
    catalog: createCatalog(store),
    items,
    offers: createOffers(store),
    clock,
    write: queue.write,
    now,
    async close() {
      await queue.drain();
      store.close();
    },
  };
}
