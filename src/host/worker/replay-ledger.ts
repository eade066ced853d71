import type { InvocationResult, ReplayBody, SettledHistory } from './contract.ts';

/** A body as it is sent to the thread, which keeps the histories that it has been sent (replay-memory.ts). */
export interface SentReplay {
  /** Of the history, for this thread. */
  readonly history: number;
  /** How many events the thread keeps of it. */
  readonly known: number;
  /** The settled events behind those: JSON text of a list. */
  readonly settled: string;
  readonly fresh: string;
  /** Absent when the thread keeps it. */
  readonly input?: string;
  readonly rest: string;
  /** Histories that the thread need not keep any longer. */
  readonly forget: readonly number[];
}

/** What the host knows of one thread's memory, and so decides what there is to send and to forget. */
export interface ReplayLedger {
  send(body: ReplayBody): SentReplay;
  /** The thread keeps the actions of the answer too. */
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

  const forgetOldest = (): readonly number[] => {
    const forgotten: number[] = [];
    for (const oldest of entries.keys()) {
      if (size <= capacity || entries.size === 1) break;
      takeOut(oldest);
      forgotten.push(oldest);
    }
    return forgotten;
  };

  return {
    send({ settled, fresh, input, rest }) {
      const history = numberOf(settled);
      const before = takeOut(history);
      const known = before?.known ?? 0;
      const text = settled.textFrom(known);
      const sent = (before?.sent ?? input.length) + text.length;
      add(history, { known: settled.length, sent, answered: before?.answered ?? 0 });
      return { history, known, settled: text, fresh, ...(!before && { input }), rest, forget: forgetOldest() };
    },
    noteAnswer(history, result) {
      const entry = takeOut(history);
      if (entry === undefined) return;
      const text = result.ok && result.returnValue && 'json' in result.returnValue ? result.returnValue.json : '';
      const kept = result.ok && result.keptActions !== undefined && result.keptActions > 0 ? entry.answered : 0;
      add(history, { ...entry, answered: kept + text.length });
    },
  };
}
