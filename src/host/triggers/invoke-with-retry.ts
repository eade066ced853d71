import type { Clock } from '../clock.ts';
import type { Invocation, InvocationResult, Invoke, RetryPolicy } from '../worker/contract.ts';

/** Milliseconds before the retry after `failures` failures; undefined where there is none. */
export function computeRetryDelay(policy: RetryPolicy | undefined, failures: number): number | undefined {
  if (!policy || (policy.maxRetryCount >= 0 && failures > policy.maxRetryCount)) return undefined;
  switch (policy.strategy) {
    case 'fixedDelay':
      return policy.delay;
    case 'exponentialBackoff':
      return Math.min(policy.maximum, policy.minimum * 2 ** (failures - 1));
  }
}

export interface RetryOptions {
  readonly invoke: Invoke;
  readonly policy: RetryPolicy | undefined;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly signal: AbortSignal;
}

function sleep(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.at(clock.now() + milliseconds, resolve);
  signal.addEventListener('abort', () => {
    cancel();
    resolve();
  });
  return promise;
}

/** Invokes until it succeeds, the function's retry policy is used up, or `signal` ends the waiting. */
export async function invokeWithRetry(
  invocation: Omit<Invocation, 'invocationId' | 'retryContext'>,
  { invoke, policy, clock, newId, signal }: RetryOptions,
): Promise<InvocationResult> {
  let result = await invoke({ ...invocation, invocationId: newId() });
  for (let failures = 1; !result.ok; failures += 1) {
    const delay = computeRetryDelay(policy, failures);
    if (delay === undefined) return result;
    await sleep(clock, delay, signal);
    if (signal.aborted) return result;
    const retryContext = {
      retryCount: failures,
      maxRetryCount: policy?.maxRetryCount ?? 0,
      exception: result.exception,
    };
    result = await invoke({ ...invocation, invocationId: newId(), retryContext });
  }
  return result;
}
