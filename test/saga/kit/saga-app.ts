import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { createDurableEngine, type DurableEngine } from '../../../src/host/durable/index.ts';
import { parseHostJson } from '../../../src/host/host-json.ts';
import { createDurableClientInput } from '../../../src/host/http/durable-client-input.ts';
import { startHttpServer } from '../../../src/host/http/http-server.ts';
import { createManagementServer } from '../../../src/host/http/serve-management.ts';
import type { Invoke, TypedData } from '../../../src/host/worker/contract.ts';
import {
  cancelEvent,
  failedGate,
  type GateDecision,
  registerSagas,
  reviewEvent,
  type SagaRegistration,
  type SagaStatus,
} from '../../../src/saga/operate.ts';
import { createEpisodeChecks } from './episode-checks.ts';
import { createInMemoryDecisions } from './in-memory-decisions.ts';
import { createInProcessApp } from './in-process-app.ts';
import { createVirtualClock } from './virtual-clock.ts';

export interface SagaAppOptions extends Omit<SagaRegistration, 'decisions'> {
  /** Stops the engine and starts it again from its file after each function that ran. */
  readonly restartsAlways?: boolean;
  /** Functions that the host kills whenever they are called. */
  readonly killed?: readonly string[];
  /** Changes what orchestrators are sent, to have them see what this engine never sends. */
  readonly alterHistory?: (text: string) => string;
  /** Keeps the database in memory: for very many short runs. */
  readonly inMemory?: boolean;
}

export interface Instance {
  readonly runtimeStatus: string;
  readonly output: unknown;
  readonly status: SagaStatus;
  readonly createdTime: Date;
}

export interface HistoryEvent {
  readonly EventType: string;
  readonly FunctionName?: string;
  readonly Name?: string;
  readonly Timestamp: string;
  readonly FireAt?: string;
}

export interface LogLine {
  readonly level: string;
  readonly text: string;
}

