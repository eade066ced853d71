import { z } from 'zod';
import { type ErrorData, SagaAborted } from './errors.ts';
import { type Execution, type GateMode, refuseAfterEnd, report, tell } from './execution.ts';
import { leaveToParent } from './leave-to-parent.ts';
import type { Operation } from './operation.ts';
import type { OpenGate, Phase } from './status.ts';
import { throwIfCancelled, waitForEvent } from './wait.ts';

// The gate. Native rewind of the Azure Storage backend removes every failed task from the history and replays the rest, which
// contradicts a history that goes on after a caught failure. Therefore:
// 1. The gate is the only activity that ever fails towards the engine, and its failure is the last event of the history.
// 2. Gate n fails with a message that begins with gate#n#. When gate n runs and the instance's output carries gate#n#, the
//    instance has failed at this very gate before, so it was rewound: the gate returns the operator's decision.
// 3. Where a rewind cannot work, the gate waits for the decision as an event and the instance stays Running: on a backend without
//    rewind, and in a history in which the host itself has failed a task.
// 4. Only a root instance has gates: a sub-saga leaves to its parent what it cannot end. Past the pivot, though, a sub-saga's step
//    can neither be undone nor run anew by the parent: it waits in place, as 3 says.

export const gateFunction = 'sagaGate';

/** The external event that decides gate n where it is not passed by a rewind. */
export const gateEvent = (number: number): string => `gate:${number}`;

/** Why a saga stands at a gate, and so what can be done about it. */
export type GateKind =
  'failed' | 'failed-past-pivot' | 'held' | 'held-past-pivot' | 'held-scope' | 'compensation-failed';

const actions = ['retry', 'compensate', 'skip', 'abort'] as const;
export type GateAction = (typeof actions)[number];

const allowed = {
  failed: ['retry', 'abort'],
  'failed-past-pivot': ['abort'],
  held: ['retry', 'compensate', 'skip', 'abort'],
  'held-past-pivot': ['retry', 'skip', 'abort'],
  'held-scope': ['compensate', 'abort'],
  'compensation-failed': ['retry', 'skip', 'abort'],
} as const satisfies Record<GateKind, readonly GateAction[]>;

const phaseAt = {
  failed: 'failed',
  'failed-past-pivot': 'held',
  held: 'held',
  'held-past-pivot': 'held',
  'held-scope': 'held',
  'compensation-failed': 'compensation_failed',
} as const satisfies Record<GateKind, Phase>;

export const gateDecisionSchema = z.object({
  action: z.enum(actions),
  by: z.string(),
  reason: z.string().optional(),
  /** With `skip` of a held step: the output to go on with; it must fit the step's schema. */
  data: z.unknown().optional(),
});
export type GateDecision = z.infer<typeof gateDecisionSchema>;

/** What the gate activity is called with. */
export const gateRequestSchema = z.object({
  instanceId: z.string(),
  number: z.number().int(),
  actions: z.array(z.enum(actions)),
  /** What has failed: a step, or `undo of` one. */
  step: z.string().optional(),
  error: z.object({ name: z.string(), code: z.string(), message: z.string() }),
});
export type GateRequest = z.infer<typeof gateRequestSchema>;

/** Which operations can follow a gate, `abort` aside: that one throws. */
type Passed<K extends GateKind> = GateDecision & { readonly action: Exclude<(typeof allowed)[K][number], 'abort'> };

/**
 * Fails the instance, at a step if it was one, and goes on here once an operator has decided. A decision that is not possible at
 * this gate opens the next.
 * @throws SagaAborted when the operator gave the instance up
 * @throws SagaCancelled where the gate waits for an event, a cancel came before it, and there is something to undo
 */
export function* openGate<K extends GateKind>(
  execution: Execution,
  kind: K,
  failure: ErrorData,
  step: string | undefined,
): Operation<Passed<K>> {
  refuseAfterEnd(execution);
  const isSubSaga = execution.commission !== undefined;
  if (isSubSaga && kind !== 'held-past-pivot') {
    return yield* leaveToParent(execution, { phase: phaseAt[kind], error: failure });
  }
  for (;;) {
    yield* untilAlone(execution);
    const number = ++execution.gates;
    const mode: GateMode = needsEvent(execution) ? 'event' : 'rewind';
    const since = execution.df.currentUtcDateTime;
    const gate = { number, mode, actions: allowed[kind], phase: phaseAt[kind], step, error: failure, since };
    const decision = yield* mode === 'event' ? awaitDecision(execution, gate) : failAtGate(execution, gate);
    const { action, by, reason } = decision;
    tell(execution, { kind: 'gate-passed', number, action, by, reason, since: gate.since });
    if (mode === 'rewind' || !execution.inBranch) deferDeadline(execution, gate.since);
    execution.stretch = { number: execution.stretch.number + 1, since: execution.df.currentUtcDateTime };
    report(execution, { phase: action === 'abort' ? 'aborted' : 'running', error: failure });
    if (action === 'abort') return endWith(execution, new SagaAborted(by, reason, failure));
    if (isPossible(kind, decision)) return decision;
  }
}

