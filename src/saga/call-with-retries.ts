import { type Reply, replySchema, type Request } from './call-protocol.ts';
import { hostFailure } from './error-data.ts';
import type { ErrorData } from './errors.ts';
import { count, type Execution, report, tell } from './execution.ts';
import type { Operation } from './operation.ts';
import { computeRetryDelay, type RetryOptions } from './retry.ts';
import { settled, waitUntil } from './wait.ts';

export interface RetriedCall {
  readonly functionName: string;
  /** What people know the call as: the ledger entry's id, or `undo of …`. */
  readonly label: string;
  readonly policy: RetryOptions;
  readonly request: Omit<Request, 'attempt'>;
  /** Told of each attempt that failed, before anything can interrupt the wait for the next one. */
  readonly onFailure?: (error: ErrorData) => void;
}

/**
 * Calls an activity until it succeeds, fails for good or has used up its attempts; the last reply is the result.
 * @throws SagaCancelled between two attempts, never during one: the result of an effect must be known
 */
export function* callWithRetries(execution: Execution, retried: RetriedCall): Operation<Reply> {
  const { functionName, label, policy, request, onFailure } = retried;
  const since = execution.df.currentUtcDateTime;
  const { idempotencyKey: key } = request;
  const told = { call: label, key, round: count(execution, `call ${key}`), of: policy.maxAttempts, since };
  for (let attempt = 1; ; attempt++) {
    report(execution, { step: label, attempt, nextAttemptAt: undefined, ...phaseForward(execution, 'running') });
    const reply = yield* call(execution, functionName, { ...request, attempt });
    if (reply.ok) {
      tell(execution, { kind: 'call-succeeded', ...told, attempt });
      return reply;
    }
    const { error } = reply;
    onFailure?.(error);
    const now = execution.df.currentUtcDateTime.getTime();
    const failed = { attempt, error, elapsedMs: now - since.getTime(), seed: key };
    const retryInMs = computeRetryDelay(policy, failed);
    report(execution, { error });
    tell(execution, { kind: 'attempt-failed', ...told, attempt, error, retryInMs });
    if (retryInMs === undefined) return reply;
    const due = new Date(now + retryInMs);
    report(execution, { nextAttemptAt: due, ...phaseForward(execution, 'waiting') });
    try {
      yield* waitUntil(execution, due);
    } catch (interruption) {
      tell(execution, { kind: 'call-given-up', ...told, attempt, error });
      throw interruption;
    }
  }
}

function* call(execution: Execution, functionName: string, request: Request): Operation<Reply> {
  const { df, desk } = execution;
  const task = df.callActivity(functionName, { ...request, input: desk.claim(request.input) });
  yield* settled(execution, task);
  if (!task.isFaulted) return replySchema.parse(desk.resolve(task.result));
  execution.hostFailures++;
  return { ok: false, error: hostFailure(task.result) };
}

/** On the way back the phase stays what the compensation made it. */
const phaseForward = (execution: Execution, phase: 'running' | 'waiting') =>
  execution.direction === 'forward' ? { phase } : {};
