import { z } from 'zod';
import { type ErrorData, SagaAborted } from './errors.ts';
import { type Execution, report, tell } from './execution.ts';
import type { Operation } from './operation.ts';
import type { Phase } from './status.ts';

// The gate. Native rewind of the Azure Storage backend removes every failed task from the history and replays the rest, which
// contradicts a history that goes on after a caught failure. Therefore:
// 1. The gate is the only activity that ever fails towards the engine, and its failure is the last event of the history.
// 2. Gate n fails with a message that begins with gate#n#. When gate n runs and the instance's output carries gate#n#, the
//    instance has failed at this very gate before, so it was rewound: the gate returns the operator's decision.
// 3. Only a root instance has gates.

export const gateFunction = 'sagaGate';

/** Why a saga stands at a gate, and so what can be done about it. */
export type GateKind =
  'failed' | 'failed-past-pivot' | 'held' | 'held-past-pivot' | 'held-scope' | 'compensation-failed';

const actions = ['retry', 'compensate', 'skip', 'abort'] as const;
export type GateAction = (typeof actions)[number];

const allowed: Record<GateKind, readonly GateAction[]> = {
  failed: ['retry', 'abort'],
  'failed-past-pivot': ['abort'],
  held: ['retry', 'compensate', 'skip', 'abort'],
  'held-past-pivot': ['retry', 'skip', 'abort'],
  'held-scope': ['compensate', 'abort'],
  'compensation-failed': ['retry', 'skip', 'abort'],
};

const phaseAt: Record<GateKind, Phase> = {
  failed: 'failed',
  'failed-past-pivot': 'held',
  held: 'held',
  'held-past-pivot': 'held',
  'held-scope': 'held',
  'compensation-failed': 'compensation_failed',
};

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
  error: z.object({ name: z.string(), code: z.string(), message: z.string() }),
});
export type GateRequest = z.infer<typeof gateRequestSchema>;

/**
 * Fails the instance natively, and goes on here once it is rewound.
 * @throws SagaAborted when the operator gave the instance up
 */
export function* openGate(execution: Execution, kind: GateKind, failure: ErrorData): Operation<GateDecision> {
  const { df } = execution;
  for (;;) {
    const number = ++execution.gates;
    const { name, code, message } = failure;
    const request: GateRequest = {
      instanceId: df.instanceId,
      number,
      actions: [...allowed[kind]],
      error: { name, code, message },
    };
    report(execution, {
      phase: phaseAt[kind],
      error: failure,
      nextAttemptAt: undefined,
      gate: { number, actions: allowed[kind] },
    });
    tell(execution, { kind: 'gate', number, error: failure, actions: allowed[kind] });
    const decision = yield* pass(execution, request);
    tell(execution, { kind: 'rewound', number, action: decision.action, by: decision.by, reason: decision.reason });
    report(execution, { phase: 'running', gate: undefined });
    if (decision.action === 'abort') throw new SagaAborted(decision.by, decision.reason, failure);
    if (allowed[kind].includes(decision.action)) return decision;
  }
}

function* pass(execution: Execution, request: GateRequest): Operation<GateDecision> {
  try {
    return gateDecisionSchema.parse(yield execution.df.callActivity(gateFunction, request));
  } catch (error) {
    execution.gateFailure = error;
    throw error;
  }
}

/** What the operator's API leaves for a gate that is about to be rewound, kept outside the history. */
export interface GateDecisions {
  /** Keyed by the start of the execution too, so that a decision never reaches a later instance of the same id. */
  read(instanceId: string, createdTime: Date, gate: number): Promise<GateDecision | undefined>;
  write(instanceId: string, createdTime: Date, gate: number, decision: GateDecision): Promise<void>;
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

/** The number of the gate at which an instance failed, read from its output. */
export function failedGate(output: unknown): number | undefined {
  const text = typeof output === 'string' ? output : JSON.stringify(output ?? null);
  const found = /gate#(\d+)#/.exec(text);
  return found === null ? undefined : Number(found[1]);
}
