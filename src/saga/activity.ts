import { z } from 'zod';
import { acceptInput, answerCall, deliverOutput } from './answer-call.ts';
import type { Call, Reply } from './call-protocol.ts';
import { minutes } from './duration.ts';
import { SagaDefinitionError } from './errors.ts';
import { blobAndQueue, checkRetryOptions, type RetryOptions } from './retry.ts';

/** The effect that `undo` takes back. With `unknown` it may not have happened; what has certainly failed is never undone. */
export type Done<I, O> = {
  readonly input: I;
  /** The key that the effect was done with. */
  readonly idempotencyKey: string;
} & (
  { readonly outcome: 'succeeded'; readonly output: O } | { readonly outcome: 'unknown'; readonly output?: undefined }
);

/** The half of an activity that an orchestrator sees. */
export interface Activity<I, O> {
  readonly name: string;
  readonly input: z.ZodType<I>;
  readonly output: z.ZodType<O>;
  /** `final` cannot be undone and is allowed only as the pivot or after it. */
  readonly effect: 'compensable' | 'none' | 'final';
  readonly retry: RetryOptions;
  readonly undoRetry: RetryOptions;
}

/** The half that the host calls: the activity joined with the services it works on. */
export interface BoundActivity {
  readonly name: string;
  readonly undoRetry: RetryOptions;
  readonly input: z.ZodType;
  readonly output: z.ZodType;
  readonly execute: (request: unknown) => Promise<Reply>;
  /** Absent when the activity declares nothing to undo. */
  readonly undo?: (request: unknown) => Promise<Reply>;
}

export interface ActivityDefinition<I, O, S> extends Activity<I, O> {
  bind(services: S): BoundActivity;
}

/** An activity declares its effect: how it is undone, that there is nothing to undo, or that it cannot be undone. */
type Effect<I, O, S> =
  | {
      readonly undo: (done: NoInfer<Done<I, O>>, services: S, call: Call) => Promise<void>;
      readonly effect?: never;
    }
  | { readonly effect: 'none' | 'final'; readonly undo?: never };

export type ActivityOptions<I, O, S> = Effect<I, O, S> & {
  readonly name: string;
  readonly input: z.ZodType<I>;
  readonly output: z.ZodType<O>;
  readonly run: (input: NoInfer<I>, services: S, call: Call) => Promise<NoInfer<O>>;
  /** Default {@link blobAndQueue}: 1, 2, 4, 8, 16 s. */
  readonly retry?: RetryOptions;
  /** The policy of `undo`; default {@link blobAndQueue}. */
  readonly undoRetry?: RetryOptions;
  /** One attempt's time in milliseconds, at most 24 days; an attempt that exceeds it has an unknown outcome. Default five minutes. */
  readonly timeoutMs?: number;
};

export const functionName = /^[A-Za-z][A-Za-z0-9_-]{0,100}$/;

/** The function that takes back what `name` did. */
export const undoName = (name: string): string => `${name}-undo`;

/** Node.js fires longer timers at once. */
const longestTimeoutMs = 2 ** 31 - 1;

/**
 * Declares one activity of one outside system, do and undo side by side. Values pass the schemas more than once, and travel as
 * JSON in between, so a schema must take what it makes: `z.coerce.date()`, not `z.date()`.
 * @throws SagaDefinitionError when the name is no function name of Azure Functions, or a number is out of range.
 */
export function defineActivity<I, O, S>(options: ActivityOptions<I, O, S>): ActivityDefinition<I, O, S> {
  const { name, input, output, run, undo } = options;
  if (!functionName.test(name)) {
    throw new SagaDefinitionError(
      `activity '${name}': a name is a letter followed by up to 100 letters, digits, '-' or '_' (a function name of Azure Functions)`,
    );
  }
  const timeoutMs = options.timeoutMs ?? minutes(5);
  if (!(timeoutMs > 0 && timeoutMs <= longestTimeoutMs)) {
    throw new SagaDefinitionError(
      `activity '${name}': timeoutMs is ${timeoutMs}; it must be more than 0 and at most ${longestTimeoutMs}`,
    );
  }
  const common = { input, idempotencyKey: z.string() };
  const doneSchema = z.discriminatedUnion('outcome', [
    z.object({ ...common, outcome: z.literal('succeeded'), output }),
    z.object({ ...common, outcome: z.literal('unknown') }),
  ]);
  const undoRetry = checkRetryOptions(`activity '${name}' (undo)`, options.undoRetry ?? blobAndQueue);
  return {
    name,
    input,
    output,
    effect: undo === undefined ? options.effect : 'compensable',
    retry: checkRetryOptions(`activity '${name}'`, options.retry ?? blobAndQueue),
    undoRetry,
    bind: (services) => ({
      name,
      undoRetry,
      input,
      output,
      execute: (request) =>
        answerCall(timeoutMs, request, input, async (raw, call) => {
          const value = await run(acceptInput(input, raw, `input of ${name}`), services, call);
          return deliverOutput(output, value, name);
        }),
      ...(undo !== undefined && {
        undo: (request: unknown) =>
          answerCall(timeoutMs, request, doneSchema, async (raw, call) => {
            await undo(acceptInput(doneSchema, raw, `undo of ${name}`), services, call);
            return { ok: true };
          }),
      }),
    }),
  };
}
