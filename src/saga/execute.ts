import { z } from 'zod';
import { toErrorData } from './error-data.ts';
import { type ErrorData, errorDataSchema, TerminalError } from './errors.ts';

// The worker's side of a call: what an orchestrator sends, what an activity answers, and how one becomes the other.

/** What an activity is told about the call it serves. */
export interface Call {
  readonly instanceId: string;
  readonly correlationId: string;
  /** `instanceId/scope/step#n/do` or `…/undo`: the same over retries, replays and rewinds of one execution of a step. */
  readonly idempotencyKey: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Aborted when the step's time is up. */
  readonly signal: AbortSignal;
}

/** What an activity answers: errors are data, so a handled failure leaves no TaskFailed in the history. */
export type Reply = { readonly ok: true; readonly value?: unknown } | { readonly ok: false; readonly error: ErrorData };

export const replySchema: z.ZodType<Reply> = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown().optional() }),
  z.object({ ok: z.literal(false), error: errorDataSchema }),
]);

const requestSchema = z.object({
  instanceId: z.string(),
  correlationId: z.string(),
  idempotencyKey: z.string(),
  attempt: z.number().int(),
  input: z.unknown().optional(),
});

/** What the orchestrator sends: the call, and the step's input or, for an undo, what was done. */
export type Request = z.infer<typeof requestSchema>;

/** Runs one call in its time and turns whatever it throws into data. */
export async function answer(
  timeoutMs: number,
  raw: unknown,
  work: (input: unknown, call: Call) => Promise<Reply>,
): Promise<Reply> {
  const deadline = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<Reply>((resolve) => {
    timer = setTimeout(() => {
      deadline.abort();
      resolve({ ok: false, error: timeoutError(timeoutMs) });
    }, timeoutMs);
  });
  try {
    const { input, ...call } = requestSchema.parse(raw);
    return await Promise.race([work(input, { ...call, signal: deadline.signal }), timedOut]);
  } catch (error) {
    return { ok: false, error: toErrorData(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** @throws TerminalError `invalid_input` */
export function accept<T>(schema: z.ZodType<T>, raw: unknown, what: string): T {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new TerminalError(`${what} does not fit its schema: ${z.prettifyError(parsed.error)}`, {
    code: 'invalid_input',
  });
}

/** The effect has happened by now, so an output that does not fit leaves an unknown outcome, to be undone. */
export function deliver(schema: z.ZodType, value: unknown, name: string): Reply {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const message = `output of ${name} does not fit its schema: ${z.prettifyError(parsed.error)}`;
  return {
    ok: false,
    error: { name: 'InvalidOutput', code: 'invalid_output', message, retryable: false, outcome: 'unknown' },
  };
}

function timeoutError(timeoutMs: number): ErrorData {
  const message = `no answer within ${timeoutMs} ms`;
  return { name: 'TimeoutError', code: 'timeout', message, retryable: true, outcome: 'unknown' };
}
