import { z } from 'zod';
import { type Activity, undoName } from './activity.ts';
import { callWithRetries } from './call-with-retries.ts';
import { type ErrorData, notRegistered, SagaDefinitionError, StepFailed } from './errors.ts';
import {
  count,
  currentScope,
  type Execution,
  type RegisteredActivity,
  refuseAfterEnd,
  refuseUndeclaredPivot,
  report,
  rootOf,
} from './execution.ts';
import { untilAlone } from './gate.ts';
import { hold } from './hold.ts';
import { createEntry, type LedgerEntry, noteFailure, noteSuccess } from './ledger.ts';
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
  const entry = beginStep(execution, activity, input, options);
  const mayUndo = () => !execution.pivoted && currentScope(execution).onFailure === 'compensate';
  for (;;) {
    throwIfCancelled(execution);
    const result = yield* tryStep(execution, activity, entry, options);
    if (result.ok) {
      throwIfCancelled(execution);
      return result.value;
    }
    // By then a pivot beside it may have failed.
    if (!mayUndo()) yield* untilAlone(execution);
    if (mayUndo()) throw new StepFailed(entry.id, result.error);
    const resolved = yield* hold(execution, entry.id, activity.output, result.error);
    if (resolved.action === 'retry') continue;
    noteSuccess(entry, resolved.value);
    entry.skipped = resolved.skipped;
    if (isPivot(activity, options)) execution.pivots.add(entry.id);
    return resolved.value;
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
  const { id, input, output, outcome } = entry;
  const activity = registered(execution, entry.activity);
  const done = { input, output, outcome, idempotencyKey: idempotencyKey(execution, entry, 'do') };
  const reply = yield* callWithRetries(execution, {
    functionName: undoName(entry.activity),
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
  refuseMisplaced(execution, activity, pivot);
  if (retry !== undefined) checkRetryOptions(`step '${activity.name}'`, { ...activity.retry, ...retry });
  const checked = activity.input.safeParse(input);
  if (!checked.success) {
    throw new SagaDefinitionError(
      `step '${activity.name}' was given an input that does not fit its schema: ${z.prettifyError(checked.error)}`,
    );
  }
  const id = `${currentScope(execution).path}/${activity.name}#${count(execution, activity.name)}`;
  const entry = createEntry(activity, id, checked.data, execution.starts++);
  currentScope(execution).entries.push(entry);
  execution.ledger.push(entry);
  return entry;
}

/** @throws SagaDefinitionError for a step that may not run here, or not at all */
export function refuseMisplaced<I, O>(execution: Execution, { name, effect }: Activity<I, O>, pivot = false): void {
  registered(execution, name);
  if (pivot) refuseUndeclaredPivot(execution);
  if (effect !== 'final' || execution.pivoted || pivot) return;
  throw new SagaDefinitionError(
    `step '${name}' cannot be undone, so it may only stand at or after the pivot: call saga.pivot() before it, or give it { pivot: true }`,
  );
}

/** @throws SagaDefinitionError: on Azure the instance would wait for ever for a function that does not exist */
function registered({ activities }: Execution, name: string): RegisteredActivity {
  const activity = activities.get(name);
  if (activity !== undefined) return activity;
  throw notRegistered('activity', name);
}

/** A final effect is one too: there is no way back from it. */
const isPivot = ({ effect }: Pick<Activity<unknown, unknown>, 'effect'>, { pivot }: StepOptions): boolean =>
  pivot === true || effect === 'final';

/** A pivot that has certainly failed, however it ended, is none. */
function* tryStep<I, O>(
  execution: Execution,
  activity: Activity<I, O>,
  entry: LedgerEntry,
  options: StepOptions,
): Operation<Attempt<O>> {
  if (isPivot(activity, options)) execution.pivots.add(entry.id);
  try {
    return yield* callStep(execution, activity, entry, options);
  } finally {
    if (entry.outcome === 'failed') execution.pivots.delete(entry.id);
  }
}

function* callStep<I, O>(
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

const idempotencyKey = (execution: Execution, { id }: LedgerEntry, direction: 'do' | 'undo'): string =>
  `${rootOf(execution)}/${id}/${direction}`;

const requestFor = (execution: Execution, key: string, input: unknown) => ({
  instanceId: rootOf(execution),
  correlationId: execution.correlationId,
  idempotencyKey: key,
  ...(execution.traceparent !== undefined && { traceparent: execution.traceparent }),
  ...(execution.commission !== undefined && { subSaga: execution.df.instanceId }),
  input,
});
