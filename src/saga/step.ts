import { z } from 'zod';
import { type Activity, undoName } from './activity.ts';
import { callWithRetries } from './call-with-retries.ts';
import { businessError, type ErrorData, SagaDefinitionError, StepFailed } from './errors.ts';
import { count, currentScope, type Execution, refuseAfterEnd, report } from './execution.ts';
import { openGate } from './gate.ts';
import { enterStep, type LedgerEntry, noteFailure, noteSuccess } from './ledger.ts';
import type { Operation } from './operation.ts';
import { checkRetryOptions, type RetryOptions } from './retry.ts';
import { throwIfCancelled } from './wait.ts';

export interface AttemptOptions {
  /** Replaces fields of the activity's own policy. */
  readonly retry?: Partial<RetryOptions>;
}

export interface StepOptions extends AttemptOptions {
  /**
   * This step is the point of no return: once it has succeeded, or may have, a failure holds instead of undoing. While it
   * runs a cancel comes too late; if it fails for certain, everything can still be undone.
   */
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
  const tryOnce = options.pivot === true && !execution.pivoted ? tryPivot : tryStep;
  const entry = beginStep(execution, activity, input, options);
  for (;;) {
    throwIfCancelled(execution);
    const result = yield* tryOnce(execution, activity, entry, options);
    if (result.ok) {
      throwIfCancelled(execution);
      return result.value;
    }
    if (!execution.pivoted && currentScope(execution).onFailure === 'compensate')
      throw new StepFailed(entry.id, result.error);
    const resolved = yield* holdStep(execution, activity, entry, result.error);
    if (resolved.action === 'skip') return resolved.value;
  }
}

/** One step that may fail: a failure is recorded and returned, never thrown. */
export function* attemptStep<I, O>(
  execution: Execution,
  activity: Activity<I, O>,
  input: I,
  options: AttemptOptions = {},
): Operation<Attempt<O>> {
  const entry = beginStep(execution, activity, input, options);
  const result = yield* tryStep(execution, activity, entry, options);
  throwIfCancelled(execution);
  return result;
}

/** Takes back one ledger entry, with the policy of the activity's undo. */
export function* undoEntry(execution: Execution, entry: LedgerEntry): Operation<Attempt<void>> {
  const { activity, id, input, output, outcome } = entry;
  const done = { input, output, outcome, idempotencyKey: idempotencyKey(execution, entry, 'do') };
  const reply = yield* callWithRetries(execution, {
    functionName: undoName(activity.name),
    label: `undo of ${id}`,
    policy: activity.undoRetry,
    request: requestFor(execution, idempotencyKey(execution, entry, 'undo'), done),
  });
  return reply.ok ? { ok: true, value: undefined } : reply;
}

function beginStep<I, O>(
  execution: Execution,
  activity: Activity<I, O>,
  input: I,
  { retry, pivot }: StepOptions,
): LedgerEntry {
  refuseAfterEnd(execution);
  throwIfCancelled(execution);
  if (!execution.activities.has(activity.name)) {
    throw new SagaDefinitionError(
      `activity '${activity.name}' is not registered: add it to the list given to registerSagas`,
    );
  }
  if (activity.effect === 'final' && !execution.pivoted && pivot !== true) {
    throw new SagaDefinitionError(
      `step '${activity.name}' cannot be undone, so it may only stand at or after the pivot: call saga.pivot() before it, or give it { pivot: true }`,
    );
  }
  if (retry !== undefined) checkRetryOptions(`step '${activity.name}'`, { ...activity.retry, ...retry });
  const checked = activity.input.safeParse(input);
  if (!checked.success) {
    throw new SagaDefinitionError(
      `step '${activity.name}' was given an input that does not fit its schema: ${z.prettifyError(checked.error)}`,
    );
  }
  const id = `${currentScope(execution).path}/${activity.name}#${count(execution, activity.name)}`;
  return enterStep({ scope: currentScope(execution), ledger: execution.ledger }, activity, id, checked.data);
}

function* tryStep<I, O>(
  execution: Execution,
  activity: Activity<I, O>,
  entry: LedgerEntry,
  { retry }: AttemptOptions,
): Operation<Attempt<O>> {
  const reply = yield* callWithRetries(execution, {
    functionName: activity.name,
    label: entry.id,
    policy: { ...activity.retry, ...retry },
    request: requestFor(execution, idempotencyKey(execution, entry, 'do'), entry.input),
    onFailure: ({ outcome }) => noteFailure(entry, outcome),
  });
  if (!reply.ok) return entry.doubtful ? { ok: false, error: { ...reply.error, outcome: 'unknown' } } : reply;
  const output = activity.output.safeParse(reply.value);
  if (!output.success) {
    throw new SagaDefinitionError(
      `what '${entry.id}' returned does not fit its schema any more: ${z.prettifyError(output.error)}`,
    );
  }
  noteSuccess(entry, output.data);
  report(execution, execution.direction === 'forward' ? { error: undefined } : {});
  return { ok: true, value: output.data };
}

/** However it ends: a pivot that has certainly failed is none. */
function* tryPivot<I, O>(
  execution: Execution,
  activity: Activity<I, O>,
  entry: LedgerEntry,
  options: AttemptOptions,
): Operation<Attempt<O>> {
  execution.pivoted = true;
  try {
    return yield* tryStep(execution, activity, entry, options);
  } finally {
    if (entry.outcome === 'failed') execution.pivoted = false;
  }
}

type Resolved<O> = { readonly action: 'retry' } | { readonly action: 'skip'; readonly value: O };

/**
 * Holds a failed step at a gate until an operator says how it goes on. A step that is skipped counts as done, with the
 * output that the operator gave: it is undone later like any other.
 * @throws StepFailed when the operator chose to compensate
 */
function* holdStep<I, O>(
  execution: Execution,
  activity: Activity<I, O>,
  entry: LedgerEntry,
  failure: ErrorData,
): Operation<Resolved<O>> {
  for (let error = failure; ;) {
    const kind = execution.pivoted ? 'held-past-pivot' : 'held';
    const { action, by, reason, data } = yield* openGate(execution, kind, error, entry.id);
    if (action === 'retry') return { action };
    if (action === 'compensate') {
      const conceded = new StepFailed(entry.id, failure);
      execution.conceded.add(conceded);
      throw conceded;
    }
    const given = activity.output.safeParse(data);
    if (given.success) {
      noteSuccess(entry, given.data);
      entry.skipped = { by, reason };
      return { action: 'skip', value: given.data };
    }
    const why = `the data given to skip '${entry.id}' does not fit its output: ${z.prettifyError(given.error)}`;
    error = businessError('InvalidDecision', 'invalid_decision', why);
  }
}

const idempotencyKey = ({ df }: Execution, { id }: LedgerEntry, direction: 'do' | 'undo'): string =>
  `${df.instanceId}/${id}/${direction}`;

const requestFor = ({ df, correlationId }: Execution, key: string, input: unknown) => ({
  instanceId: df.instanceId,
  correlationId,
  idempotencyKey: key,
  input,
});
