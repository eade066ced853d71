import { z } from 'zod';
import { type Activity, undoName } from './activity.ts';
import { hostFailure } from './error-data.ts';
import { type ErrorData, SagaDefinitionError, StepFailed } from './errors.ts';
import { type Reply, replySchema, type Request } from './execute.ts';
import { count, currentScope, type Execution, refuseAfterGate, report, tell } from './execution.ts';
import { openGate } from './gate.ts';
import { enter, type LedgerEntry } from './ledger.ts';
import type { Operation } from './operation.ts';
import { computeRetryDelay, type RetryOptions } from './retry.ts';
import type { Phase } from './status.ts';
import { settled, sleepUntil, throwIfCancelled } from './wait.ts';

export interface StepOptions {
  /** Replaces fields of the activity's own policy. */
  readonly retry?: Partial<RetryOptions>;
  /** From the start of this step on, a failure holds instead of undoing. */
  readonly pivot?: boolean;
}

export type Attempt<O> = { readonly ok: true; readonly value: O } | { readonly ok: false; readonly error: ErrorData };

/**
 * One step that must succeed.
 * @throws StepFailed when its attempts are used up and its scope compensates; in a scope that holds, and past the pivot,
 * the instance fails in place instead and a rewind tries this step again.
 */
export function* runStep<I, O>(
  execution: Execution,
  activity: Activity<I, O>,
  input: I,
  options: StepOptions = {},
): Operation<O> {
  if (options.pivot === true) execution.pivoted = true;
  const entry = begin(execution, activity, input);
  for (;;) {
    const result = yield* tryStep(execution, activity, entry, options);
    if (result.ok) {
      throwIfCancelled(execution);
      return result.value;
    }
    if (!execution.pivoted && currentScope(execution).onFailure === 'compensate')
      throw new StepFailed(entry.id, result.error);
    const decision = yield* openGate(execution, execution.pivoted ? 'held-past-pivot' : 'held', result.error);
    switch (decision.action) {
      case 'retry':
        break;
      case 'skip': {
        const given = activity.output.safeParse(decision.data);
        if (given.success) return given.data;
        break;
      }
      case 'compensate':
        throw new StepFailed(entry.id, result.error);
      case 'abort':
        throw new Error('invariant: the gate itself aborts');
    }
  }
}

/** One step that may fail: a failure is recorded and returned, never thrown. */
export function* attemptStep<I, O>(
  execution: Execution,
  activity: Activity<I, O>,
  input: I,
  options: StepOptions = {},
): Operation<Attempt<O>> {
  const entry = begin(execution, activity, input);
  const result = yield* tryStep(execution, activity, entry, options);
  throwIfCancelled(execution);
  return result;
}

/** Takes back one ledger entry, with the policy of the activity's undo. */
export function* undoEntry(execution: Execution, entry: LedgerEntry): Operation<Attempt<void>> {
  const { activity, id, input, output, outcome } = entry;
  const key = idempotencyKey(execution, entry);
  const done = { input, output, outcome, idempotencyKey: `${key}/do` };
  const request = requestFor(execution, `${key}/undo`, done);
  const reply = yield* callWithRetries(
    execution,
    undoName(activity.name),
    `undo of ${id}`,
    activity.undoRetry,
    request,
  );
  if (reply.ok) tell(execution, { kind: 'undone', step: id });
  return reply.ok ? { ok: true, value: undefined } : reply;
}

