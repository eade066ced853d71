import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { AppSettings } from '../app-settings.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Invocation, InvocationResult, Invoke, ReplayBody } from './contract.ts';
import { findEntryPoints } from './find-entry-points.ts';
import { limitRunTime, type Call } from './limit-run-time.ts';
import { wholeBuffer, type AppThreadData, type FromAppThread, type LoadedApp, type ToAppThread } from './messages.ts';
import { createReplayLedger } from './replay-ledger.ts';
import { siblingModule } from './sibling-module.ts';
import { AppLoadError, WorkerGoneError } from './worker-errors.ts';

/** One life of the thread that runs the app. */
export interface AppThread {
  readonly app: LoadedApp;
  /** Rejects with WorkerGoneError when the thread ends first. */
  readonly invoke: Invoke;
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

/** Left alone, V8 would take over 100 MB, and be no faster for it. */
const maxYoungGenerationSizeMb = 24;

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

/** Characters of JSON; parsed, they take about three times as many bytes. */
const replayCapacity = 8 * 1024 * 1024;

/** Events. A shorter history is as soon parsed as remembered. */
const shortestReplay = 32;

/** An orchestrator's call without its text, where that is better sent in parts. */
function splitReplay(invocation: Invocation): { readonly invocation: Invocation; readonly body?: ReplayBody } {
  for (const [name, value] of invocation.inputs) {
    if (value === undefined || !('string' in value) || value.replay === undefined) continue;
    const inputs = new Map(invocation.inputs);
    if (value.replay.settled.length < shortestReplay) inputs.set(name, { string: value.string });
    else inputs.delete(name);
    return { invocation: { ...invocation, inputs }, ...(!inputs.has(name) && { body: value.replay }) };
  }
  return { invocation };
}

/** Calls under way, by number; a thread that ends fails them all. */
function createCalls(post: (message: ToAppThread, owned: ArrayBuffer[]) => void, begun: Int32Array<SharedArrayBuffer>) {
  const open = new Map<number, PromiseWithResolvers<InvocationResult>>();
  const replays = createReplayLedger(replayCapacity);
  let last = 0;
  return {
    start: (given: Invocation): Call => {
      const call = ++last;
      const answer = Promise.withResolvers<InvocationResult>();
      open.set(call, answer);
      const { invocation, body } = splitReplay(given);
      const replay = body && replays.send(body);
      post({ kind: 'invoke', call, invocation, ...(replay && { replay }) }, wholeBuffer(invocation.http?.body));
      const settle = async (): Promise<InvocationResult> => {
        const result = await answer.promise;
        if (replay) replays.noteAnswer(replay.history, result);
        return result;
      };
      return { result: settle(), hasBegun: () => Atomics.load(begun, 0) >= call };
    },
    finish(call: number, result: InvocationResult) {
      open.get(call)?.resolve(result);
      open.delete(call);
    },
    failAll(reason: string) {
      for (const answer of open.values()) answer.reject(new WorkerGoneError(reason));
      open.clear();
    },
  };
}

/**
 * Starts a thread and loads the app in it.
 *
 * @throws AppLoadError when the app fails to load or ends the thread while it loads; another error when there is no app.
 */
export async function startAppThread(options: AppThreadOptions): Promise<AppThread> {
  const { log } = options;
  const begun = new Int32Array(new SharedArrayBuffer(4));
  const worker = startWorker(options, begun);
  const loaded = Promise.withResolvers<LoadedApp>();
  const ended = Promise.withResolvers<string>();
  const post = (message: ToAppThread, owned: ArrayBuffer[] = []) => worker.postMessage(message, owned);
  const calls = createCalls(post, begun);
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
  const forward = (stream: Readable, level: 'information' | 'warning') =>
    createInterface({ input: stream }).on('line', (line) => log(level, 'Host.Function.Console', line));
  forward(worker.stdout, 'information');
  forward(worker.stderr, 'warning');

  const endThread = (why: string): void => {
    reason ??= why;
    void worker.terminate();
  };

  const { functionTimeout, clock } = options;
  const invoke = limitRunTime(calls.start, { functionTimeout, clock, log, endThread });

  const app = await loaded.promise;
  return {
    app,
    ended: ended.promise,
    invoke: async (invocation) => {
      if (reason !== undefined) throw new WorkerGoneError(reason);
      return invoke(invocation);
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
