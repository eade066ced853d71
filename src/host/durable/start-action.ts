import { startEntityAction } from './entities/entity-requests.ts';
import { startHttpCall } from './http-call.ts';
import type { Action, RetryPolicy } from './orchestrator-answer.ts';
import type { ReplayState, ReplaySubject } from './replay-state.ts';
import type { Settle } from './scheduled-tasks.ts';
import { startTimer } from './start-timer.ts';
import { addMilliseconds, millisecondsBetween } from './timestamp.ts';

/** Starts one action and calls `settle` when the extension would stop awaiting it; that may be at once. */
export function startAction(state: ReplayState, action: Action, settle: Settle): void {
  switch (action.kind) {
    case 'activity':
    case 'sub-orchestration':
      return startCall(state, action, settle);
    case 'timer':
      return startTimer(state, action.fireAt, action.isCanceled, settle);
    case 'event':
      return state.events.wait(action.name, () => settle(true));
    case 'http':
      return startHttpCall(state, action, settle);
    case 'call-entity':
    case 'signal-entity':
    case 'lock':
    case 'release':
      return startEntityAction(state, action, settle);
    case 'continue-as-new':
      state.continueAsNew = { input: action.input };
      return settle(true);
    case 'when-all':
    case 'when-any':
      return startCompound(state, action.kind, action.actions, settle);
  }
}

type Call = Extract<Action, { kind: 'activity' | 'sub-orchestration' }>;

function startCall(state: ReplayState, call: Call, settle: Settle): void {
  if (call.retry === undefined) startAttempt(state, call, settle);
  else startWithRetries(state, call, call.retry, settle);
}

function startAttempt(state: ReplayState, call: Call, settle: Settle): void {
  const { subject, tasks } = state;
  if (call.kind === 'activity') {
    tasks.schedule((id) => ({ kind: 'activity', id, name: call.name, input: call.input }), settle);
    return;
  }
  if (call.instanceId !== undefined && isOwnId(subject, call.instanceId)) {
    const message =
      'The instance ID of a sub-orchestration must be different than the instance ID of a parent orchestration.';
    state.failure ??= { kind: 'illegal-action', message };
    return;
  }
  tasks.schedule((id) => {
    const instanceId = call.instanceId ?? `${subject.executionId}:${id}`;
    const version = call.version ?? subject.defaultVersion ?? null;
    return { kind: 'sub-orchestration', id, name: call.name, instanceId, version, input: call.input };
  }, settle);
}

const isOwnId = (subject: ReplaySubject, instanceId: string): boolean =>
  [subject.instanceId, subject.parentInstanceId].some((own) => own?.toLowerCase() === instanceId.toLowerCase());

/** After every failed attempt comes a timer, also after the last one: only when it has fired does durable-functions fail the task. */
function startWithRetries(state: ReplayState, call: Call, retry: RetryPolicy, settle: Settle): void {
  const firstAttemptAt = state.now;
  const attempt = (count: number): void =>
    startAttempt(state, call, (succeeded) => {
      if (succeeded) return settle(true);
      if (count + 1 >= retry.maxAttempts) return startTimer(state, state.now, false, () => settle(false));
      if (millisecondsBetween(firstAttemptAt, state.now) >= retry.timeoutMs) {
        // The real engine makes no timer here, and the instance waits for ever.
        state.failure ??= { kind: 'illegal-action', message: describeRetryTimeout(call.name, retry) };
        return undefined;
      }
      const delay = Math.min(retry.firstIntervalMs * retry.backoffCoefficient ** count, retry.maxIntervalMs);
      return startTimer(state, addMilliseconds(state.now, delay), false, () => attempt(count + 1));
    });
  attempt(0);
}

const describeRetryTimeout = (name: string, retry: RetryPolicy): string =>
  `'${name}' has failed, and its retryTimeoutInMilliseconds of ${retry.timeoutMs} ms is over before its ` +
  `${retry.maxAttempts} attempts are used up. durable-functions cannot be told so. Use maxNumberOfAttempts alone to end retries.`;

function startCompound(
  state: ReplayState,
  kind: 'when-all' | 'when-any',
  actions: readonly Action[],
  settle: Settle,
): void {
  let awaited = kind === 'when-any' ? Math.min(1, actions.length) : actions.length;
  if (awaited === 0) return settle(true);
  for (const action of actions) startAction(state, action, () => --awaited === 0 && settle(true));
  return undefined;
}
