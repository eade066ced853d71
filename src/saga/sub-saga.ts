import { createHash } from 'node:crypto';
import { z } from 'zod';
import { notRegistered, SagaDefinitionError, SagaFailure, StepFailed } from './errors.ts';
import {
  count,
  currentScope,
  type Execution,
  refuseAfterEnd,
  refuseUndeclaredPivot,
  report,
  rootOf,
  tell,
} from './execution.ts';
import { hold, type Resolved } from './hold.ts';
import { outcomeSchema, type SubSagaOutcome } from './leave-to-parent.ts';
import { computeUndoOrder, openScope, type Scope } from './ledger.ts';
import type { Operation } from './operation.ts';
import { passOnCancel } from './pass-on-cancel.ts';
import { compensate } from './scope.ts';
import { wrapInput } from './start.ts';
import { isCancellable, settled, throwIfCancelled } from './wait.ts';

// A saga that another runs. It is a scope of its parent in an instance of its own:
// 1. Its steps are named and keyed as those of a scope would be, so what it did is undone by its parent like its own.
// 2. It ends with its outcome as data. What it could not undo itself, and what it holds, is left to its parent.
// 3. It may pass a pivot only where its parent has declared the run as its own, so that what runs beside it knows. A step that fails
//    past the pivot waits in place, for an event: there is no way back.
// 4. A bug of its code fails both instances natively, last in both histories; a rewind of the root goes on in both.

/** What a saga has to tell to be run by another. */
export interface SubSaga<I, O> {
  readonly name: string;
  readonly input: z.ZodType<I>;
  readonly output: z.ZodType<O>;
}

interface Run {
  /** `scope/saga#n`. */
  readonly id: string;
  readonly instanceId: string;
  /** Its place among what its parent has started. */
  readonly order: number;
  /** It is a pivot of the parent. */
  readonly isPivot: boolean;
}

export interface RunOptions {
  /**
   * This run is the point of no return, and the sub-saga may have a pivot. While it runs a cancel of the parent comes too late;
   * if it fails before its own pivot, everything can still be undone.
   */
  readonly pivot?: boolean;
}

/**
 * Runs a saga and waits for its end.
 * @throws StepFailed when it has failed and nothing of it is left, unless the scope holds: then an operator is asked first
 * @throws Error when its own code is broken
 */
export function* runSubSaga<I, O>(
  execution: Execution,
  saga: SubSaga<I, O>,
  input: I,
  { pivot = false }: RunOptions = {},
): Operation<O> {
  refuseAfterEnd(execution);
  const checked = checkInput(execution, saga, input);
  for (;;) {
    throwIfCancelled(execution);
    const run = beginRun(execution, saga.name, pivot);
    const outcome = yield* callSaga(execution, run, saga.name, checked);
    const scope = join(execution, run, outcome);
    throwIfCancelled(execution);
    if (outcome.ok) return checkOutput(run, saga, outcome.value);
    const resolved = yield* resolve(execution, scope, saga, outcome);
    if (resolved.action === 'retry') continue;
    if (pivot) execution.pivots.add(run.id);
    return resolved.value;
  }
}

function checkInput<I>(
  { sagas }: Execution,
  { name, input }: Pick<SubSaga<I, unknown>, 'name' | 'input'>,
  given: I,
): I {
  if (!sagas.has(name)) throw notRegistered('saga', name);
  const checked = input.safeParse(given);
  if (checked.success) return checked.data;
  throw new SagaDefinitionError(
    `saga '${name}' was given an input that does not fit its schema: ${z.prettifyError(checked.error)}`,
  );
}

function checkOutput<O>({ id }: Run, { output }: Pick<SubSaga<unknown, O>, 'output'>, value: unknown): O {
  const checked = output.safeParse(value);
  if (checked.success) return checked.data;
  throw new SagaDefinitionError(
    `what '${id}' returned does not fit its schema after its way through JSON: ${z.prettifyError(checked.error)}`,
  );
}

