import type { AppSettings } from '../host/app-settings.ts';
import type { HostFunction, LogLevel } from '../host/index.ts';
import type { Invoke } from '../host/worker/contract.ts';
import type { CrashOptions } from './crash-point.ts';
import { createDurableInstances, type DurableInstances } from './durable-instances.ts';
import { openHostParts } from './open-host-parts.ts';
import { createOrchestrationWatch } from './orchestration-watch.ts';
import { runRestartably } from './run-restartably.ts';
import { createVirtualClock } from './virtual-clock.ts';
import { createVirtualTime, type VirtualTime } from './virtual-time.ts';

export interface TestHostOptions {
  /** Registers the app's functions with `@azure/functions` and `durable-functions`. Give this or `appDir`. */
  readonly register?: () => unknown;
  /** The folder of a whole app. Its modules run once in a process, however many hosts a test file starts. */
  readonly appDir?: string;
  /** App settings; in `process.env` too until the host closes. */
  readonly settings?: AppSettings;
  /** In the place of the app's host.json. */
  readonly hostJson?: object;
  /** By default 5 January 2026, 8:00 UTC. */
  readonly startsAt?: Date;
  /** Stops the engine after every function and starts it again from its file, so that everything is replayed everywhere. */
  readonly restartsAlways?: boolean;
  /** Keeps the database in memory, for very many short runs. Not with `restartsAlways`. */
  readonly inMemory?: boolean;
  /** Stands between host and functions: may look on, change what is passed, or fail. */
  readonly intercept?: (invocation: Parameters<Invoke>[0], next: Invoke) => ReturnType<Invoke>;
}

export interface LogLine {
  readonly level: LogLevel;
  readonly category: string;
  readonly message: string;
}

export interface TestHost extends DurableInstances, VirtualTime {
  readonly url: string;
  readonly functions: readonly HostFunction[];
  readonly lines: readonly LogLine[];
  /** Asks an HTTP function: `fetch('/api/orders', { method: 'POST', … })`. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Stops the engine and the triggers and starts them again from their files, as a crash of the host would. */
  restart(): Promise<void>;
  /**
   * Drops engine and app once the k-th function from now on has run, 1 being the next, and opens them again from the file: what
   * `register` makes is made anew. A folder's modules stay loaded. Not with `inMemory`.
   */
  crashAfter(k: number, options?: CrashOptions): void;
  /** How many functions have run to their end. */
  functionsRun(): number;
  /** @throws naming each instance that is stuck and each timer that leaked, unless `leavesWork`. A second call does nothing */
  close(options?: { readonly leavesWork?: boolean }): Promise<void>;
}

const defaultStart = new Date('2026-01-05T08:00:00Z');

/** Runs an app in this thread, in a time of its own: waiting for days takes milliseconds, and nothing happens by chance. */
export async function createTestHost(options: TestHostOptions): Promise<TestHost> {
  const lines: LogLine[] = [];
  const clock = createVirtualClock(options.startsAt ?? defaultStart);
  const opened = await openHostParts(options, clock, (level, category, message) => {
    lines.push({ level, category, message });
  });
  const { main, newId, worker } = opened.parts;
  const watch = createOrchestrationWatch(worker.functions);
  const running = await runRestartably(opened, {
    restartsAlways: options.restartsAlways ?? false,
    async intercept(invocation, next) {
      const result = await (options.intercept?.(invocation, next) ?? next(invocation));
      watch.note(invocation, result);
      return result;
    },
  });
  const { settle } = running;
  const instances = createDurableInstances(running.manage, main.url, newId);
  let isClosed = false;
  const findTroubles = async () => [
    ...(await instances.unfinished()).map(
      ({ instanceId, name, runtimeStatus }) =>
        `Instance "${instanceId}" of ${name} is still ${runtimeStatus}: it ${watch.describe(instanceId)}.`,
    ),
    ...watch.leaks(),
  ];
  return {
    ...instances,
    ...createVirtualTime({ clock, settle, status: instances.status, describe: watch.describe }),
    url: main.url,
    functions: running.functions,
    lines,
    fetch: (path, init) => fetch(new URL(path, main.url), init),
    restart: running.restart,
    crashAfter(k, crashing) {
      if (options.inMemory) throw new TypeError('crashAfter needs a file: start the host without "inMemory".');
      running.crashAfter(k, crashing);
    },
    functionsRun: running.functionsRun,
    async close({ leavesWork = false } = {}) {
      if (isClosed) return;
      isClosed = true;
      await settle();
      const troubles = leavesWork ? [] : await findTroubles();
      await running.stop(0);
      await opened.close();
      if (clock.nextAlarm() !== undefined) troubles.push('The host has left an alarm of its clock behind.');
      if (troubles.length > 0) throw new Error(`The test has left work behind.\n${troubles.join('\n')}`);
    },
  };
}
