import { z } from 'zod';

/**
 * Errors are data: what an activity reports is a value that travels through the history, not an exception of the host.
 * `outcome` says what is known of the effect: `failed` means it did not happen, `unknown` that it may have.
 */
export interface ErrorData {
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly retryable: boolean;
  readonly outcome: 'failed' | 'unknown';
  /** How long the other side asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: ErrorData | undefined;
  readonly stack?: string | undefined;
}

export const errorDataSchema: z.ZodType<ErrorData> = z.lazy(() =>
  z.object({
    name: z.string(),
    message: z.string(),
    code: z.string(),
    retryable: z.boolean(),
    outcome: z.enum(['failed', 'unknown']),
    retryAfterMs: z.number().optional(),
    cause: errorDataSchema.optional(),
    stack: z.string().optional(),
  }),
);

interface ActivityErrorOptions extends ErrorOptions {
  /** A short machine-readable reason, such as `payment_declined`. */
  readonly code: string;
  /** `unknown` when the effect may have happened all the same, so that it is undone too. Default `failed`. */
  readonly outcome?: 'failed' | 'unknown';
}

/** Thrown by an activity: trying again can help. */
export class RetryableError extends Error {
  override readonly name = 'RetryableError';
  readonly code: string;
  readonly outcome: 'failed' | 'unknown';
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: ActivityErrorOptions & { readonly retryAfterMs?: number | undefined }) {
    super(message, options);
    this.code = options.code;
    this.outcome = options.outcome ?? 'failed';
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Thrown by an activity: trying again cannot help. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
  readonly code: string;
  readonly outcome: 'failed' | 'unknown';

  constructor(message: string, options: ActivityErrorOptions) {
    super(message, options);
    this.code = options.code;
    this.outcome = options.outcome ?? 'failed';
  }
}

/**
 * A failure that the saga handles: it compensates, or holds. Everything else that an orchestrator throws is a bug of its
 * code and fails the instance natively, with its effects kept.
 */
export class SagaFailure extends Error {
  override readonly name: string = 'SagaFailure';
  readonly data: ErrorData;

  constructor(data: ErrorData) {
    super(data.message);
    this.data = data;
  }
}

/** A step used up its attempts, or failed in a way that no further attempt can mend. */
export class StepFailed extends SagaFailure {
  override readonly name = 'StepFailed';
  readonly step: string;

  constructor(step: string, data: ErrorData) {
    super(data);
    this.step = step;
  }
}

export const stepOf = (failure: SagaFailure): string | undefined =>
  failure instanceof StepFailed ? failure.step : undefined;

/** A reviewer said no, or nobody answered in time and the review's `otherwise` is `reject`. */
export class ReviewRejected extends SagaFailure {
  override readonly name = 'ReviewRejected';
  readonly by: string;
  readonly reason: string | undefined;

  constructor(review: string, by: string, reason: string | undefined) {
    super(
      businessError('ReviewRejected', 'review_rejected', `${by} rejected the review '${review}'${because(reason)}`),
    );
    this.by = by;
    this.reason = reason;
  }
}

/** Somebody cancelled the saga, or its deadline did (`by` is then `deadline`). */
export class SagaCancelled extends SagaFailure {
  override readonly name = 'SagaCancelled';
  readonly by: string;
  readonly reason: string | undefined;

  constructor(by: string, reason: string | undefined) {
    super(businessError('SagaCancelled', 'cancelled', `cancelled by ${by}${because(reason)}`));
    this.by = by;
    this.reason = reason;
  }
}

/** An operator gave the instance up at the gate: it fails natively and for good. */
export class SagaAborted extends Error {
  override readonly name = 'SagaAborted';

  constructor(by: string, reason: string | undefined, failure: ErrorData) {
    super(`aborted by ${by}${because(reason)}; it had failed with ${failure.code}: ${failure.message}`);
  }
}

/** The saga is written against the engine's rules; the message says what to change. */
export class SagaDefinitionError extends Error {
  override readonly name = 'SagaDefinitionError';
}

export const notRegistered = (what: 'activity' | 'saga', name: string): SagaDefinitionError =>
  new SagaDefinitionError(
    `${what} '${name}' is not registered: add it to the list given to registerSagas, in a test to that of createSagaTestHost`,
  );

/** An error of the business, as opposed to one of the machinery: never retried, and nothing was done. */
export function businessError(name: string, code: string, message: string): ErrorData {
  return { name, code, message, retryable: false, outcome: 'failed' };
}

const because = (reason: string | undefined): string => (reason === undefined ? '' : `: ${reason}`);
