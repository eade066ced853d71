import { z } from 'zod';
import type { Happening } from './entry.ts';
import type { ChildEvent, TaskEvent } from './history.ts';
import { digest } from './read-attempt.ts';

// A sub-saga is an instance of its own, with a trail of its own. In its parent's stand when it ran, where, and how it ended; and what
// its parent undid of it, as undos of steps within it. What it did by itself is in its own trail.

const errorSchema = z.object({ name: z.string(), code: z.string(), message: z.string() });
const inputSchema = z.object({ $saga: z.object({ commission: z.object({ path: z.string() }) }), input: z.unknown() });
const outcomeSchema = z.union([
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: errorSchema }),
]);

/** A sub-saga ends well for the host however it ends, and says in its result how; an orchestration that is no saga does not. */
export function readSubSaga({ name, instanceId, state, failure, at, startedAt, input, result }: ChildEvent): Happening {
  const told = inputSchema.safeParse(input).data;
  const outcome = outcomeSchema.safeParse(result).data;
  const error = outcome?.ok === false ? outcome.error : undefined;
  return {
    time: at,
    kind: 'sub-saga',
    step: told?.$saga.commission.path ?? name,
    outcome: state === 'completed' ? (error === undefined ? 'succeeded' : 'failed') : state,
    startedAt,
    error: failure === undefined ? error : failedNatively(failure),
    data: { instanceId },
    inputSha256: digest(told === undefined ? input : told.input),
    outputSha256: digest(outcome?.ok === true ? outcome.value : result),
  };
}

const failedNatively = (failure: string): Happening['error'] => ({
  name: 'SubSagaFailed',
  code: 'sub_saga_failed',
  message: (failure.split('\n', 1)[0] ?? '').trim(),
});

const cancelSchema = z.object({
  idempotencyKey: z.string().regex(/\/cancel$/),
  input: z.object({ instanceId: z.string(), by: z.string().optional(), reason: z.string().optional() }),
});

/** Nothing for any other activity. */
export function readPassedOnCancel({ at, input }: TaskEvent): Happening | undefined {
  const request = cancelSchema.safeParse(input).data;
  if (request === undefined) return undefined;
  const { instanceId, by, reason } = request.input;
  return { time: at, kind: 'cancel-passed-on', step: instanceId, actor: by, reason };
}
