import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { AppSettings } from '../app-settings.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { createAppCalls } from './app-calls.ts';
import type { Invoke } from './contract.ts';
import { findEntryPoints } from './find-entry-points.ts';
import { limitRunTime } from './limit-run-time.ts';
import type { AppThreadData, FromAppThread, LoadedApp, ToAppThread } from './messages.ts';
import { siblingModule } from './sibling-module.ts';
import { AppLoadError, WorkerGoneError } from './worker-errors.ts';

/** One life of the thread that runs the app. */
export interface AppThread {
  readonly app: LoadedApp;
  /** Rejects with WorkerGoneError when the thread ends first. */
  readonly invoke: Invoke;
  /** To be called when nothing runs. */
  rest(): void;
  /** Settles, with the reason, when the thread has ended for whatever reason. */
  readonly ended: Promise<string>;
  /** Runs the app's appTerminate hooks and ends the thread, by force after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

export interface AppThreadOptions {
  readonly appDir: string;
  readonly env: AppSettings;
  /** How long a function may run, in milliseconds; undefined for no limit. */
  readonly functionTimeout?: number | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Left alone, V8 would take over 100 MB, and be no faster for it; with half of this, long replays take a tenth longer. */
const maxYoungGenerationSizeMb = 48;

function startWorker({ appDir, env }: AppThreadOptions, begun: Int32Array<SharedArrayBuffer>): Worker {
  return new Worker(siblingModule(import.meta.url, 'app-thread'), {
    name: 'app',
    workerData: { appDir, entryPoints: findEntryPoints(appDir), begun } satisfies AppThreadData,
    // A thread would see an undefined setting as the text "undefined".
    env: Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)),
    execArgv: ['--disable-warning=ExperimentalWarning', '--enable-source-maps'],
    resourceLimits: { maxYoungGenerationSizeMb },
    stdout: true,
    stderr: true,
  });
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const forwardLines = (stream: Readable, write: (line: string) => void) =>
  createInterface({ input: stream }).on('line', write);

/**
 * Starts a thread and loads the app in it.
 *
 * @throws AppLoadError when the app fails to load or ends the thread while it loads; another error when there is no app.
 */
export async function startAppThread(options: AppThreadOptions): Promise<AppThread> {
  const { functionTimeout, clock, log } = options;
  const begun = new Int32Array(new SharedArrayBuffer(4));
  const worker = startWorker(options, begun);
  const loaded = Promise.withResolvers<LoadedApp>();
  const ended = Promise.withResolvers<string>();
  const post = (message: ToAppThread, owned: ArrayBuffer[] = []) => worker.postMessage(message, owned);
  const calls = createAppCalls(post, begun);
  let reason: string | undefined;

  const receive = (message: FromAppThread) => {
    switch (message.kind) {
      case 'loaded':
        return loaded.resolve(message.app);
      case 'loadFailed':
        loaded.reject(Object.assign(new AppLoadError(message.message), { stack: message.stack }));
        return void worker.terminate();
      case 'result':
        return calls.finish(message.call, message.result);
      case 'log':
        return log(message.level, message.category, message.message);
    }
  };
  worker.on('message', receive);
  worker.on('error', (error: unknown) => {
    reason = describe(error);
  });
  worker.on('exit', (code) => {
    reason ??= `the app ended its thread with exit code ${code}`;
    loaded.reject(Object.assign(new AppLoadError(reason), { stack: reason }));
    // Before its callers know, so that what they do next goes to the next thread.
    ended.resolve(reason);
    calls.failAll(`The app's worker is gone: ${reason.split('\n', 1)[0]}`);
  });
  forwardLines(worker.stdout, (line) => log('information', 'Host.Function.Console', line));
  forwardLines(worker.stderr, (line) => log('warning', 'Host.Function.Console', line));

  const endThread = (why: string): void => {
    reason ??= why;
    void worker.terminate();
  };

  const invoke = limitRunTime(calls.start, { functionTimeout, clock, log, endThread });

  const app = await loaded.promise;
  return {
    app,
    ended: ended.promise,
    invoke: async (invocation) => {
      if (reason !== undefined) throw new WorkerGoneError(reason);
      return invoke(invocation);
    },
    rest() {
      calls.forgetReplays();
      post({ kind: 'rest' });
    },
    async stop(graceMs) {
      reason ??= 'the host is stopping';
      post({ kind: 'terminate' });
      const force = setTimeout(() => void worker.terminate(), graceMs);
      await ended.promise;
      clearTimeout(force);
    },
  };
}
