import { bulkhead } from 'cockatiel';

/** Requests that are under way at once for one that was made. */
const atOnce = 16;

/** The results of work on each item, in their order. However many items there are, they take no more than their turns. */
export function mapInTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const turns = bulkhead(atOnce, Infinity);
  return Promise.all(items.map((item) => turns.execute(() => work(item))));
}
