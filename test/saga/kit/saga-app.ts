import type { Invocation, InvocationResult } from '../../../src/host/worker/contract.ts';
import type { GateDecision, SagaRegistration, SagaStatus } from '../../../src/saga/operate.ts';
import { createSagaTestHost, type DurableEvent, type DurableStatus } from '../../../src/testing/index.ts';
import { createEpisodeChecks, type EpisodeInput } from './episode-checks.ts';

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
  history(id: string): Promise<readonly DurableEvent[]>;
  /** Every phase that an episode ended in, repetitions left out. */
  phases(id: string): readonly string[];
  /** Lets everything happen that needs no time. @throws Error when an episode broke a promise: see episode-checks.ts */
  settle(): Promise<void>;
  /** Lets time pass. */
  advance(milliseconds: number): Promise<void>;
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

/** Longer than any test's saga waits. */
const farMs = 1e12;
const killedByHost = { ok: false, exception: { message: 'killed', stackTrace: '', source: '' } } as const;

export async function startSagaApp(options: SagaAppOptions): Promise<SagaApp> {
  const { restartsAlways = false, killed = [], alterHistory = (text) => text, ...registration } = options;
  const watch = createWatch(registration.sagas);
  const host = await createSagaTestHost({
    ...registration,
    restartsAlways,
    inMemory: !restartsAlways,
    async intercept(invocation, next) {
      if (killed.includes(invocation.functionName)) return killedByHost;
      const altered = alter(invocation, alterHistory);
      const result = await next(altered);
      watch.note(altered, result);
      return result;
    },
  });
  const kept = async (status: Promise<DurableStatus>): Promise<Instance> => {
    const { runtimeStatus, output, customStatus, createdTime } = await status;
    watch.refuseBroken();
    return { runtimeStatus, output, status: customStatus as SagaStatus, createdTime: new Date(createdTime) };
  };
  return {
    get lines() {
      const own = host.lines.filter(({ category }) => category.endsWith('.User'));
      return own.map(({ level, message }) => ({ level, text: message }));
    },
    now: host.now,
    phases: watch.phases,
    start: ({ name }, input, instanceId) => host.start(name, input, instanceId),
    get: (id) => kept(host.status(id)),
    history: host.history,
    async settle() {
      await host.settle();
      watch.refuseBroken();
    },
    advance: host.advance,
    runToEnd: (id) => kept(host.runToEnd(id, farMs)),
    runUntil: (id, isSo) => kept(host.runUntil(id, ({ customStatus }) => isSo(customStatus as SagaStatus), farMs)),
    raise: host.raise,
    cancel: host.cancel,
    decide: (id, name, answer) => host.decide(id, { name }, answer),
    rewind: (id) => host.rewind(id),
    passGate: host.passGate,
    close: () => host.close(),
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
        const input = inputOf(invocation);
        const phase = checks.check(input, result)?.phase;
        const known = phases.get(input.instanceId) ?? [];
        if (phase !== undefined && known.at(-1) !== phase) phases.set(input.instanceId, [...known, phase]);
      } catch (error) {
        broken.push(error);
      }
    },
    refuseBroken(): void {
      if (broken.length > 0) throw broken[0];
    },
  };
}

function alter(invocation: Invocation, change: (text: string) => string): Invocation {
  const inputs = [...invocation.inputs].map(
    ([name, data]) => [name, data && 'string' in data ? { string: change(data.string) } : data] as const,
  );
  return { ...invocation, inputs: new Map(inputs) };
}

function inputOf({ inputs }: Invocation): EpisodeInput {
  const [trigger] = inputs.values();
  return JSON.parse((trigger as { readonly string: string }).string) as EpisodeInput;
}
