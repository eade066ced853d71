import type { BoundActivity, ErrorData } from '../saga/index.ts';
import { checkAddress, type ExecutedStep, isAt, readCallKey, shortStep, type StepAddress } from './step-address.ts';

// Faults enter where the host calls an activity: between its function and the activity bound to its services. So the engine, the
// activity and the services are the real ones, and nothing global is touched.

type Reply = Awaited<ReturnType<BoundActivity['execute']>>;

/** One call of an activity, as it came to the activity itself. */
export interface ActivityCall {
  readonly activity: string;
  readonly instanceId: string;
  /** `main/chargePayment#2` */
  readonly step: string;
  readonly direction: 'do' | 'undo';
  readonly idempotencyKey: string;
  readonly attempt: number;
  readonly input: unknown;
  /** What the activity answered, whatever became of the answer; undefined while it runs, and where a fault kept it from running. */
  readonly reply: Reply | undefined;
}

export interface FaultOptions {
  /** How many calls it befalls, retries counted. */
  readonly times?: number;
}

export interface FailureOptions extends FaultOptions {
  /** What is reported in the place of the effect. By default a terminal error with code `injected_failure`. */
  readonly error?: Partial<ErrorData>;
}

export interface CallFaultOptions extends FaultOptions {
  /** Befalls the step's undo. */
  readonly undo?: boolean;
}

export interface LostReplyOptions extends CallFaultOptions {
  /**
   * What is seen instead of the answer: the host's own report that the activity was `killed` (the default; from then on the
   * instance's gates wait for events), or a `timeout`.
   */
  readonly as?: 'killed' | 'timeout';
}

/** All answer a function that ends the fault and tells how many calls it befell. @throws RangeError for a step that there cannot be */
export interface ActivityFaults {
  /** The step fails, its effect does not happen; every time, unless `times`. */
  failStep(step: StepAddress, options?: FailureOptions): () => number;
  /** The step's undo fails, the effect stays; every time, unless `times`. */
  failUndo(step: StepAddress, options?: FailureOptions): () => number;
  /** The effect happens, its answer is lost; once, unless `times`. */
  loseReply(step: StepAddress, options?: LostReplyOptions): () => number;
  /** The activity runs twice with the same message, and the first answer counts; once, unless `times`. */
  deliverTwice(step: StepAddress, options?: CallFaultOptions): () => number;
  /** Something happens before the call reaches its activity: a cancel, an outage. */
  beforeCall(step: StepAddress, happens: () => Promise<void>, options?: CallFaultOptions): () => number;
}

export interface FaultyActivities extends ActivityFaults {
  /** The given ones, exposed to the faults. */
  readonly activities: readonly BoundActivity[];
  /** In the order in which they began. */
  readonly calls: readonly ActivityCall[];
}

type Strike = (call: () => Promise<Reply>) => Promise<Reply>;

interface Fault {
  readonly step: StepAddress;
  readonly isUndo: boolean;
  readonly strike: Strike;
  left: number;
  struck: number;
}

interface ActivityRequest {
  readonly instanceId: string;
  readonly idempotencyKey: string;
  readonly attempt: number;
  readonly input?: unknown;
}

const injectedFailure: ErrorData = {
  name: 'InjectedFailure',
  code: 'injected_failure',
  message: 'failed by the test',
  retryable: false,
  outcome: 'failed',
};

const injectedTimeout: ErrorData = {
  name: 'TimeoutError',
  code: 'timeout',
  message: 'no answer in time: lost by the test',
  retryable: true,
  outcome: 'unknown',
};

const failWith =
  (error: Partial<ErrorData> = {}): Strike =>
  async () => ({ ok: false, error: { ...injectedFailure, ...error } });

const loseAs =
  (as: 'killed' | 'timeout'): Strike =>
  async (call) => {
    await call();
    if (as === 'timeout') return { ok: false, error: injectedTimeout };
    throw new Error('the activity was killed by the test before it could answer');
  };

const twice: Strike = async (call) => {
  const first = await call();
  await call();
  return first;
};

export function createFaultyActivities(bound: readonly BoundActivity[]): FaultyActivities {
  const faults: Fault[] = [];
  const calls: ActivityCall[] = [];
  const places = new Map<string, ExecutedStep>();
  const names = bound.map(({ name }) => name);

  const arm = (step: StepAddress, isUndo: boolean, strike: Strike, left: number) => {
    checkAddress(step, names);
    const fault = { step, isUndo, strike, left, struck: 0 };
    faults.push(fault);
    return () => {
      fault.left = 0;
      return fault.struck;
    };
  };
  const enter = (instanceId: string, id: string): ExecutedStep => {
    const key = `${instanceId}/${id}`;
    const known = places.get(key) ?? { id, place: places.size + 1 };
    places.set(key, known);
    return known;
  };
  const expose = (activity: string, work: BoundActivity['execute']) => async (raw: unknown) => {
    const { instanceId, idempotencyKey, attempt, input } = raw as ActivityRequest;
    const { step, direction } = readCallKey(idempotencyKey, instanceId);
    const executed = enter(instanceId, step);
    const told = { activity, instanceId, step, direction, idempotencyKey, attempt, input };
    const call = async (): Promise<Reply> => {
      const place = calls.push({ ...told, reply: undefined }) - 1;
      const reply = await work(raw);
      calls[place] = { ...told, reply };
      return reply;
    };
    const isUndo = direction === 'undo';
    const fault = faults.find((armed) => armed.left > 0 && armed.isUndo === isUndo && isAt(armed.step, executed));
    if (fault === undefined) return call();
    fault.left--;
    fault.struck++;
    return fault.strike(call);
  };

  return {
    calls,
    activities: bound.map((activity) => ({
      ...activity,
      execute: expose(activity.name, activity.execute),
      ...(activity.undo && { undo: expose(activity.name, activity.undo) }),
    })),
    failStep: (step, { error, times = Infinity } = {}) => arm(step, false, failWith(error), times),
    failUndo: (step, { error, times = Infinity } = {}) => arm(step, true, failWith(error), times),
    loseReply: (step, { as = 'killed', undo = false, times = 1 } = {}) => arm(step, undo, loseAs(as), times),
    deliverTwice: (step, { undo = false, times = 1 } = {}) => arm(step, undo, twice, times),
    beforeCall(step, happens, { undo = false, times = 1 } = {}) {
      const strike: Strike = async (call) => {
        await happens();
        return call();
      };
      return arm(step, undo, strike, times);
    },
  };
}

/** `chargePayment#2`, or `undo of chargePayment#2`. */
export const describeCall = ({ step, direction }: Pick<ActivityCall, 'step' | 'direction'>): string =>
  `${direction === 'undo' ? 'undo of ' : ''}${shortStep(step)}`;
