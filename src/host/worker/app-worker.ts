import type { Invoke } from './contract.ts';
import type { LoadedApp } from './messages.ts';
import { startAppThread, type AppThread, type AppThreadOptions } from './start-app-thread.ts';
import { WorkerGoneError } from './worker-errors.ts';

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
  /** To be called when nothing runs: the app's thread forgets what it can be sent again, and gives back memory. */
  rest(): void;
  stop(): Promise<void>;
}

export const computeRestartDelay = (failures: number) =>
  Math.min(longestRestartDelay, firstRestartDelay * 2 ** Math.min(failures, 20));

/** @throws AppLoadError when the app does not load at the first start; later failures are logged and tried again. */
export async function createAppWorker(options: AppThreadOptions): Promise<AppWorker> {
  const { clock, log } = options;
  const first = await startAppThread(options);
  let thread = first;
  let running = Promise.resolve(first);
  let stopping = false;
  let failures = 0;
  /** Ends the waiting for the next start. */
  let wake: (() => void) | undefined;

  const wait = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      const cancel = clock.at(clock.now() + milliseconds, resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });
  const startAgain = async (): Promise<AppThread> => {
    const delay = computeRestartDelay(failures++);
    log('warning', 'Host.Worker', `The app is started again in ${delay} ms.`);
    await wait(delay);
    if (stopping) throw new WorkerGoneError('The host is stopping.');
    try {
      return await startAppThread(options);
    } catch (cause) {
      const { message, stack } = cause as Error;
      log('error', 'Host.Worker', `The app does not load any more: ${stack ?? message}`);
      throw new WorkerGoneError(`The app does not load any more: ${message}`, { cause });
    }
  };
  const untilItEnds = async (started: AppThread) => {
    thread = started;
    const since = clock.now();
    const reason = await started.ended;
    if (!stopping) log('error', 'Host.Worker', `The app crashed: ${reason}`);
    if (clock.now() - since > healthyLife) failures = 0;
  };
  const keepRunning = async () => {
    for (;;) {
      const started = await running.catch(() => undefined);
      if (started) await untilItEnds(started);
      if (stopping) return;
      running = startAgain();
    }
  };
  const kept = keepRunning();

  return {
    functions: first.app.functions,
    httpStreamUri: () => thread.app.httpStreamUri,
    invoke: async (invocation) => (await running).invoke(invocation),
    rest: () => thread.rest(),
    async stop() {
      stopping = true;
      wake?.();
      // A thread that is still starting has to be ended as well.
      const last = await running.catch(() => undefined);
      await last?.stop(terminateGrace);
      await kept;
    },
  };
}
