import type { SentReplay } from './replay-ledger.ts';

/** What the app's thread keeps of the orchestrators that it runs: their histories, parsed, and what they answered last. */
export interface ReplayMemory {
  open(sent: SentReplay): Replay;
}

/** One call of an orchestrator. */
export interface Replay {
  /** What its function is called with: as if it was parsed from the whole text, for durable-functions writes into it. */
  readonly body: unknown;
  /** Takes out of what the function returned the actions that its last answer began with too. */
  shorten(state: unknown): { readonly state: unknown; readonly keptActions: number };
}

interface Kept {
  readonly events: { readonly event: object; readonly isFlat: boolean }[];
  /** JSON text. */
  readonly input: string;
  /** Of the last answer: JSON texts. */
  actions: readonly string[];
}

export function createReplayMemory(): ReplayMemory {
  const histories = new Map<number, Kept>();
  return {
    open({ history, known, settled, fresh, input, rest, forget }) {
      for (const number of forget) histories.delete(number);
      const before = input === undefined ? histories.get(history) : { events: [], input, actions: [] };
      if (before?.events.length !== known) throw new Error(`History ${history} does not stand here up to ${known}.`);
      histories.set(history, before);
      before.events.push(...(JSON.parse(settled) as object[]).map((event) => ({ event, isFlat: isFlat(event) })));
      return createReplay(before, fresh, rest);
    },
  };
}

function createReplay(kept: Kept, fresh: string, rest: string): Replay {
  const before = kept.actions;
  // Until the answer is known: one that is an exception says all its actions.
  kept.actions = [];
  return {
    body: {
      history: [
        ...kept.events.map(({ event, isFlat }) => (isFlat ? { ...event } : structuredClone(event))),
        ...(JSON.parse(fresh) as object[]),
      ],
      input: JSON.parse(kept.input) as unknown,
      ...(JSON.parse(rest) as object),
    },
    shorten(state) {
      const actions = actionsOf(state);
      if (actions === undefined) return { state, keptActions: 0 };
      kept.actions = actions.map((action) => JSON.stringify(action));
      const difference = kept.actions.findIndex((text, place) => text !== before[place]);
      const keptActions = difference < 0 ? actions.length : difference;
      return { state: { ...(state as object), actions: [actions.slice(keptActions)] }, keptActions };
    },
  };
}

const isFlat = (event: object): boolean =>
  !Object.values(event).some((value) => typeof value === 'object' && value !== null);

/** Of replay schema V3: one list of actions in a list. */
function actionsOf(state: unknown): readonly unknown[] | undefined {
  if (typeof state !== 'object' || state === null || !('actions' in state)) return undefined;
  const { actions } = state;
  if (!Array.isArray(actions) || actions.length !== 1) return undefined;
  const [only] = actions as readonly unknown[];
  return Array.isArray(only) ? only : undefined;
}
