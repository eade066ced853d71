import type { Clock } from '../clock.ts';
import type { Invoke } from './contract.ts';
import type { LoadedApp } from './messages.ts';
import {
  startAppThread,
  WorkerGoneError,
  type AppLoadError,
  type AppThread,
  type AppThreadOptions,
} from './start-app-thread.ts';

const firstRestartDelay = 100;
const longestRestartDelay = 30_000;
/** A thread that lived this long starts the row of restart delays anew. */
const healthyLife = 60_000;
const terminateGrace = 2_000;

/** The app, kept running: a thread that ends by itself is replaced. */
export interface AppWorker {
  /** As the app registered itself at the first start. */
  readonly functions: LoadedApp['functions'];
  /** Of the thread that runs now. */
  httpStreamUri(): string | undefined;
  /** Waits for a restart under way; rejects with WorkerGoneError when the thread ends first. */
  readonly invoke: Invoke;
  stop(): Promise<void>;
}

export const computeRestartDelay = (failures: number) =>
  Math.min(longestRestartDelay, firstRestartDelay * 2 ** Math.min(failures, 20));

/** @throws AppLoadError when the app does not load at the first start; later failures are logged and tried again. */
export async function createAppWorker(options: AppThreadOptions & { readonly clock: Clock }): Promise<AppWorker> {
  const { clock, log } = options;
  let stopping = false;
  let failures = 0;
  let cancelRestart: (() => void) | undefined;
  let thread = await startAppThread(options);
  let running: Promise<AppThread> = Promise.resolve(thread);

  const watch = async (started: AppThread) => {
    const since = clock.now();
    const reason = await started.ended;
    if (stopping) return;
    log('error', 'Host.Worker', `The app crashed: ${reason}`);
    if (clock.now() - since > healthyLife) failures = 0;
    restart();
  };
  const startAgain = async (next: PromiseWithResolvers<AppThread>) => {
    try {
      thread = await startAppThread(options);
      next.resolve(thread);
      void watch(thread);
      if (stopping) await thread.stop(terminateGrace);
    } catch (error) {
      const { message, stack } = error as AppLoadError;
      log('error', 'Host.Worker', `The app could not be loaded again: ${stack ?? message}`);
      next.reject(new WorkerGoneError(`The app could not be loaded again: ${message}`));
      if (!stopping) restart();
    }
  };
  const restart = () => {
    const delay = computeRestartDelay(failures++);
    log('warning', 'Host.Worker', `The app is restarted in ${delay} ms.`);
    const next = Promise.withResolvers<AppThread>();
    next.promise.catch(() => {}); // nobody may be waiting for it
    running = next.promise;
    cancelRestart = clock.at(clock.now() + delay, () => void startAgain(next));
  };
  void watch(thread);

  return {
    functions: thread.app.functions,
    httpStreamUri: () => thread.app.httpStreamUri,
    invoke: async (invocation) => (await running).invoke(invocation),
    async stop() {
      stopping = true;
      cancelRestart?.();
      await thread.stop(terminateGrace);
    },
  };
}
