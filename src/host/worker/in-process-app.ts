/**
 * Runs an app in the caller's own thread. To be loaded by Node.js itself, with `require`, so that its modules are the ones
 * that `@azure/functions` gets, whatever else loads the caller's.
 */
import { pathToFileURL } from 'node:url';
import type { Log } from '../log.ts';
import { beginApp, type RegisteredApp } from './app-registry.ts';
import type { AppFunction, Invoke } from './contract.ts';
import { findEntryPoints } from './find-entry-points.ts';
import { endApp, loadApp } from './load-app.ts';
import type { LoadedApp } from './messages.ts';
import { provideFunctionsCore } from './provide-functions-core.ts';
import { runInvocation } from './run-invocation.ts';

export interface InProcessApp {
  readonly functions: readonly AppFunction[];
  httpStreamUri(): string | undefined;
  readonly invoke: Invoke;
  stop(): Promise<void>;
}

export interface InProcessAppOptions {
  /** A folder as the host takes it, or what registers functions with `@azure/functions`. */
  readonly source: string | (() => unknown);
  readonly log: Log;
}

interface StartedApp {
  readonly app: RegisteredApp;
  readonly loaded: LoadedApp;
}

provideFunctionsCore();

/** By folder: modules run once in a process, so an app that is asked for again is the one that has registered before. */
const startedFolders = new Map<string, StartedApp>();

async function start(log: Log, folder: string, register: () => unknown): Promise<StartedApp> {
  const app = beginApp(log);
  return { app, loaded: await loadApp(app, folder, register) };
}

async function startFolder(folder: string, log: Log): Promise<StartedApp> {
  const known = startedFolders.get(folder);
  if (known) {
    known.app.log = log;
    return known;
  }
  const started = await start(log, folder, async () => {
    for (const file of findEntryPoints(folder)) await import(pathToFileURL(file).href);
  });
  startedFolders.set(folder, started);
  return started;
}

/** @throws what the app throws while it loads. */
export async function startInProcessApp({ source, log }: InProcessAppOptions): Promise<InProcessApp> {
  const { app, loaded } =
    typeof source === 'string' ? await startFolder(source, log) : await start(log, process.cwd(), source);
  return {
    functions: loaded.functions,
    httpStreamUri: () => loaded.httpStreamUri,
    invoke: (invocation) => runInvocation(app, invocation),
    stop: () => endApp(app),
  };
}
