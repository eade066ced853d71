import { z } from 'zod';
import type { Activity } from './activity.ts';
import { checkDuration } from './duration.ts';
import { ReviewRejected, SagaDefinitionError } from './errors.ts';
import { count, type Execution, report, tell } from './execution.ts';
import type { Operation } from './operation.ts';
import { briefly } from './retry.ts';
import { maskSecrets } from './sensitive.ts';
import type { Progress } from './status.ts';
import { attemptStep, refuseMisplaced } from './step.ts';
import { waitUntil } from './wait.ts';

/** A question that a person decides. `D` is what an approval carries beyond yes. */
export interface Review<D> {
  readonly name: string;
  readonly decision: z.ZodType<D>;
  /** How long the question stays open, in milliseconds. */
  readonly withinMs: number;
  /** What happens when nobody answered in time. */
  readonly otherwise: 'approve' | 'reject';
}

export interface Approval<D> {
  /** Absent when the time ran out and the review's `otherwise` is `approve`. */
  readonly data: D | undefined;
  readonly by: string;
  readonly reason: string | undefined;
  readonly at: Date;
}

export const reviewAnswerSchema = z.object({
  decision: z.enum(['approve', 'reject']),
  data: z.unknown().optional(),
  by: z.string().min(1),
  reason: z.string().optional(),
});
export type ReviewAnswer = z.infer<typeof reviewAnswerSchema>;

const reviewName = /^[A-Za-z][A-Za-z0-9_-]{0,60}$/;

/** @throws SagaDefinitionError */
export function defineReview<D>(review: Review<D>): Review<D> {
  if (!reviewName.test(review.name)) {
    throw new SagaDefinitionError(
      `review '${review.name}': a name is a letter followed by up to 60 letters, digits, '-' or '_'`,
    );
  }
  checkDuration(`review '${review.name}': withinMs`, review.withinMs);
  return review;
}

/** The external event that answers the review with this id. */
export const reviewEvent = (id: string): string => `review:${id}`;

/** Checks an answer as the API and the saga both do; a rejection needs no data. */
export function parseAnswer<D>(
  review: Review<D>,
  raw: unknown,
  context?: z.core.ParseContext<z.core.$ZodIssue>,
):
  | { readonly ok: true; readonly answer: ReviewAnswer & { readonly data?: D | undefined } }
  | { readonly ok: false; readonly error: z.ZodError } {
  const answer = reviewAnswerSchema.safeParse(raw, context);
  if (!answer.success) return { ok: false, error: answer.error };
  if (answer.data.decision === 'reject') return { ok: true, answer: { ...answer.data, data: undefined } };
  const data = z.object({ data: review.decision }).safeParse(answer.data, context);
  return data.success
    ? { ok: true, answer: { ...answer.data, data: data.data.data } }
    : { ok: false, error: data.error };
}

/** What a person is asked. */
export interface Question<I> {
  readonly of: unknown;
  readonly remind?: Reminder<I>;
}

/** Reminds those who should decide: best effort, and for as long as the question is open. */
export interface Reminder<I> {
  /** Between two reminders, and before the first, in milliseconds. */
  readonly everyMs: number;
  /** Sends one, with two quick tries; a failure is recorded, and the next reminder is sent all the same. */
  readonly by: Activity<I, unknown>;
  /** What the activity is called with. */
  readonly with: (due: ReminderDue) => NoInfer<I>;
}

export interface ReminderDue {
  /** From 1. */
  readonly number: number;
  readonly openedAt: Date;
  readonly deadline: Date;
}

/** What is being asked, in the making. */
interface Asking<D, I> {
  readonly review: Review<D>;
  readonly id: string;
  readonly openedAt: Date;
  readonly deadline: Date;
  readonly remind: Reminder<I> | undefined;
}

type Answer<D> = ReviewAnswer & { readonly data?: D | undefined };

/**
 * Asks, and waits for a valid decision or the end of the time.
 * @throws ReviewRejected
 * @throws SagaCancelled
 */