export interface SagaApp {
  readonly lines: readonly LogLine[];
  now(): Date;
  start(saga: { readonly name: string }, input: unknown, instanceId?: string): Promise<string>;
  get(id: string): Promise<Instance>;
  history(id: string): Promise<readonly HistoryEvent[]>;
  /** Every phase that an episode ended in, repetitions left out. */
  phases(id: string): readonly string[];
  /** Lets everything happen that needs no time. */
  settle(): Promise<void>;
  /** Jumps from timer to timer until the instance has ended. */
  runToEnd(id: string): Promise<Instance>;
  /** Jumps from timer to timer until the status is so; the instance must get there. */
  runUntil(id: string, isSo: (status: SagaStatus) => boolean): Promise<Instance>;
  raise(id: string, event: string, data: unknown): Promise<void>;
  cancel(id: string, by: string, reason?: string): Promise<void>;
  decide(id: string, review: string, answer: unknown): Promise<void>;
  /** The raw management webhook, as any tool calls it. */
  rewind(id: string): Promise<void>;
  /** Leaves a decision for the gate at which the instance has failed, then rewinds. */
  passGate(id: string, decision: GateDecision): Promise<void>;
  /** Stops the engine and starts it again from its file. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** An engine turn that takes no time is over after a few turns of the event loop: see commit-queue.ts. */
const quietTurns = 6;
const ended = new Set(['Completed', 'Failed', 'Terminated']);
const silent = () => {};
const killedByHost = { ok: false, exception: { message: 'killed', stackTrace: '', source: '' } } as const;
const same = (text: string) => text;

/** Runs sagas in this thread, on the embedded engine, in virtual time. */
export async function startSagaApp(options: SagaAppOptions): Promise<SagaApp> {
  const { restartsAlways = false, inMemory = false, killed = [], alterHistory = same, ...registration } = options;
  const folder = mkdtempSync(join(tmpdir(), 'saga-test-'));
  const clock = createVirtualClock(new Date('2026-01-05T08:00:00Z'));
  const decisions = createInMemoryDecisions();
  const lines: LogLine[] = [];
  const phases = new Map<string, string[]>();
  const checks = createEpisodeChecks();
  const broken: unknown[] = [];
  const app = createInProcessApp(
    () => registerSagas({ ...registration, decisions }),
    (_function, level, text) => lines.push({ level, text }),
  );
  const orchestrators = new Set(registration.sagas.map(({ name }) => name));

  let running = 0;
  let invocations = 0;
  const invoke: Invoke = async (invocation) => {
    running++;
    invocations++;
    try {
      if (killed.includes(invocation.functionName)) return killedByHost;
      if (!orchestrators.has(invocation.functionName)) return await app.invoke(invocation);
      const inputs = new Map([...invocation.inputs].map(([name, data]) => [name, alter(data, alterHistory)]));
      const result = await app.invoke({ ...invocation, inputs });
      note(instanceOf(inputs), result);
      return result;
    } finally {
      running--;
    }
  };
  const note = (id: string, result: Awaited<ReturnType<Invoke>>) => {
    try {
      const phase = checks.check(id, result)?.status?.phase;
      const known = phases.get(id) ?? [];
      if (phase !== undefined && known.at(-1) !== phase) phases.set(id, [...known, phase]);
    } catch (error) {
      broken.push(error);
    }
  };

  const rpc = await startHttpServer({ host: '127.0.0.1', port: 0, log: silent });
  const clientInput = createDurableClientInput({
    baseUrl: rpc.url,
    rpcBaseUrl: `${rpc.url}/durabletask/`,
    taskHubName: 'test',
  });
  let lastId = 0;
  const newId = () => `00000000-0000-4000-8000-${String(++lastId).padStart(12, '0')}`;
  const startEngine = (): DurableEngine => {
    const started = createDurableEngine({
      databaseFile: inMemory ? ':memory:' : join(folder, 'durable.db'),
      clock,
      newId,
      settings: parseHostJson({ version: '2.0' }, {}).durableTask,
      functions: app.functions,
      invoke,
      clientInput: () => clientInput,
      log: silent,
    });
    started.start();
    return started;
  };
  let engine = startEngine();
  rpc.serve(
    createManagementServer({
      engine: { handle: (request) => engine.handle(request) },
      prefix: '/durabletask',
      bodyLimit: 1e8,
    }),
  );

  const settle = async () => {
    for (let quiet = 0, last = invocations; quiet < quietTurns; quiet++) {
      await turn();
      if (running > 0 || invocations > last) quiet = 0;
      if (restartsAlways && invocations > last) await restart();
      last = invocations;
    }
    if (broken.length > 0) throw broken[0];
  };
  const restart = async () => {
    await engine.stop();
    engine = startEngine();
  };
  const request = async (method: string, path: string, query: Record<string, string> = {}, body?: unknown) => {
    const response = await engine.handle({
      method,
      path,
      query: new URLSearchParams(query),
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(body ?? null)),
      url: rpc.url,
      linkBase: rpc.url,
      linkQuery: '',
    });
    if (response === undefined || response.status >= 400) {
      throw new Error(`${method} ${path} was answered ${response?.status} ${response?.body}`);
    }
    return response.body === '' ? undefined : (JSON.parse(response.body) as unknown);
  };
  const get = async (id: string): Promise<Instance> => {
    const found = (await request('GET', `/instances/${id}`)) as Record<string, unknown>;
    const status = found['customStatus'] as SagaStatus;
    return {
      runtimeStatus: String(found['runtimeStatus']),
      output: found['output'],
      status,
      createdTime: new Date(String(found['createdTime'])),
    };
  };
  const run = async (id: string, isOver: (instance: Instance) => boolean): Promise<Instance> => {
    for (;;) {
      await settle();
      const instance = await get(id);
      if (isOver(instance)) return instance;
      if (ended.has(instance.runtimeStatus)) {
        throw new Error(`${id} has ended before: ${instance.runtimeStatus} ${JSON.stringify(instance.output)}`);
      }
      if (!clock.jump()) throw new Error(`${id} waits for ever: ${JSON.stringify(instance.status)}`);
    }
  };
  const raise = async (id: string, event: string, data: unknown) =>
    void (await request('POST', `/instances/${id}/raiseEvent/${encodeURIComponent(event)}`, {}, data));
  const rewind = async (id: string) => void (await request('POST', `/instances/${id}/rewind`, { reason: 'test' }));

  return {
    lines,
    now: () => new Date(clock.now()),
    async start({ name }, input, instanceId = newId()) {
      await request('POST', `/orchestrators/${name}/${instanceId}`, {}, input);
      return instanceId;
    },
    get,
    async history(id) {
      const query = { showHistory: 'true', showHistoryOutput: 'true' };
      const found = (await request('GET', `/instances/${id}`, query)) as { historyEvents?: HistoryEvent[] };
      return found.historyEvents ?? [];
    },
    phases: (id) => phases.get(id) ?? [],
    settle,
    runToEnd: (id) => run(id, ({ runtimeStatus }) => ended.has(runtimeStatus)),
    // An instance has no custom status before its first episode.
    runUntil: (id, isSo) => run(id, ({ status }) => status !== null && isSo(status)),
    raise,
    cancel: (id, by, reason) => raise(id, cancelEvent, { by, reason }),
    decide: (id, review, answer) => raise(id, reviewEvent(review), answer),
    rewind,
    async passGate(id, decision) {
      const { output, createdTime } = await get(id);
      const gate = failedGate(output);
      if (gate === undefined) throw new Error(`${id} stands at no gate: ${JSON.stringify(output)}`);
      await decisions.write(id, createdTime, gate, decision);
      await rewind(id);
    },
    restart,
    async close() {
      await engine.stop();
      await rpc.close(0);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const alter = (data: TypedData, change: (text: string) => string): TypedData =>
  data !== undefined && 'string' in data ? { string: change(data.string) } : data;

function instanceOf(inputs: ReadonlyMap<string, unknown>): string {
  const [trigger] = inputs.values();
  return (JSON.parse((trigger as { readonly string: string }).string) as { readonly instanceId: string }).instanceId;
}
