import type { Clock } from '../clock.ts';
import type { DurableTaskSettings } from '../host-json.ts';
import type { Log } from '../log.ts';
import type { Invoke } from '../worker/contract.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { DurableFunctions } from './durable-functions.ts';
import type { HotInstances } from './hot-instances.ts';
import type { ActivityRow, Message, Store, TimerRow } from './store.ts';
import type { Timestamp } from './timestamp.ts';

/** What the parts of the engine share. */
export interface EngineContext {
  readonly store: Store;
  readonly commits: CommitQueue;
  readonly instances: HotInstances;
  readonly functions: DurableFunctions;
  readonly settings: DurableTaskSettings;
  readonly invoke: Invoke;
  /** For callHttp. */
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly log: Log;
  /** The time of a new event. */
  readonly stamp: () => Timestamp;
  /** A UUID. */
  readonly newId: () => string;
  /** The number of a new message, activity or timer row. */
  readonly nextWorkId: () => number;
}

/** What a transaction has put into the store for others to act upon; they are told when it is written, not when it commits. */
export interface OutgoingWork {
  readonly messages: readonly Message[];
  readonly activities: readonly ActivityRow[];
  readonly timers: readonly TimerRow[];
}

export const nothing: OutgoingWork = { messages: [], activities: [], timers: [] };
