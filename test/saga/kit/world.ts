import { z } from 'zod';
import {
  type ActivityDefinition,
  type Call,
  defineActivity,
  type Done,
  once,
  RetryableError,
  type RetryOptions,
  TerminalError,
} from '../../../src/saga/index.ts';

/** What the next call of a function does, effect included; a function decides for itself, before the effect happens. */
export type Behaviour =
  | 'works'
  /** Nothing happens; another attempt may help. */
  | 'fails'
  /** Nothing happens, and no attempt helps. */
  | 'fails for good'
  /** The effect happens, but nobody hears of it. */
  | 'is lost after'
  /** Nothing happens, and nobody knows. */
  | 'is lost before'
  | ((call: Call) => void | Promise<void>);

export interface RecordedCall {
  /** The function: `reserve`, `reserve-undo`. */
  readonly name: string;
  readonly key: string;
  readonly attempt: number;
  readonly at: Date;
  readonly done?: Done<unknown, unknown>;
}

export type Item = { readonly item: string };
export type Receipt = { readonly receipt: string };
export type WorldActivity = ActivityDefinition<Item, Receipt, World>;

/** The outside world of a test: what was done to it and not undone, by idempotency key. */
export interface World {
  readonly effects: Map<string, string>;
  readonly calls: RecordedCall[];
  /** How often each idempotency key has had its effect. */
  readonly applied: Map<string, number>;
  now: () => Date;
  /** Scripts the next calls of a function; after them it works. */
  next(functionName: string, ...behaviours: Behaviour[]): void;
  /** Every call of the function from now on. */
  always(functionName: string, behaviour: Behaviour | undefined): void;
  /** The functions called, in order. */
  called(): string[];
  behave(functionName: string, call: Call, effect: () => void): Promise<void>;
}

export function createWorld(): World {
  const scripts = new Map<string, Behaviour[]>();
  const standing = new Map<string, Behaviour>();
  const world: World = {
    effects: new Map(),
    calls: [],
    applied: new Map(),
    now: () => new Date(0),
    next(functionName, ...behaviours) {
      scripts.set(functionName, [...(scripts.get(functionName) ?? []), ...behaviours]);
    },
    always(functionName, behaviour) {
      if (behaviour === undefined) standing.delete(functionName);
      else standing.set(functionName, behaviour);
    },
    called: () => world.calls.map(({ name }) => name),
    async behave(functionName, call, effect) {
      const behaviour = scripts.get(functionName)?.shift() ?? standing.get(functionName) ?? 'works';
      await act(behaviour, functionName, call, effect);
    },
  };
  return world;
}

async function act(behaviour: Behaviour, name: string, call: Call, effect: () => void): Promise<void> {
  switch (behaviour) {
    case 'works':
      return effect();
    case 'fails':
      throw new RetryableError(`${name} is busy`, { code: 'busy' });
    case 'fails for good':
      throw new TerminalError(`${name} refuses`, { code: 'refused' });
    case 'is lost after':
      effect();
      throw new TerminalError(`no answer from ${name}`, { code: 'lost', outcome: 'unknown' });
    case 'is lost before':
      throw new TerminalError(`no answer from ${name}`, { code: 'lost', outcome: 'unknown' });
    default:
      await behaviour(call);
      return effect();
  }
}

export const itemSchema = z.object({ item: z.string() });
export const receiptSchema = z.object({ receipt: z.string() });

interface WorldActivityOptions {
  /** Default: compensable. */
  readonly effect?: 'none' | 'final';
  /** Default: one attempt. */
  readonly retry?: RetryOptions;
  readonly undoRetry?: RetryOptions;
  readonly timeoutMs?: number;
}

/** An activity that puts an item into the world, once per idempotency key, and takes it out again. */
export function defineWorldActivity(name: string, options: WorldActivityOptions = {}): WorldActivity {
  const { effect, retry = once, undoRetry = once, timeoutMs = 10_000 } = options;
  const common = { name, input: itemSchema, output: receiptSchema, retry, undoRetry, timeoutMs };
  const run = async ({ item }: Item, world: World, call: Call): Promise<Receipt> => {
    const key = call.idempotencyKey;
    world.calls.push({ name, key, attempt: call.attempt, at: world.now() });
    await world.behave(name, call, () => {
      if (world.effects.has(key)) return;
      world.effects.set(key, item);
      world.applied.set(key, (world.applied.get(key) ?? 0) + 1);
    });
    return { receipt: `receipt for ${item}` };
  };
  if (effect !== undefined) return defineActivity({ ...common, effect, run });
  return defineActivity({
    ...common,
    run,
    async undo(done: Done<Item, Receipt>, world, call) {
      const undo = `${name}-undo`;
      world.calls.push({ name: undo, key: call.idempotencyKey, attempt: call.attempt, at: world.now(), done });
      await world.behave(undo, call, () => void world.effects.delete(done.idempotencyKey));
    },
  });
}
