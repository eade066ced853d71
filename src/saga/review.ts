import { z } from 'zod';
import { checkDuration } from './duration.ts';
import { ReviewRejected, SagaDefinitionError } from './errors.ts';
import { count, type Execution, report, tell } from './execution.ts';
import type { Operation } from './operation.ts';
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
):
  | { readonly ok: true; readonly answer: ReviewAnswer & { readonly data?: D | undefined } }
  | { readonly ok: false; readonly error: z.ZodError } {
  const answer = reviewAnswerSchema.safeParse(raw);
  if (!answer.success) return { ok: false, error: answer.error };
  if (answer.data.decision === 'reject') return { ok: true, answer: { ...answer.data, data: undefined } };
  const data = z.object({ data: review.decision }).safeParse(answer.data);
  return data.success
    ? { ok: true, answer: { ...answer.data, data: data.data.data } }
    : { ok: false, error: data.error };
}

/**
 * Asks, and waits for a valid decision or the end of the time.
 * @throws ReviewRejected
 * @throws SagaCancelled
 */
export function* openReview<D>(execution: Execution, review: Review<D>, of: unknown): Operation<Approval<D>> {
  const { df } = execution;
  const n = count(execution, `review ${review.name}`);
  const id = n === 1 ? review.name : `${review.name}#${n}`;
  const openedAt = df.currentUtcDateTime;
  const deadline = new Date(openedAt.getTime() + review.withinMs);
  report(execution, {
    phase: 'in_review',
    step: `review ${id}`,
    attempt: undefined,
    nextAttemptAt: undefined,
    review: { id, name: review.name, of, openedAt: openedAt.toISOString(), deadline: deadline.toISOString() },
  });
  tell(execution, { kind: 'review-opened', review: id, deadline });
  const answer = yield* awaitAnswer(execution, review, id, deadline);
  tell(execution, { kind: 'review-decided', review: id, decision: answer.decision, by: answer.by, since: openedAt });
  report(execution, { phase: 'running', review: undefined, decided: [...execution.progress.decided, id] });
  if (answer.decision === 'reject') throw new ReviewRejected(review.name, answer.by, answer.reason);
  return { data: answer.data, by: answer.by, reason: answer.reason, at: df.currentUtcDateTime };
}

function* awaitAnswer<D>(
  execution: Execution,
  review: Review<D>,
  id: string,
  deadline: Date,
): Operation<ReviewAnswer & { readonly data?: D | undefined }> {
  for (;;) {
    const decided = execution.df.waitForExternalEvent(reviewEvent(id));
    yield* waitUntil(execution, deadline, decided);
    if (!decided.isCompleted) {
      return { decision: review.otherwise, by: 'timeout', reason: `no decision until ${deadline.toISOString()}` };
    }
    const parsed = parseAnswer(review, decided.result);
    if (parsed.ok) return parsed.answer;
    tell(execution, { kind: 'decision-ignored', question: id, why: z.prettifyError(parsed.error) });
  }
}
