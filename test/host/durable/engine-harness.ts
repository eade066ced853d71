import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type Clock, systemClock } from '../../../src/host/clock.ts';
import { type DurableEngine, type ManagementResponse, createDurableEngine } from '../../../src/host/durable/index.ts';
import type { DurableTaskSettings } from '../../../src/host/host-json.ts';
import { createDurableClientInput } from '../../../src/host/http/durable-client-input.ts';
import { type AppWorker, createAppWorker } from '../../../src/host/worker/app-worker.ts';
import type { AppFunction, Invoke } from '../../../src/host/worker/contract.ts';

export const linkBase = 'http://host/runtime/webhooks/durabletask';

export const defaultSettings: DurableTaskSettings = {
  hubName: 'TestHubName',
  connectionName: 'Storage',
  storeInputsInOrchestrationHistory: false,
  maxConcurrentActivityFunctions: 10,
  maxConcurrentOrchestratorFunctions: 10,
  maxConcurrentEntityFunctions: 10,
  maxEntityOperationBatchSize: 5_000,
  httpSleepTime: 30_000,
  overridableExistingInstanceStates: 'NonRunningStates',
  defaultVersion: undefined,
  versionMatchStrategy: 'CurrentOrOlder',
  versionFailureStrategy: 'Reject',
};

/** The system's clock, so many times as fast. */
export const createFastClock = (factor: number): Clock => {
  const start = Date.now();
  const now = () => start + (Date.now() - start) * factor;
  return {
    now,
    at(at, fire) {
      const timer = setTimeout(fire, Math.max(0, (at - now()) / factor));
      return () => clearTimeout(timer);
    },
  };
};

export const newDatabaseFile = (): string => join(mkdtempSync(join(tmpdir(), 'durable-engine-')), 'durable.db');

/** The app of this folder, in the thread of the real host. */
export const startTestApp = (): Promise<AppWorker> =>
  createAppWorker({
    appDir: join(import.meta.dirname, 'app'),
    env: {},
    log: () => undefined,
    clock: systemClock,
  });

interface CallOptions {
  readonly body?: string | undefined;
  readonly contentType?: string | null | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TestEngine extends DurableEngine {
  /** Calls the management API by a path with its query; the body is JSON unless told otherwise. */
  call(method: string, path: string, options?: CallOptions): Promise<ManagementResponse>;
  /** Resolves with the status once the instance has ended. */
  ended(instanceId: string): Promise<InstanceStatus>;
}

export interface InstanceStatus {
  readonly runtimeStatus: string;
  readonly output: unknown;
  readonly customStatus: unknown;
  readonly historyEvents: readonly Readonly<Record<string, unknown>>[];
}

export interface TestEngineOptions {
  readonly functions: readonly AppFunction[];
  readonly invoke: Invoke;
  readonly databaseFile?: string;
  readonly clock?: Clock;
  readonly settings?: Partial<DurableTaskSettings>;
  readonly rpcBaseUrl?: string;
}

export const createTestEngine = (options: TestEngineOptions): TestEngine => {
  const { databaseFile = newDatabaseFile(), clock = systemClock, functions, invoke, rpcBaseUrl = '' } = options;
  const settings = { ...defaultSettings, ...options.settings };
  const urls = { ...settings, baseUrl: linkBase, rpcBaseUrl, linkQuery: '' };
  const engine = createDurableEngine({
    databaseFile,
    clock,
    newId: randomUUID,
    settings,
    functions,
    invoke,
    clientInput: () => createDurableClientInput(urls),
    log: () => undefined,
  });

  const call: TestEngine['call'] = async (method, path, { body, contentType, headers } = {}) => {
    const url = `${linkBase}${path}`;
    const [below = '', query = ''] = path.split('?');
    const type = contentType === undefined && body !== undefined ? 'application/json' : (contentType ?? undefined);
    const answer = await engine.handle({
      method,
      path: below,
      query: new URLSearchParams(query),
      headers: { ...headers, 'content-type': type },
      body: Buffer.from(body ?? ''),
      url,
      linkBase,
      linkQuery: 'code=key',
    });
    return answer ?? { status: 404, headers: {}, body: '' };
  };

  const ended = async (instanceId: string): Promise<InstanceStatus> => {
    for (;;) {
      const { status, body } = await call('GET', `/instances/${encodeURIComponent(instanceId)}?showHistory=true`);
      if (status === 200) return JSON.parse(body) as InstanceStatus;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };

  return { ...engine, call, ended };
};

/** Serves the engine's management API over HTTP, as the host does for the durable client of the app. */
export const serveRpc = async (engine: () => DurableEngine): Promise<{ url: string; server: Server }> => {
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    const answer = await engine().handle({
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: { 'content-type': request.headers['content-type'] },
      body: await buffer(request),
      url: url.href,
      linkBase,
      linkQuery: '',
    });
    response.writeHead(answer?.status ?? 404, answer?.headers).end(answer?.body);
  };
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, server };
};
