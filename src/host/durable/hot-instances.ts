import { isTerminal } from './history.ts';
import type { OrchestratorAnswer } from './orchestrator-answer.ts';
import type { InstanceRow, Store } from './store.ts';
import { type WireHistory, createWireHistory } from './wire-history.ts';

/** An instance as the next episode needs it. The store has all of it; this only saves reading and rendering it again. */
export interface HotInstance {
  row: InstanceRow;
  readonly history: WireHistory;
  /** Characters of JSON. */
  historySize: number;
  /** The last one: the worker says only what is new in the next. */
  answer: OrchestratorAnswer | undefined;
  /** Set when the instance has been purged or replaced under a running episode. */
  isGone: boolean;
}

/** The instances that ran lately. At most one user at a time may have one in hand. */
export interface HotInstances {
  take(id: string): HotInstance | undefined;
  giveBack(hot: HotInstance): void;
  /** To be called whenever an instance is changed by anything but the episode that has it in hand. */
  forget(id: string): void;
  /** Keeps those in hand alone. */
  rest(): void;
}

/** @param capacity characters of JSON that may stay in memory. */
export function createHotInstances(store: Store, capacity: number): HotInstances {
  const inHand = new Map<string, HotInstance>();
  const idle = new Map<string, HotInstance>();
  let size = 0;

  const removeIdle = (id: string): HotInstance | undefined => {
    const hot = idle.get(id);
    if (hot !== undefined) size -= sizeOf(hot);
    idle.delete(id);
    return hot;
  };

  const load = (id: string): HotInstance | undefined => {
    const row = store.findInstance(id);
    if (row === undefined) return undefined;
    const { events, size } = store.readHistory(row);
    return { row, history: createWireHistory(events), historySize: size, answer: undefined, isGone: false };
  };

  return {
    take(id) {
      const hot = removeIdle(id) ?? load(id);
      if (hot !== undefined) inHand.set(id, hot);
      return hot;
    },
    giveBack(hot) {
      if (inHand.get(hot.row.id) === hot) inHand.delete(hot.row.id);
      if (hot.isGone || isTerminal(hot.row.runtimeStatus)) return;
      idle.set(hot.row.id, hot);
      size += sizeOf(hot);
      for (const oldest of idle.keys()) {
        if (size <= capacity) break;
        removeIdle(oldest);
      }
    },
    forget(id) {
      removeIdle(id);
      const hot = inHand.get(id);
      if (hot !== undefined) hot.isGone = true;
    },
    rest() {
      idle.clear();
      size = 0;
    },
  };
}

const sizeOf = ({ row, historySize, answer }: HotInstance): number =>
  (row.input?.length ?? 0) + historySize + (answer?.size ?? 0);
