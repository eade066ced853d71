import { z } from 'zod';
import { type ErrorData, errorDataSchema } from './errors.ts';

// What an orchestrator sends to an activity, and what comes back.

/** What an activity is told about the call it serves. */
export interface Call {
  /** The saga's instance; of a sub-saga, the one at the top, for do and undo alike. */
  readonly instanceId: string;
  readonly correlationId: string;
  /**
   * `instanceId/scope/step#n/do` or `…/undo`: the same over retries, replays and rewinds of one execution of a step. A step
   * that was undone and runs again, after a rewind or in the saga's own loop, is another execution with another `n`.
   */
  readonly idempotencyKey: string;
  /** Where the call stands in a distributed trace (W3C Trace Context), to be handed on to whatever it calls. */
  readonly traceparent?: string | undefined;
  /** 1 for the first attempt; it starts anew when an operator has a held step tried again. */
  readonly attempt: number;
  /** Aborted when the step's time is up. */
  readonly signal: AbortSignal;
}

/** Errors are data: a handled failure leaves no TaskFailed in the history. */
export type Reply = { readonly ok: true; readonly value?: unknown } | { readonly ok: false; readonly error: ErrorData };

export const replySchema: z.ZodType<Reply> = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown().optional() }),
  z.object({ ok: z.literal(false), error: errorDataSchema }),
]);

export const requestSchema = z.object({
  instanceId: z.string(),
  correlationId: z.string(),
  idempotencyKey: z.string(),
  /** As the instance was started with it. */
  traceparent: z.string().optional(),
  /** The instance that calls, where it is not the one at the top. */
  subSaga: z.string().optional(),
  attempt: z.number().int(),
  /** The step's input or, for an undo, what was done. */
  input: z.unknown().optional(),
});
export type Request = z.infer<typeof requestSchema>;
