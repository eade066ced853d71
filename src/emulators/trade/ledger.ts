import { DatabaseSync } from 'node:sqlite';
import { createCommitQueue } from '../commit-queue.ts';
import { type Entry, openEntries } from './entries.ts';
import { isRefusal, type OutsideSystem, type Refusal } from './outside-system.ts';

export interface Booked {
  readonly answer: object | Refusal;
  readonly reply: 'sent' | 'dropped' | 'withheld';
}

/** What the outside systems did: on disk before it is answered, and once per key. */
export interface Ledger {
  do(system: OutsideSystem, path: string, key: string, request: unknown): Promise<Booked>;
  undo(
    system: OutsideSystem,
    path: string,
    key: string,
    request: Readonly<Record<string, unknown>>,
  ): Promise<object | Refusal>;
  list(collection: string, keyPrefix: string): readonly Entry[];
  view(read: (database: DatabaseSync) => readonly object[]): readonly object[];
  close(): Promise<void>;
}

export interface LedgerOptions {
  readonly file: string;
  readonly systems: readonly OutsideSystem[];
  readonly now: () => Date;
  readonly newId: () => string;
}

export function openLedger({ file, systems, now, newId }: LedgerOptions): Ledger {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  for (const system of systems) database.exec(system.schema ?? '');
  const entries = openEntries(database, now);
  const queue = createCommitQueue(database, () => undefined);

  /** Whether there was something to take back. */
  function takeBack(system: OutsideSystem, path: string, key: string): boolean {
    const collection = `${system.name}/${path}`;
    const effect = entries.find(collection, key);
    if (effect === undefined) entries.add(collection, key, { state: 'void', request: {}, answer: {} });
    if (effect?.state !== 'done') return false;
    system.effects[path]?.takeBack?.(effect.request, database);
    entries.markUndone(collection, key);
    return true;
  }

  return {
    do: (system, path, key, request) =>
      queue.write(() => {
        const effects = system.effects[path];
        if (effects === undefined) throw new Error(`invariant: ${system.name} has no ${path}`);
        const collection = `${system.name}/${path}`;
        const attempt = entries.countAttempt(collection, key);
        const reply = effects.reply?.(request, attempt) ?? 'sent';
        const before = entries.find(collection, key);
        if (before !== undefined) return { answer: repeated(before, request), reply };
        const answer = effects.book(request, { database, newId, attempt });
        if (isRefusal(answer)) return { answer, reply: 'sent' };
        entries.add(collection, key, { state: 'done', request, answer });
        return { answer, reply };
      }),
    undo: (system, path, key, request) =>
      queue.write(() => {
        const undo = system.undos[path];
        if (undo === undefined) throw new Error(`invariant: ${system.name} has no ${path}`);
        const collection = `${system.name}/${path}`;
        const before = entries.find(collection, key);
        if (before !== undefined) return repeated(before, request);
        const effect = String(request[undo.field]);
        const done = entries.find(`${system.name}/${undo.of}`, effect);
        const refusal = done?.state === 'done' ? undo.refuse?.(done.request) : undefined;
        if (refusal !== undefined) return refusal;
        const answer = { undone: takeBack(system, undo.of, effect) };
        entries.add(collection, key, { state: 'done', request, answer });
        return answer;
      }),
    list: (collection, keyPrefix) => entries.list(collection, keyPrefix),
    view: (read) => read(database),
    async close() {
      await queue.drain();
      database.close();
    },
  };
}

function repeated(before: Entry, request: unknown): object | Refusal {
  if (before.state === 'void') return { refused: 409, code: 'voided', message: 'this was undone before it arrived' };
  if (JSON.stringify(before.request) === JSON.stringify(request)) return before.answer as object;
  return { refused: 422, code: 'idempotency_key_reused', message: 'this key came with another request before' };
}
