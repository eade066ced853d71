import { z } from 'zod';
import type { ErrorData } from './errors.ts';
import type { Execution } from './execution.ts';
import type { GateAction } from './gate.ts';
import type { LedgerEntry } from './ledger.ts';

export const phases = [
  'running',
  'waiting',
  'in_review',
  'compensating',
  'held',
  'compensation_failed',
  'failed',
  'aborted',
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

/** A review that was opened in the instance, whether it is decided or not. */
export interface AskedReview {
  readonly id: string;
  readonly openedAt: string;
  readonly deadline: string;
  readonly remindEveryMs?: number | undefined;
  /** What nobody's answer came to in time. */
  readonly timedOut?: 'approve' | 'reject' | undefined;
}

export interface OpenGate {
  readonly number: number;
  readonly mode: 'rewind' | 'event';
  readonly actions: readonly GateAction[];
  readonly phase: Phase;
  /** What has failed: a step, or `undo of` one. */
  readonly step: string | undefined;
  readonly error: ErrorData;
  /** When it was announced. */
  since: Date;
}

export interface RunningSaga {
  readonly saga: string;
  readonly instanceId: string;
}

/** Where a saga stands right now. */
export interface Progress {
  readonly phase: Phase;
  readonly step?: string | undefined;
  readonly attempt?: number | undefined;
  /** When a wait is over: for the next attempt of a step, or of a sleep. */
  readonly nextAttemptAt?: Date | undefined;
  /** 0 to 100, as the saga says. */
  readonly percent: number;
  /** Oldest first: operations side by side may each ask. */
  readonly reviews: readonly OpenReview[];
  /** The sub-sagas that run now. */
  readonly running: readonly RunningSaga[];
  /** Ids of the reviews that have their decision. */
  readonly decided: readonly string[];
  readonly asked: readonly AskedReview[];
  /** Oldest first: side by side there may be several that wait for an event. */
  readonly gates: readonly OpenGate[];
  readonly error?: ErrorData | undefined;
}

const ledgerLineSchema = z.object({
  step: z.string(),
  outcome: z.enum(['succeeded', 'unknown', 'failed']),
  undo: z.enum(['none', 'pending', 'done', 'failed', 'skipped']),
  skipped: z.object({ by: z.string(), reason: z.string().optional() }).optional(),
});
type LedgerLine = z.infer<typeof ledgerLineSchema>;

const openReviewSchema = z.object({
  id: z.string(),
  name: z.string(),
  of: z.unknown().optional(),
  openedAt: z.string(),
  deadline: z.string(),
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
  /** Of several open ones, the oldest. */
  review: openReviewSchema.optional(),
  /** The others, oldest first. */
  otherReviews: z.array(openReviewSchema).optional(),
  /** The sub-sagas that run now: each is an instance with a status of its own. */
  running: z.array(z.object({ saga: z.string(), instanceId: z.string() })).optional(),
  decided: z.array(z.string()).optional(),
  /** All that were opened: a history does not tell of a question, nor that nobody has answered it in time. */
  asked: z
    .array(
      z.object({
        id: z.string(),
        openedAt: z.string(),
        deadline: z.string(),
        remindEveryMs: z.number().optional(),
        timedOut: z.enum(['approve', 'reject']).optional(),
      }),
    )
    .optional(),
  /** Of several open ones, the oldest. `mode` says how a decision reaches the gate: with a rewind, or as the event `gate:<number>`. */
  gate: z
    .object({ number: z.number(), mode: z.enum(['rewind', 'event']), actions: z.array(z.string()).readonly() })
    .optional(),
  error: z.object({ name: z.string(), message: z.string(), code: z.string() }).optional(),
  ledger: z.array(ledgerLineSchema),
  /** Present when something was left out to keep within the limit: what, in words. */
  trimmed: z.string().optional(),
});
export type SagaStatus = z.infer<typeof sagaStatusSchema>;

/** The whole of it takes no longer for a long ledger than for a short one. */
export function computeStatus(execution: Execution): SagaStatus {
  const { progress, ledger } = execution;
  const { attempt, nextAttemptAt, running, decided, asked } = progress;
  const [review, ...otherReviews] = progress.reviews;
  const [gate] = progress.gates;
  const { step, error } = gate ?? progress;
  return trimStatus({
    saga: execution.saga,
    version: execution.version,
    correlationId: execution.correlationId,
    phase: phaseOf(progress),
    step,
    attempt,
    nextAttemptAt: nextAttemptAt?.toISOString(),
    progress: progress.percent,
    pivoted: execution.pivoted || undefined,
    review: review && { ...review },
    otherReviews: otherReviews.length === 0 ? undefined : otherReviews,
    running: running.length === 0 ? undefined : [...running],
    decided: decided.length === 0 ? undefined : [...decided],
    asked: asked.length === 0 ? undefined : [...asked],
    gate: gate && { number: gate.number, mode: gate.mode, actions: gate.actions },
    error: error && { name: error.name, message: error.message, code: error.code },
    ledger: ledger.slice(-mostLines).map(toLine),
  });
}

/** What waits for a person goes before what runs beside it. */
function phaseOf({ phase, gates, reviews }: Progress): Phase {
  const [gate] = gates;
  if (gate !== undefined) return gate.phase;
  return reviews.length > 0 && (phase === 'running' || phase === 'waiting') ? 'in_review' : phase;
}

/** A step that is known to have failed has nothing to undo. */
const toLine = ({ id, outcome, undo, skipped }: LedgerEntry): LedgerLine => ({
  step: id,
  outcome,
  undo: outcome === 'failed' ? 'none' : undo,
  skipped,
});

/** The extension refuses a custom status over 16 KB, counted in UTF-16, and fails the instance. */
const longest = 8_000;
const longestText = 100;
const keptLines = 20;
/** More than fit: a line takes 50 characters and more. */
const mostLines = longest / 40;

const withoutSubject = (review: z.infer<typeof openReviewSchema>) => ({ ...review, of: undefined });

type Trim = readonly [what: string, trim: (status: SagaStatus) => SagaStatus];

/** Least needed first; the last one alone makes any status fit. */
const trims: readonly Trim[] = [
  [
    "the review's subject",
    (s) => ({ ...s, review: s.review && withoutSubject(s.review), otherReviews: s.otherReviews?.map(withoutSubject) }),
  ],
  [`all but the last ${keptLines} ledger entries`, (s) => ({ ...s, ledger: s.ledger.slice(-keptLines) })],
  [
    `all but the last ${keptLines} reviews`,
    (s) => ({
      ...s,
      otherReviews: s.otherReviews?.slice(0, keptLines),
      decided: s.decided?.slice(-keptLines),
      asked: s.asked?.slice(-keptLines),
    }),
  ],
  [`all but the first ${keptLines} running sub-sagas`, (s) => ({ ...s, running: s.running?.slice(0, keptLines) })],
  [
    'the ledger, sub-sagas, reviews, and the ends of long texts',
    (s) =>
      shorten({ ...s, ledger: [], running: undefined, decided: undefined, asked: undefined, otherReviews: undefined }),
  ],
];

function trimStatus(status: SagaStatus): SagaStatus {
  let fitting = status;
  for (const [what, trim] of trims) {
    const length = lengthOf(fitting);
    if (length <= longest) break;
    const trimmed = trim(fitting);
    if (lengthOf(trimmed) === length) continue;
    fitting = { ...trimmed, trimmed: fitting.trimmed === undefined ? what : `${fitting.trimmed}; ${what}` };
  }
  return fitting;
}

const lengthOf = (status: SagaStatus): number => JSON.stringify(status).length;

/** A character takes up to six in JSON, and there are fewer than ten texts. */
function shorten<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? part.slice(0, longestText) : part)),
  ) as T;
}
