import { setImmediate as turn } from 'node:timers/promises';
import { createDurableEngine, type DurableEngine } from '../../../src/host/durable/index.ts';
import { parseHostJson } from '../../../src/host/host-json.ts';
import { createDurableClientInput } from '../../../src/host/http/durable-client-input.ts';
import { startHttpServer } from '../../../src/host/http/http-server.ts';
import { createManagementServer } from '../../../src/host/http/serve-management.ts';
import type { AppFunction, Invoke } from '../../../src/host/worker/contract.ts';
import { createVirtualClock } from './virtual-clock.ts';

export interface VirtualEngineOptions {
  readonly functions: readonly AppFunction[];
  readonly invoke: Invoke;
  /** A path, or `:memory:`. */
  readonly databaseFile: string;
  /** Stops the engine and starts it again from its file after each function that ran. */
  readonly restartsAlways: boolean;
  readonly newId: () => string;
}

/** The embedded durable engine in virtual time, with the local endpoint that the app's durable clients call. */
export interface VirtualEngine {
  now(): Date;
  /** Lets everything happen that needs no time. */
  settle(): Promise<void>;
  /** Jumps to the next timer that is due; false when there is none. */
  jump(): boolean;
  /** The management API. @throws Error for an answer of 400 and above */
  request(method: string, path: string, query?: Readonly<Record<string, string>>, body?: unknown): Promise<unknown>;
  close(): Promise<void>;
}

/** What takes no time is over after a few turns of the event loop: see commit-queue.ts. */
const quietTurns = 6;
const rpcPrefix = '/durabletask';
const silent = () => {};

export async function startVirtualEngine(options: VirtualEngineOptions): Promise<VirtualEngine> {
  const { functions, databaseFile, restartsAlways, newId } = options;
  const clock = createVirtualClock(new Date('2026-01-05T08:00:00Z'));
  const rpc = await startHttpServer({ host: '127.0.0.1', port: 0, log: silent });
  const rpcBaseUrl = `${rpc.url}${rpcPrefix}/`;
  const clientInput = createDurableClientInput({ baseUrl: rpc.url, rpcBaseUrl, taskHubName: 'test' });
  let running = 0;
  let begun = 0;
  const invoke: Invoke = async (invocation) => {
    running++;
    begun++;
    try {
      return await options.invoke(invocation);
    } finally {
      running--;
    }
  };
  const start = (): DurableEngine => {
    const { durableTask: settings } = parseHostJson({ version: '2.0' }, {});
    const common = { databaseFile, clock, newId, settings, functions, invoke };
    const engine = createDurableEngine({ ...common, clientInput: () => clientInput, log: silent });
    engine.start();
    return engine;
  };
  let engine = start();
  const current = { handle: (request: Parameters<DurableEngine['handle']>[0]) => engine.handle(request) };
  rpc.serve(createManagementServer({ engine: current, prefix: rpcPrefix, bodyLimit: 1e8 }));

  return {
    now: () => new Date(clock.now()),
    jump: () => clock.jump(),
    async settle() {
      for (let quiet = 0, last = begun; quiet < quietTurns; quiet++) {
        await turn();
        if (running > 0 || begun > last) quiet = 0;
        if (restartsAlways && begun > last) {
          await engine.stop();
          engine = start();
        }
        last = begun;
      }
    },
    async request(method, path, query = {}, body = null) {
      const response = await engine.handle({
        method,
        path,
        query: new URLSearchParams(query),
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify(body)),
        url: rpc.url,
        linkBase: rpc.url,
        linkQuery: '',
      });
      if (response === undefined || response.status >= 400)
        throw new Error(`${method} ${path} was answered ${response?.status} ${response?.body}`);
      return response.body === '' ? undefined : (JSON.parse(response.body) as unknown);
    },
    async close() {
      await engine.stop();
      await rpc.close(0);
    },
  };
}