export function* openReview<D, I>(
  execution: Execution,
  review: Review<D>,
  { of, remind }: Question<I>,
): Operation<Approval<D>> {
  if (remind !== undefined) {
    checkDuration(`review '${review.name}': remind.everyMs`, remind.everyMs);
    refuseMisplaced(execution, remind.by);
  }
  const n = count(execution, `review ${review.name}`);
  const id = n === 1 ? review.name : `${review.name}#${n}`;
  const openedAt = new Date(execution.df.currentUtcDateTime);
  const deadline = new Date(openedAt.getTime() + review.withinMs);
  // Lists show what is asked, and look into no history that would tell them what of it is sensitive.
  const shown = maskSecrets(of, execution.findSecrets());
  const times = { openedAt: openedAt.toISOString(), deadline: deadline.toISOString() };
  const open = { id, name: review.name, of: shown, ...times };
  const { reviews, asked } = execution.progress;
  const question = { id, ...times, remindEveryMs: remind?.everyMs };
  report(execution, { ...atReview(id), reviews: [...reviews, open], asked: [...asked, question] });
  tell(execution, { kind: 'review-opened', review: id, deadline });
  try {
    const { decision, data, by, reason } = yield* awaitAnswer(execution, { review, id, openedAt, deadline, remind });
    tell(execution, { kind: 'review-decided', review: id, decision, by, since: openedAt });
    report(execution, { phase: 'running', decided: [...execution.progress.decided, id] });
    if (decision === 'reject') throw new ReviewRejected(review.name, by, reason);
    return { data, by, reason, at: execution.df.currentUtcDateTime };
  } finally {
    report(execution, { reviews: execution.progress.reviews.filter((other) => other !== open) });
  }
}

const atReview = (id: string): Partial<Progress> => ({
  phase: 'running',
  step: `review ${id}`,
  attempt: undefined,
  nextAttemptAt: undefined,
});

function* awaitAnswer<D, I>(execution: Execution, asking: Asking<D, I>): Operation<Answer<D>> {
  const { df } = execution;
  const { review, id, deadline } = asking;
  let decided = df.waitForExternalEvent(reviewEvent(id));
  for (let reminders = 0; ;) {
    const reminder = findReminder(asking, df.currentUtcDateTime);
    yield* waitUntil(execution, reminder ?? deadline, decided);
    if (decided.isCompleted) {
      const parsed = parseAnswer(review, decided.result);
      if (parsed.ok) return parsed.answer;
      tell(execution, { kind: 'decision-ignored', question: id, why: z.prettifyError(parsed.error) });
      decided = df.waitForExternalEvent(reviewEvent(id));
    } else if (reminder === undefined) {
      return timeOut(execution, asking);
    } else {
      yield* sendReminder(execution, asking, ++reminders);
    }
  }
}

/** When the next reminder is due; undefined when none is before the deadline. */
function findReminder<I>({ openedAt, deadline, remind }: Asking<unknown, I>, now: Date): Date | undefined {
  if (remind === undefined) return undefined;
  const passed = Math.floor((now.getTime() - openedAt.getTime()) / remind.everyMs);
  const due = new Date(openedAt.getTime() + (passed + 1) * remind.everyMs);
  return due < deadline ? due : undefined;
}

function* sendReminder<I>(
  execution: Execution,
  { id, openedAt, deadline, remind }: Asking<unknown, I>,
  number: number,
): Operation<void> {
  if (remind === undefined) return;
  yield* attemptStep(execution, remind.by, remind.with({ number, openedAt, deadline }), { retry: briefly });
  report(execution, atReview(id));
}

function timeOut<I>(execution: Execution, { review, id, deadline }: Asking<unknown, I>): Answer<never> {
  const { otherwise: decision } = review;
  const { asked } = execution.progress;
  report(execution, { asked: asked.map((one) => (one.id === id ? { ...one, timedOut: decision } : one)) });
  return { decision, by: 'timeout', reason: `no decision until ${deadline.toISOString()}` };
}
