import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Invocation, InvocationResult, Invoke } from '../../../src/host/worker/contract.ts';
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
import { startVirtualEngine, type VirtualEngine } from './virtual-engine.ts';

export interface SagaAppOptions extends Omit<SagaRegistration, 'decisions'> {
  /** Stops the engine and starts it again from its file after each function that ran. */
  readonly restartsAlways?: boolean;
  /** Functions that the host kills whenever they are called. */
  readonly killed?: readonly string[];
  /** Changes what orchestrators are sent, to have them see what this engine never sends. */
  readonly alterHistory?: (text: string) => string;
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
}

export interface LogLine {
  readonly level: string;
  readonly text: string;
}

/** Sagas that run in this thread, on the embedded engine, in virtual time. */
export interface SagaApp {
  readonly lines: readonly LogLine[];
  now(): Date;
  start(saga: { readonly name: string }, input: unknown, instanceId?: string): Promise<string>;
  get(id: string): Promise<Instance>;
  history(id: string): Promise<readonly HistoryEvent[]>;
  /** Every phase that an episode ended in, repetitions left out. */
  phases(id: string): readonly string[];
  /** Lets everything happen that needs no time. @throws Error when an episode broke a promise: see episode-checks.ts */
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
  close(): Promise<void>;
}

// By require, so that Node.js loads it and not the test runner: its modules are to be the ones that `@azure/functions` gets.
const { startInProcessApp } = createRequire(import.meta.url)(
  '../../../src/host/worker/in-process-app.ts',
) as typeof import('../../../src/host/worker/in-process-app.ts');

const ended = new Set(['Completed', 'Failed', 'Terminated']);
const killedByHost = { ok: false, exception: { message: 'killed', stackTrace: '', source: '' } } as const;

export async function startSagaApp(options: SagaAppOptions): Promise<SagaApp> {
  const { restartsAlways = false, killed = [], alterHistory = (text) => text, ...registration } = options;
  const decisions = createInMemoryDecisions();
  const lines: LogLine[] = [];
  const app = await startInProcessApp({
    source: () => registerSagas({ ...registration, decisions }),
    log: (level, category, text) => category.endsWith('.User') && lines.push({ level, text }),
  });
  const watch = createWatch(registration.sagas);
  const invoke: Invoke = async (invocation) => {
    if (killed.includes(invocation.functionName)) return killedByHost;
    const altered = alter(invocation, alterHistory);
    const result = await app.invoke(altered);
    watch.note(altered, result);
    return result;
  };
  const folder = mkdtempSync(join(tmpdir(), 'saga-test-'));
  let lastId = 0;
  const newId = () => `00000000-0000-4000-8000-${String(++lastId).padStart(12, '0')}`;
  const engine = await startVirtualEngine({
    functions: app.functions,
    invoke,
    databaseFile: restartsAlways ? join(folder, 'durable.db') : ':memory:',
    restartsAlways,
    newId,
  });
  const instances = createInstances(engine, watch.refuseBroken);
  return {
    ...instances,
    lines,
    now: () => engine.now(),
    phases: watch.phases,
    async start({ name }, input, instanceId = newId()) {
      await engine.request('POST', `/orchestrators/${name}/${instanceId}`, {}, input);
      return instanceId;
    },
    cancel: (id, by, reason) => instances.raise(id, cancelEvent, { by, reason }),
    decide: (id, review, answer) => instances.raise(id, reviewEvent(review), answer),
    async passGate(id, decision) {
      const { output, createdTime } = await instances.get(id);
      const gate = failedGate(output);
      if (gate === undefined) throw new Error(`${id} stands at no gate: ${JSON.stringify(output)}`);
      await decisions.write(id, createdTime, gate, decision);
      await instances.rewind(id);
    },
    async close() {
      await engine.close();
      await app.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Follows the episodes of all sagas and holds them to episode-checks.ts. */
function createWatch(sagas: readonly { readonly name: string }[]) {
  const names = new Set(sagas.map(({ name }) => name));
  const checks = createEpisodeChecks();
  const phases = new Map<string, string[]>();
  const broken: unknown[] = [];
  return {
    phases: (id: string): readonly string[] => phases.get(id) ?? [],
    note(invocation: Invocation, result: InvocationResult): void {
      if (!names.has(invocation.functionName)) return;
      try {
        const id = instanceOf(invocation);
        const phase = checks.check(id, result)?.status?.phase;
        const known = phases.get(id) ?? [];
        if (phase !== undefined && known.at(-1) !== phase) phases.set(id, [...known, phase]);
      } catch (error) {
        broken.push(error);
      }
    },
    refuseBroken(): void {
      if (broken.length > 0) throw broken[0];
    },
  };
}

function createInstances(engine: VirtualEngine, refuseBroken: () => void) {
  const settle = async (): Promise<void> => {
    await engine.settle();
    refuseBroken();
  };
  const get = async (id: string): Promise<Instance> => {
    const found = (await engine.request('GET', `/instances/${id}`)) as Record<string, unknown>;
    const { runtimeStatus, output, customStatus, createdTime } = found;
    return {
      runtimeStatus: String(runtimeStatus),
      output,
      status: customStatus as SagaStatus,
      createdTime: new Date(String(createdTime)),
    };
  };
  const run = async (id: string, isOver: (instance: Instance) => boolean): Promise<Instance> => {
    for (;;) {
      await settle();
      const instance = await get(id);
      if (isOver(instance)) return instance;
      if (ended.has(instance.runtimeStatus))
        throw new Error(`${id} has ended before: ${instance.runtimeStatus} ${JSON.stringify(instance.output)}`);
      if (!engine.jump()) throw new Error(`${id} waits for ever: ${JSON.stringify(instance.status)}`);
    }
  };
  return {
    settle,
    get,
    async history(id: string): Promise<readonly HistoryEvent[]> {
      const query = { showHistory: 'true', showHistoryOutput: 'true' };
      const found = (await engine.request('GET', `/instances/${id}`, query)) as { historyEvents?: HistoryEvent[] };
      return found.historyEvents ?? [];
    },
    runToEnd: (id: string) => run(id, ({ runtimeStatus }) => ended.has(runtimeStatus)),
    runUntil: (id: string, isSo: (status: SagaStatus) => boolean) => run(id, ({ status }) => isSo(status)),
    raise: async (id: string, event: string, data: unknown): Promise<void> =>
      void (await engine.request('POST', `/instances/${id}/raiseEvent/${encodeURIComponent(event)}`, {}, data)),
    rewind: async (id: string): Promise<void> =>
      void (await engine.request('POST', `/instances/${id}/rewind`, { reason: 'test' })),
  };
}

function alter(invocation: Invocation, change: (text: string) => string): Invocation {
  const inputs = [...invocation.inputs].map(
    ([name, data]) => [name, data && 'string' in data ? { string: change(data.string) } : data] as const,
  );
  return { ...invocation, inputs: new Map(inputs) };
}

function instanceOf({ inputs }: Invocation): string {
  const [trigger] = inputs.values();
  return (JSON.parse((trigger as { readonly string: string }).string) as { readonly instanceId: string }).instanceId;
}
