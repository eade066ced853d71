import { z } from 'zod';
import { type Call, type Reply, requestSchema } from './call-protocol.ts';
import { toErrorData } from './error-data.ts';
import { type ErrorData, TerminalError } from './errors.ts';
import { findSecrets, maskSecrets } from './sensitive.ts';

// The worker's side of a call. Real time passes here, and nowhere else in the engine.

/**
 * Runs one call in its time and turns whatever it throws into data: it never rejects.
 * @param schema of the call's input: what is sensitive in it does not get into the history by an error's texts
 */
export async function answerCall(
  timeoutMs: number,
  raw: unknown,
  schema: z.ZodType,
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
    const answered = work(input, { ...call, signal: deadline.signal }).catch((error: unknown): Reply => ({
      ok: false,
      error: maskSecrets(toErrorData(error), findSecrets(schema, input)),
    }));
    return await Promise.race([answered, timedOut]);
  } catch (error) {
    return { ok: false, error: toErrorData(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** @throws TerminalError `invalid_input` */
export function acceptInput<T>(schema: z.ZodType<T>, raw: unknown, what: string): T {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new TerminalError(`${what} does not fit its schema: ${z.prettifyError(parsed.error)}`, {
    code: 'invalid_input',
  });
}

/**
 * Checks an output as the orchestrator will see it, after its way through JSON. The effect has happened by now, so one that
 * does not fit leaves an unknown outcome, to be undone.
 */
export function deliverOutput(schema: z.ZodType, value: unknown, name: string): Reply {
  try {
    const text = JSON.stringify(schema.parse(value)) as string | undefined;
    schema.parse(text === undefined ? undefined : JSON.parse(text));
    return { ok: true, value: text === undefined ? undefined : (JSON.parse(text) as unknown) };
  } catch (thrown) {
    const why = thrown instanceof z.ZodError ? z.prettifyError(thrown) : String(thrown);
    const message = `output of ${name} does not fit its schema after its way through JSON: ${why}`;
    const error: ErrorData = {
      name: 'InvalidOutput',
      code: 'invalid_output',
      message,
      retryable: false,
      outcome: 'unknown',
    };
    return { ok: false, error };
  }
}

function timeoutError(timeoutMs: number): ErrorData {
  const message = `no answer within ${timeoutMs} ms`;
  return { name: 'TimeoutError', code: 'timeout', message, retryable: true, outcome: 'unknown' };
}
