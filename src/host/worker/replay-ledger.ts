import type { InvocationResult, ReplayBody, SettledHistory } from './contract.ts';

/** A body as it is sent to the thread, which keeps the histories that it has been sent (replay-memory.ts). */
export interface SentReplay {
  /** Of the history, for this thread. */
  readonly history: number;
  /** How many events the thread keeps of it. */
  readonly known: number;
  /** JSON text of a list: the settled events behind those, the new events, and the rest of the body. */
  readonly text: string;
  /** JSON text; absent when the thread keeps it. */
  readonly input?: string;
  /** Histories that the thread need not keep any longer. */
  readonly forget: readonly number[];
}

/** What the host knows of one thread's memory, and so decides what there is to send and to forget. */
export interface ReplayLedger {
  send(body: ReplayBody): SentReplay;
  /** While an orchestrator goes on, the thread keeps its last answer too; once it has ended, nothing. */
  noteAnswer(history: number, result: InvocationResult): void;
}

/** Sizes are characters of JSON. */
interface Entry {
  readonly known: number;
  readonly sent: number;
  readonly answered: number;
}

const sizeOf = ({ sent, answered }: Entry): number => sent + answered;

/** @param capacity characters of JSON that the thread may keep; the history that is sent is kept whatever its size. */
export function createReplayLedger(capacity: number): ReplayLedger {
  const numbers = new WeakMap<SettledHistory, number>();
  /** The one that was sent last stands last. */
  const entries = new Map<number, Entry>();
  let lastNumber = 0;
  let size = 0;
  /** What the thread has not been told yet. */
  let forgotten: number[] = [];

  const numberOf = (history: SettledHistory): number => {
    const number = numbers.get(history) ?? ++lastNumber;
    numbers.set(history, number);
    return number;
  };

  const add = (history: number, entry: Entry): void => {
    entries.set(history, entry);
    size += sizeOf(entry);
  };

  const takeOut = (history: number): Entry | undefined => {
    const entry = entries.get(history);
    entries.delete(history);
    if (entry) size -= sizeOf(entry);
    return entry;
  };

  const forget = (history: number): void => {
    takeOut(history);
    forgotten.push(history);
  };

  const forgetOldest = (): void => {
    for (const oldest of entries.keys()) {
      if (size <= capacity || entries.size === 1) break;
      forget(oldest);
    }
  };

  return {
    send({ settled, fresh, input, rest }) {
      const history = numberOf(settled);
      const before = takeOut(history);
      const known = before?.known ?? 0;
      const text = `[[${settled.textFrom(known)}],[${fresh}],${rest}]`;
      const sent = (before?.sent ?? input.length) + text.length;
      add(history, { known: settled.length, sent, answered: before?.answered ?? 0 });
      forgetOldest();
      const forget = forgotten;
      forgotten = [];
      return { history, known, text, ...(!before && { input }), forget };
    },
    noteAnswer(history, result) {
      if (!result.ok || result.keptActions === undefined) return forget(history);
      const entry = takeOut(history);
      if (entry === undefined) return undefined;
      const text = result.returnValue && 'json' in result.returnValue ? result.returnValue.json : '';
      return add(history, { ...entry, answered: (result.keptActions > 0 ? entry.answered : 0) + text.length });
    },
  };
}