/** Nothing goes on while a gate that stands alone is open: that is none of the saga's time. */
function deferDeadline(execution: Execution, since: Date): void {
  const { deadline, df } = execution;
  if (deadline === undefined) return;
  execution.deadline = new Date(deadline.getTime() + df.currentUtcDateTime.getTime() - since.getTime());
}

const needsEvent = ({ hostFailures, commission, gateMode }: Execution): boolean =>
  hostFailures > 0 || commission !== undefined || gateMode === 'event';

/**
 * Beside other operations a gate that fails waits until they have ended: it is the last event, and they may rule it out (3).
 * @throws SagaCancelled or SagaFailure where nobody need be asked any more, because the operation is to stop
 */
export function* untilAlone(execution: Execution): Operation<void> {
  if (!execution.inBranch || needsEvent(execution)) return;
  const alone = { isCompleted: false, isFaulted: false };
  execution.gateTasks.set(alone, () => (alone.isCompleted = true));
  yield alone;
  throwIfCancelled(execution);
}

const isPossible = <K extends GateKind>(kind: K, decision: GateDecision): decision is Passed<K> =>
  allowed[kind].some((action) => action === decision.action);

const requestFor = ({ df }: Execution, { number, actions, step, error }: OpenGate): GateRequest => {
  const { name, code, message } = error;
  return { instanceId: df.instanceId, number, actions: [...actions], step, error: { name, code, message } };
};

function* failAtGate(execution: Execution, gate: OpenGate): Operation<GateDecision> {
  try {
    const task = execution.df.callActivity(gateFunction, requestFor(execution, gate));
    if (execution.inBranch) execution.gateTasks.set(task, () => {});
    announceGate(execution, gate);
    const decision = gateDecisionSchema.parse(yield task);
    closeGate(execution, gate);
    return decision;
  } catch (thrown) {
    return endWith(execution, thrown);
  }
}

/** Waits for as long as it takes, beside other operations too; what is no decision is ignored. */
function* awaitDecision(execution: Execution, gate: OpenGate): Operation<GateDecision> {
  announceGate(execution, gate);
  try {
    for (;;) {
      const event = execution.df.waitForExternalEvent(gateEvent(gate.number));
      yield* waitForEvent(execution, event);
      const decision = gateDecisionSchema.safeParse(event.result);
      if (decision.success) return decision.data;
      const why = z.prettifyError(decision.error);
      tell(execution, { kind: 'decision-ignored', question: `gate ${gate.number}`, why });
    }
  } finally {
    closeGate(execution, gate);
  }
}

function announceGate(execution: Execution, gate: OpenGate): void {
  const { number, phase, error, actions } = gate;
  gate.since = execution.df.currentUtcDateTime;
  report(execution, { gates: [...execution.progress.gates, gate], attempt: undefined, nextAttemptAt: undefined });
  tell(execution, { kind: 'gate', number, phase, error, actions });
}

const closeGate = (execution: Execution, gate: OpenGate): void =>
  report(execution, { gates: execution.progress.gates.filter((other) => other !== gate) });

function endWith(execution: Execution, thrown: unknown): never {
  execution.end = { thrown };
  throw thrown;
}

/** What the operator's API leaves for a gate that is about to be rewound, kept outside the history. */
export interface GateDecisions {
  /** Keyed by the start of the execution too, so that a decision never reaches a later instance of the same id. */
  read(instanceId: string, createdTime: Date, gate: number): Promise<GateDecision | undefined>;
  /** The decision that was first for this gate: the one given, or an earlier one. */
  claim(instanceId: string, createdTime: Date, gate: number, decision: GateDecision): Promise<GateDecision>;
}

/** What the durable client says of the instance. */
export interface InstanceOutput {
  readonly createdTime: Date;
  readonly output: unknown;
}

/**
 * The gate activity: fails, unless the instance has failed at this gate before.
 * @throws Error `gate#n# {…}` with the failure in it
 */
export async function passGate(
  request: GateRequest,
  instance: InstanceOutput,
  decisions: GateDecisions,
): Promise<GateDecision> {
  const { instanceId, number, actions: possible, error } = request;
  if (failedGate(instance.output) !== number) throw new Error(`gate#${number}# ${JSON.stringify(error)}`);
  const decision = await decisions.read(instanceId, instance.createdTime, number);
  if (decision !== undefined && possible.includes(decision.action)) return decision;
  return { action: 'retry', by: 'unknown', reason: 'rewound by another tool' };
}

/** Both forms in which the host tells a failed task. From its beginning: what comes later may be anybody's words. */
const gateOutput =
  /^Orchestrator function '[^']*' failed: (?:Activity function 'sagaGate' failed: |[\w.]+: ){1,2}gate#(\d+)#/;

/** The number of the gate at which an instance failed, read from its output. */
export function failedGate(output: unknown): number | undefined {
  const found = typeof output === 'string' ? gateOutput.exec(output) : null;
  return found === null ? undefined : Number(found[1]);
}