function begin<I, O>(execution: Execution, activity: Activity<I, O>, input: I): LedgerEntry {
  refuseAfterGate(execution);
  throwIfCancelled(execution);
  if (!execution.activities.has(activity.name)) {
    throw new SagaDefinitionError(
      `activity '${activity.name}' is not registered: add it to the list given to registerSagas`,
    );
  }
  if (activity.effect === 'final' && !execution.pivoted) {
    throw new SagaDefinitionError(
      `step '${activity.name}' cannot be undone, so it may only stand at or after the pivot: call saga.pivot() before it, or give it { pivot: true }`,
    );
  }
  const checked = activity.input.safeParse(input);
  if (!checked.success) {
    throw new SagaDefinitionError(
      `step '${activity.name}' was given an input that does not fit its schema: ${z.prettifyError(checked.error)}`,
    );
  }
  const id = `${currentScope(execution).path}/${activity.name}#${count(execution, activity.name)}`;
  return enter(currentScope(execution), activity, id, checked.data);
}

function* tryStep<I, O>(
  execution: Execution,
  activity: Activity<I, O>,
  entry: LedgerEntry,
  options: StepOptions,
): Operation<Attempt<O>> {
  const policy = { ...activity.retry, ...options.retry };
  const request = requestFor(execution, `${idempotencyKey(execution, entry)}/do`, entry.input);
  const reply = yield* callWithRetries(execution, activity.name, entry.id, policy, request);
  if (!reply.ok) {
    entry.outcome = reply.error.outcome;
    return reply;
  }
  const output = activity.output.safeParse(reply.value);
  if (!output.success) {
    throw new SagaDefinitionError(
      `what '${entry.id}' returned does not fit its schema any more: ${z.prettifyError(output.error)}`,
    );
  }
  entry.output = output.data;
  entry.outcome = 'succeeded';
  tell(execution, { kind: 'step-succeeded', step: entry.id, attempt: execution.progress.attempt ?? 1 });
  return { ok: true, value: output.data };
}

/** A later attempt that failed for certain does not clear an earlier one whose effect is unknown. */
function* callWithRetries(
  execution: Execution,
  functionName: string,
  label: string,
  policy: RetryOptions,
  request: Omit<Request, 'attempt'>,
): Operation<Reply> {
  const startedAt = execution.df.currentUtcDateTime.getTime();
  let unknown = false;
  for (let attempt = 1; ; attempt++) {
    report(execution, { step: label, attempt, nextAttemptAt: undefined, ...inPhase(execution, 'running') });
    const reply = yield* call(execution, functionName, { ...request, attempt });
    if (reply.ok) return reply;
    unknown ||= reply.error.outcome === 'unknown';
    const elapsedMs = execution.df.currentUtcDateTime.getTime() - startedAt;
    const retryInMs = computeRetryDelay(policy, {
      attempt,
      error: reply.error,
      elapsedMs,
      seed: request.idempotencyKey,
    });
    tell(execution, {
      kind: 'attempt-failed',
      step: label,
      attempt,
      of: policy.maxAttempts,
      error: reply.error,
      retryInMs,
    });
    if (retryInMs === undefined) return unknown ? { ok: false, error: { ...reply.error, outcome: 'unknown' } } : reply;
    const due = new Date(execution.df.currentUtcDateTime.getTime() + retryInMs);
    report(execution, { error: reply.error, nextAttemptAt: due.toISOString(), ...inPhase(execution, 'waiting') });
    yield* sleepUntil(execution, due);
  }
}

function* call(execution: Execution, functionName: string, request: Request): Operation<Reply> {
  const task = execution.df.callActivity(functionName, request);
  yield* settled(execution, task);
  if (task.isFaulted) return { ok: false, error: hostFailure(task.result) };
  return replySchema.parse(task.result);
}

/** On the way back the phase stays what the compensation made it. */
const inPhase = (execution: Execution, phase: Phase): { readonly phase?: Phase } =>
  execution.direction === 'forward' ? { phase } : {};

const idempotencyKey = (execution: Execution, entry: LedgerEntry): string => `${execution.df.instanceId}/${entry.id}`;

function requestFor(execution: Execution, key: string, input: unknown): Omit<Request, 'attempt'> {
  return {
    instanceId: execution.df.instanceId,
    correlationId: execution.correlationId,
    idempotencyKey: key,
    input,
  };
}
