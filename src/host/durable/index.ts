import type { Clock } from '../clock.ts';
import type { DurableTaskSettings } from '../host-json.ts';
import type { Log } from '../log.ts';
import type { AppFunction, Invoke, TypedData } from '../worker/contract.ts';
import { createCommitQueue } from './commit-queue.ts';
import { createDispatcher } from './dispatcher.ts';
import { createDurableFunctions } from './durable-functions.ts';
import { createHotInstances } from './hot-instances.ts';
import type { ManagementRequest, ManagementResponse } from './management/message.ts';
import { createManagementApi } from './management/router.ts';
import { createStore } from './store.ts';
import { createStamp } from './timestamp.ts';

export type { ManagementRequest, ManagementResponse } from './management/message.ts';

export interface DurableEngineOptions {
  /** A path, or `:memory:`. */
  readonly databaseFile: string;
  readonly clock: Clock;
  /** Answers a UUID. */
  readonly newId: () => string;
  readonly settings: DurableTaskSettings;
  /** All functions of the app; those without a durable trigger do not matter here. */
  readonly functions: readonly AppFunction[];
  readonly invoke: Invoke;
  /** The value of a durableClient binding, which activities may have beside their trigger. */
  readonly clientInput: () => TypedData;
  readonly log: Log;
  /** For callHttp; by default Node's. */
  readonly fetch?: typeof globalThis.fetch;
}

export interface DurableEngine {
  /** Takes up everything that is unfinished. */
  start(): void;
  /** Keeps in memory no instance that nothing runs of. */
  rest(): void;
  /** Begins nothing new, waits for the functions that run, and closes the file. */
  stop(): Promise<void>;
  /** The management API; undefined for a path that is none of its own. */
  handle(request: ManagementRequest): Promise<ManagementResponse | undefined>;
}

/** Characters of JSON that are kept of idle instances; parsed, they take about three times as many bytes. */
const hotCapacity = 8 * 1024 * 1024;

/** @throws when the file cannot be opened. */
export function createDurableEngine(options: DurableEngineOptions): DurableEngine {
  const { clock, fetch = globalThis.fetch, invoke, log, newId, settings } = options;
  const store = createStore(options.databaseFile);
  const commits = createCommitQueue(store.database, (error) =>
    log('critical', 'Host.Durable', `The durable store cannot be written, nothing more is accepted: ${String(error)}`),
  );
  let lastWorkId = store.highestWorkId();
  const instances = createHotInstances(store, hotCapacity);
  const context = {
    store,
    commits,
    instances,
    functions: createDurableFunctions(options.functions, options.clientInput),
    settings,
    invoke,
    fetch,
    clock,
    log,
    newId,
    stamp: createStamp(clock),
    nextWorkId: () => ++lastWorkId,
  };
  let dispatcher: ReturnType<typeof createDispatcher> | undefined;
  const handle = createManagementApi({ ...context, deliver: (messages) => dispatcher?.deliver(messages) });
  return {
    start() {
      dispatcher ??= createDispatcher(context);
    },
    rest: () => instances.rest(),
    async stop() {
      await dispatcher?.stop();
      commits.flush();
      store.close();
    },
    handle,
  };
}
