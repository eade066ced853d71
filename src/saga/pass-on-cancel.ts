import { z } from 'zod';
import { answerCall } from './answer-call.ts';
import type { Reply } from './call-protocol.ts';
import { callWithRetries } from './call-with-retries.ts';
import { minutes } from './duration.ts';
import { SagaCancelled } from './errors.ts';
import { type Execution, rootOf } from './execution.ts';
import type { Operation } from './operation.ts';
import { transient } from './retry.ts';
import { cancelEvent, findReasonToStop } from './wait.ts';

// A sub-saga is an instance of its own, so a cancel of its parent reaches it as the event that anybody would send.

export const cancelFunction = 'sagaCancel';

const cancelSchema = z.object({ instanceId: z.string(), by: z.string(), reason: z.string().optional() });

/** Tells a sub-saga why its parent is to stop. An end that it has reached meanwhile counts all the same. */
export function* passOnCancel(execution: Execution, id: string, instanceId: string): Operation<void> {
  const because = findReasonToStop(execution);
  if (because === undefined) return;
  const { by, reason } =
    because instanceof SagaCancelled ? because : { by: `saga ${execution.saga}`, reason: because.message };
  const { direction, correlationId } = execution;
  execution.direction = 'backward';
  yield* callWithRetries(execution, {
    functionName: cancelFunction,
    label: `cancel of ${id}`,
    policy: transient,
    request: {
      instanceId: rootOf(execution),
      correlationId,
      idempotencyKey: `${rootOf(execution)}/${id}/cancel`,
      input: { instanceId, by, reason },
    },
  });
  execution.direction = direction;
}

/** The activity behind it. */
export const answerCancel = (
  request: unknown,
  raise: (instanceId: string, event: string, data: unknown) => Promise<void>,
): Promise<Reply> =>
  answerCall(minutes(1), request, cancelSchema, async (input) => {
    const { instanceId, ...cancel } = cancelSchema.parse(input);
    await raise(instanceId, cancelEvent, cancel);
    return { ok: true };
  });