function beginRun(execution: Execution, name: string, pivot: boolean): Run {
  if (pivot) refuseUndeclaredPivot(execution);
  const n = count(execution, name);
  const id = `${currentScope(execution).path}/${name}#${n}`;
  const instanceId = subInstanceId(execution.df.instanceId, name, n);
  return { id, instanceId, order: execution.starts++, isPivot: pivot };
}

/** The Azure Storage backend wants no more. */
const longestId = 100;

function subInstanceId(parent: string, name: string, n: number): string {
  const id = `${parent}:${name}:${n}`;
  return id.length <= longestId ? id : createHash('sha256').update(id).digest('hex');
}

function* callSaga(execution: Execution, run: Run, name: string, input: unknown): Operation<SubSagaOutcome> {
  const { df, desk, deadline, correlationId, pivoted } = execution;
  const { id, instanceId, isPivot } = run;
  const commission = {
    parent: df.instanceId,
    root: rootOf(execution),
    path: id,
    correlationId,
    pivoted,
    mayPivot: isPivot,
    ...(execution.traceparent !== undefined && { traceparent: execution.traceparent }),
    ...(deadline !== undefined && isCancellable(execution) && { deadline: deadline.toISOString() }),
  };
  if (isPivot) execution.pivots.add(id);
  const task = df.callSubOrchestrator(name, wrapInput(desk.claim(input), { commission }), instanceId);
  const running = { saga: name, instanceId };
  report(execution, { step: id, attempt: undefined, running: [...execution.progress.running, running] });
  tell(execution, { kind: 'sub-saga-started', step: id, instanceId });
  const since = df.currentUtcDateTime;
  yield* settled(execution, task, () => passOnCancel(execution, id, instanceId));
  report(execution, { running: execution.progress.running.filter((other) => other !== running) });
  if (task.isFaulted) {
    const why = task.result instanceof Error ? task.result.message : String(task.result);
    throw new Error(`sub-saga '${id}', instance '${instanceId}', has failed natively: ${why}`);
  }
  const outcome = outcomeSchema.parse(desk.resolve(task.result));
  if (!outcome.ok && !outcome.pivoted) execution.pivots.delete(id);
  const error = outcome.ok ? undefined : outcome.error;
  tell(execution, { kind: 'sub-saga-ended', step: id, instanceId, error, since });
  return outcome;
}

/** Takes over what was done; answers it as the scope that it is. */
function join(execution: Execution, { id, order }: Run, outcome: SubSagaOutcome): Scope {
  const entries = outcome.ledger.map((entry) => ({ ...entry, order: [order, ...entry.order] }));
  const parent = currentScope(execution);
  parent.entries.push(...entries);
  execution.ledger.push(...entries);
  report(execution, {});
  return { ...openScope(id, { onFailure: parent.onFailure, order: 'serial' }), entries };
}

/**
 * Undoes what a failed sub-saga could not undo itself, and asks an operator where it or the scope around it holds, and past the
 * parent's pivot. To try it again, what it keeps is undone first: it starts anew, from its top.
 * @throws StepFailed
 */
function* resolve<O>(
  execution: Execution,
  scope: Scope,
  { output }: Pick<SubSaga<unknown, O>, 'output'>,
  { error, held, pivoted }: Extract<SubSagaOutcome, { ok: false }>,
): Operation<Resolved<O>> {
  const failure = new StepFailed(scope.path, error);
  if (pivoted) throw failure;
  if (!held) yield* undoLeft(execution, scope, failure);
  const asks = held || execution.pivoted || currentScope(execution).onFailure === 'hold';
  if (!asks) throw failure;
  try {
    const resolved = yield* hold(execution, scope.path, output, error);
    if (resolved.action === 'retry') yield* undoLeft(execution, scope, failure);
    return resolved;
  } catch (thrown) {
    if (thrown instanceof SagaFailure) yield* undoLeft(execution, scope, thrown);
    throw thrown;
  }
}

function* undoLeft(execution: Execution, scope: Scope, failure: SagaFailure): Operation<void> {
  if (computeUndoOrder(scope.entries).length > 0) yield* compensate(execution, scope, failure);
}
