import { haveSameProperties } from './is-same-json.ts';
import type { SentReplay } from './replay-ledger.ts';

/** What the app's thread keeps of the orchestrators that it runs: their histories, parsed, and what they answered last. */
export interface ReplayMemory {
  open(sent: SentReplay): Replay;
}

/** One call of an orchestrator. */
export interface Replay {
  /** What its function is called with: as if it was parsed from the whole text, for durable-functions writes into it. */
  readonly body: unknown;
  /**
   * What the function returned, without the actions that its last answer began with too. Undefined when it has ended: then all is
   * said.
   */
  shorten(state: unknown): { readonly state: unknown; readonly keptActions: number } | undefined;
}

interface Kept {
  /** One that has objects in it as JSON text: so it is copied soonest. */
  readonly events: (object | string)[];
  /** JSON text. */
  readonly input: string;
  /** Of the last answer. */
  actions: readonly unknown[];
}

export function createReplayMemory(): ReplayMemory {
  const histories = new Map<number, Kept>();
  return {
    open({ history, known, text, input, forget }) {
      for (const number of forget) histories.delete(number);
      const kept = input === undefined ? histories.get(history) : { events: [], input, actions: [] };
      if (kept?.events.length !== known) throw new Error(`History ${history} does not stand here up to ${known}.`);
      const [settled, fresh, rest] = JSON.parse(text) as [object[], object[], object];
      for (const event of settled) kept.events.push(isFlat(event) ? event : JSON.stringify(event));
      histories.set(history, kept);
      return {
        body: {
          history: [...kept.events.map(copy), ...fresh],
          input: JSON.parse(kept.input) as unknown,
          ...rest,
        },
        shorten(state) {
          const actions = openActionsOf(state);
          if (actions === undefined) return undefined;
          const keptActions = countSame(kept.actions, actions);
          const added = actions.slice(keptActions);
          // The objects of old: to keep new ones each time would fill the old generation.
          kept.actions = [...kept.actions.slice(0, keptActions), ...added];
          return { state: { ...(state as object), actions: [added] }, keptActions };
        },
      };
    },
  };
}

const isFlat = (event: object): boolean =>
  Object.values(event).every((value) => typeof value !== 'object' || value === null);

const copy = (event: object | string): object =>
  typeof event === 'string' ? (JSON.parse(event) as object) : { ...event };

/** How many both begin with. */
function countSame(before: readonly unknown[], actions: readonly unknown[]): number {
  const difference = actions.findIndex((action, place) => !isSameAction(before[place], action));
  return difference < 0 ? actions.length : difference;
}

const isSameAction = (one: unknown, other: unknown): boolean =>
  isObject(one) && isObject(other) && haveSameProperties(one, other);

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Of an orchestrator that waits; in replay schema V3, one list of actions in a list. */
function openActionsOf(state: unknown): readonly unknown[] | undefined {
  if (!isObject(state) || !('actions' in state)) return undefined;
  if (!('isDone' in state) || state.isDone !== false) return undefined;
  const { actions } = state;
  if (!Array.isArray(actions) || actions.length !== 1) return undefined;
  const [only] = actions as readonly unknown[];
  return Array.isArray(only) ? only : undefined;
}
