import { z } from 'zod';
import type { ErrorData } from './errors.ts';
import type { Execution } from './execution.ts';

export const phases = [
  'running',
  'waiting',
  'in_review',
  'compensating',
  'held',
  'compensation_failed',
  'failed',
  'completed',
] as const;
export type Phase = (typeof phases)[number];

export interface OpenReview {
  /** The review's name, with `#n` from its second opening in the instance. */
  readonly id: string;
  readonly name: string;
  readonly of: unknown;
  readonly openedAt: string;
  readonly deadline: string;
}

/** Where a saga stands right now. */
export interface Progress {
  readonly phase: Phase;
  readonly step?: string | undefined;
  readonly attempt?: number | undefined;
  readonly nextAttemptAt?: string | undefined;
  /** 0 to 100, as the saga says. */
  readonly percent: number;
  readonly review?: OpenReview | undefined;
  /** Ids of the reviews that have their decision. */
  readonly decided: readonly string[];
  readonly gate?: { readonly number: number; readonly actions: readonly string[] } | undefined;
  readonly error?: ErrorData | undefined;
}

const ledgerLineSchema = z.object({
  step: z.string(),
  outcome: z.enum(['succeeded', 'unknown', 'failed']),
  undo: z.enum(['none', 'pending', 'done', 'failed', 'skipped']),
  skipped: z.object({ by: z.string(), reason: z.string().optional() }).optional(),
});

/** The custom status of a saga's instance: what an operator needs for a live view. */
export const sagaStatusSchema = z.object({
  saga: z.string(),
  version: z.string(),
  correlationId: z.string(),
  phase: z.enum(phases),
  step: z.string().optional(),
  attempt: z.number().optional(),
  nextAttemptAt: z.string().optional(),
  progress: z.number(),
  pivoted: z.boolean().optional(),
  review: z
    .object({ id: z.string(), name: z.string(), of: z.unknown(), openedAt: z.string(), deadline: z.string() })
    .optional(),
  decided: z.array(z.string()).optional(),
  gate: z.object({ number: z.number(), actions: z.array(z.string()) }).optional(),
  error: z.object({ name: z.string(), message: z.string(), code: z.string() }).optional(),
  ledger: z.array(ledgerLineSchema),
  /** Present when something was left out to keep within the limit: what, in words. */
  trimmed: z.string().optional(),
});
export type SagaStatus = z.infer<typeof sagaStatusSchema>;

/** The extension refuses a custom status over 16 KB, counted in UTF-16, and fails the instance. */
const longest = 8_000;

export function computeStatus(execution: Execution): SagaStatus {
  const { progress, scopes } = execution;
  const { error, review } = progress;
  return trim({
    saga: execution.saga,
    version: execution.version,
    correlationId: execution.correlationId,
    phase: progress.phase,
    step: progress.step,
    attempt: progress.attempt,
    nextAttemptAt: progress.nextAttemptAt,
    progress: progress.percent,
    pivoted: execution.pivoted || undefined,
    review: review && { ...review },
    decided: progress.decided.length === 0 ? undefined : [...progress.decided],
    gate: progress.gate && { number: progress.gate.number, actions: [...progress.gate.actions] },
    error: error && { name: error.name, message: error.message, code: error.code },
    ledger: scopes.flatMap((scope) =>
      scope.entries.map(({ id, outcome, undo, skipped }) => ({ step: id, outcome, undo, skipped })),
    ),
  });
}

/** Leaves out the least needed first, so that what is left is always valid and says that it is not all. */
function trim(status: SagaStatus): SagaStatus {
  const steps: ((status: SagaStatus) => SagaStatus)[] = [
    (s) =>
      s.review === undefined ? s : { ...s, review: { ...s.review, of: undefined }, trimmed: "the review's subject" },
    (s) => (s.error === undefined ? s : { ...s, error: { ...s.error, message: s.error.message.slice(0, 500) } }),
    (s) => ({ ...s, ledger: s.ledger.slice(-20), trimmed: `all but the last 20 of ${s.ledger.length} ledger entries` }),
    (s) => ({ ...s, decided: s.decided?.slice(-20), ledger: [], trimmed: 'the ledger' }),
  ];
  let fitting = status;
  for (const step of steps) {
    if (JSON.stringify(fitting).length <= longest) break;
    fitting = step(fitting);
  }
  return fitting;
}
