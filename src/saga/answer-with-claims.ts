import type { Reply } from './call-protocol.ts';
import { ClaimError, type ClaimStore, fetchClaims, resolveClaims, storeClaims } from './claims.ts';
import { toErrorData } from './error-data.ts';
import { TerminalError } from './errors.ts';

/**
 * The activity's edge: the function gets what its request refers to, and what is large in its reply is stored, not sent. An
 * effect whose output could not be stored has happened, so the call is tried again under its key.
 */
export function answerWithClaims(
  store: ClaimStore | undefined,
  answer: (request: unknown) => Promise<Reply>,
): (request: unknown) => Promise<Reply> {
  if (store === undefined) return answer;
  return async (request) => {
    const accepted = await accept(store, request);
    return 'error' in accepted ? { ok: false, error: accepted.error } : deposit(store, await answer(accepted.request));
  };
}

async function accept(store: ClaimStore, request: unknown) {
  try {
    return { request: resolveClaims(request, await fetchClaims(store, request)) };
  } catch (thrown) {
    const { message } = thrown instanceof Error ? thrown : new Error(String(thrown));
    const error = thrown instanceof ClaimError ? new TerminalError(message, { code: thrown.code }) : thrown;
    return { error: { ...toErrorData(error), outcome: 'failed' as const } };
  }
}

async function deposit(store: ClaimStore, reply: Reply): Promise<Reply> {
  if (!reply.ok) return reply;
  try {
    return { ...reply, value: await storeClaims(store, reply.value) };
  } catch (thrown) {
    const { message } = toErrorData(thrown);
    const error = {
      name: 'ClaimNotStored',
      code: 'claim_not_stored',
      message: `the output is too large for the history, and could not be stored: ${message}`,
      retryable: true,
      outcome: 'unknown' as const,
    };
    return { ok: false, error };
  }
}
