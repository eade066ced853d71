import { z } from 'zod';
import { type Instance, runtimeStatuses } from '../azure/durable-instances.ts';
import { failedGate, gateFunction, type SagaStatus, sagaStatusSchema, sentInput } from '../saga/operate.ts';

const status = sagaStatusSchema.shape;

/** The saga's own, and those that only the engine knows of. */
export const phaseSchema = z.enum([...status.phase.options, 'pending', 'suspended', 'terminated']);
export type ShownPhase = z.infer<typeof phaseSchema>;

const rewindVerdictSchema = z.object({
  yes: z.boolean(),
  why: z.string(),
  /** What a rewind may do here, where the instance stands at a gate. */
  actions: z.array(z.string()).readonly().optional(),
});
export type RewindVerdict = z.infer<typeof rewindVerdictSchema>;

const lineSchema = status.ledger.element;
const undoStates = lineSchema.shape.undo.options;

/** `kept`: the saga has ended well, so that nothing will be undone any more. */
const shownLineSchema = lineSchema.extend({ undo: z.enum([...undoStates, 'kept']) });

/** What the API shows of an instance. */
export const sagaViewSchema = z
  .object({
    instanceId: z.string(),
    name: z.string(),
    version: z.string().optional(),
    runtimeStatus: z.enum(runtimeStatuses),
    phase: phaseSchema,
    step: z.string().optional(),
    attempt: z.number().optional(),
    nextAttemptAt: z.string().optional(),
    input: z.unknown(),
    output: z.unknown(),
    error: z.object({ code: z.string(), message: z.string() }).optional(),
    review: status.review,
    running: status.running,
    compensation: z.array(shownLineSchema),
    progress: z.number(),
    correlationId: z.string().optional(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    rewindable: rewindVerdictSchema,
  })
  .meta({ id: 'Saga' });
export type SagaView = z.infer<typeof sagaViewSchema>;

/** The status that the saga keeps about itself; undefined for an orchestration that is no saga, and before its first episode. */
export function statusOf(instance: Instance): SagaStatus | undefined {
  const parsed = sagaStatusSchema.safeParse(instance.customStatus);
  return parsed.success ? parsed.data : undefined;
}

/** Takes events. An instance that was rewound stays Pending until it ends, also while it runs on. */
export const isWaiting = (runtimeStatus: Instance['runtimeStatus']): boolean =>
  runtimeStatus === 'Running' || runtimeStatus === 'Pending';

export function toSagaView(instance: Instance): SagaView {
  const status = statusOf(instance);
  const { runtimeStatus } = instance;
  return {
    instanceId: instance.instanceId,
    name: instance.name,
    version: status?.version,
    runtimeStatus,
    phase: phaseOf(instance),
    step: status?.step,
    attempt: status?.attempt,
    nextAttemptAt: status?.nextAttemptAt,
    input: sentInput(instance.input),
    output: runtimeStatus === 'Completed' ? instance.output : null,
    error: errorOf(instance, status),
    review: isWaiting(runtimeStatus) || runtimeStatus === 'Suspended' ? status?.review : undefined,
    running: isWaiting(runtimeStatus) || runtimeStatus === 'Suspended' ? status?.running : undefined,
    compensation: compensationOf(instance, status),
    progress: status?.progress ?? 0,
    correlationId: status?.correlationId,
    createdAt: instance.createdTime.toISOString(),
    updatedAt: instance.lastUpdatedTime.toISOString(),
    rewindable: computeRewindVerdict(instance),
  };
}

/** The saga's own phase, unless the instance was stopped from outside. */
export function phaseOf(instance: Instance): ShownPhase {
  switch (instance.runtimeStatus) {
    case 'Terminated':
    case 'Canceled':
      return 'terminated';
    case 'Suspended':
      return 'suspended';
    case 'Failed': {
      const status = statusOf(instance);
      return status?.gate !== undefined || status?.phase === 'aborted' ? status.phase : 'failed';
    }
    case 'Completed':
      // A sub-saga always ends well for the host; its error is its parent's to deal with.
      return statusOf(instance)?.error === undefined ? 'completed' : 'failed';
    case 'Pending':
    case 'Running':
    case 'ContinuedAsNew':
      return statusOf(instance)?.phase ?? 'pending';
  }
}

function compensationOf(instance: Instance, status: SagaStatus | undefined): SagaView['compensation'] {
  const lines = status?.ledger ?? [];
  if (phaseOf(instance) !== 'completed') return lines;
  return lines.map((line) => (line.undo === 'pending' ? { ...line, undo: 'kept' } : line));
}

function errorOf({ runtimeStatus, output }: Instance, status: SagaStatus | undefined): SagaView['error'] {
  if (status?.error !== undefined) return { code: status.error.code, message: status.error.message };
  if (runtimeStatus !== 'Failed') return undefined;
  return { code: 'orchestrator_failed', message: typeof output === 'string' ? output : JSON.stringify(output ?? null) };
}

/**
 * Has failed with effects that nobody has decided on: held, or stopped on its way by a bug of its own code. A saga that says
 * `failed` has undone them, and one that is `aborted` was given up by an operator.
 */
export function awaitsDecision(instance: Instance): boolean {
  const phase = statusOf(instance)?.phase;
  return instance.runtimeStatus === 'Failed' && phase !== undefined && phase !== 'failed' && phase !== 'aborted';
}

/** The gate at which an instance that still runs waits for its decision as an event: where the platform cannot rewind it. */
export function waitingGate(instance: Instance): SagaStatus['gate'] {
  const gate = isWaiting(instance.runtimeStatus) ? statusOf(instance)?.gate : undefined;
  return gate?.mode === 'event' ? gate : undefined;
}

/**
 * Whether a rewind leads anywhere. A native one re-runs every failed task of the history, which contradicts a history that went on
 * after one; a saga's history has none but the gate, unless the host itself failed a task (killed, timed out).
 */
export function computeRewindVerdict(instance: Instance): RewindVerdict {
  const { runtimeStatus, output, historyEvents = [] } = instance;
  const waiting = waitingGate(instance);
  if (waiting !== undefined) {
    return { yes: true, why: `it waits at gate ${waiting.number} for a decision`, actions: waiting.actions };
  }
  if (runtimeStatus !== 'Failed')
    return { yes: false, why: `only a failed instance can be rewound; this one is ${runtimeStatus}` };
  if (statusOf(instance)?.phase === 'aborted') {
    return { yes: false, why: 'an operator gave it up for good; start a new instance' };
  }
  const hostFailures = historyEvents.filter((e) => e.EventType === 'TaskFailed' && e['FunctionName'] !== gateFunction);
  const gate = failedGate(output);
  if (gate === undefined && hostFailures.length === 0) {
    return {
      yes: true,
      why: "the orchestrator's own code failed: deploy the mended code first, then it goes on where it stopped",
    };
  }
  if (hostFailures.length > 0) {
    return {
      yes: false,
      why: `the host failed ${hostFailures.length} task(s) on the way, and native rewind would contradict the history; start a new instance`,
    };
  }
  const actions = statusOf(instance)?.gate?.actions;
  return { yes: true, why: `it stands at gate ${gate}`, ...(actions !== undefined && { actions }) };
}
