import { z } from 'zod';
import { reviewEvent } from '../saga/operate.ts';
import type { Happening } from './entry.ts';
import type { FiredEvent, HistoryEvent, RaisedEvent, TimerEvent } from './history.ts';
import { parseAttempt } from './read-attempt.ts';
import { isGate } from './read-gate.ts';

// Timers have no names in a history. What one was for shows in what stands around it: the attempt that follows a failed one, the
// answer to a review. The status of a saga adds which reviews it has opened, and which of them nobody answered in time. A timer
// that none of these explains is a plain wait: a sleep.

/** What the timers of a history are for, by their place in it. */
type TimerNames = ReadonlyMap<number, string>;

const reviewPrefix = reviewEvent('');

const reviewSchema = z.object({
  id: z.string(),
  openedAt: z.coerce.date(),
  deadline: z.coerce.date(),
  remindEveryMs: z.number().optional(),
  timedOut: z.string().optional(),
});
type Review = z.infer<typeof reviewSchema>;

const statusSchema = z.object({ review: reviewSchema.optional(), asked: z.array(reviewSchema).default([]) });

const answerSchema = z.object({
  decision: z.string().optional(),
  by: z.string().optional(),
  reason: z.string().optional(),
  data: z.unknown().optional(),
});

export interface Waits {
  /** Nothing when a review that was opened before went on waiting. */
  readTimer(timer: TimerEvent, place: number): Happening[];
  /** Nothing but that a review has ended without an answer. */
  readFired(fired: FiredEvent): Happening[];
  isAnswer(event: RaisedEvent): boolean;
  readAnswer(event: RaisedEvent, place: number): Happening;
}

export function createWaits(events: readonly HistoryEvent[], customStatus: unknown): Waits {
  const { review: open, asked: questions } = statusSchema.safeParse(customStatus).data ?? { asked: [] };
  const retries = findRetries(events, open !== undefined);
  const reviews = findReviews(events, retries, questions, open);
  const askedAt = (id: string): number[] => [...reviews].filter(([, of]) => of === id).map(([place]) => place);
  return {
    readTimer({ at, due }, place) {
      const review = reviews.get(place);
      // The engine's own, to be alone or in the present: it waits for nothing.
      if (due <= at) return [];
      if (review === undefined) return [{ time: at, kind: 'wait', step: retries.get(place), due }];
      if (askedAt(review)[0] !== place) return [];
      const deadline = questions.find(({ id }) => id === review)?.deadline.toISOString() ?? due;
      return [{ time: at, kind: 'review-opened', step: review, due: deadline }];
    },
    readFired({ due }) {
      const ended = questions.filter(({ timedOut, deadline }) => timedOut !== undefined && isAt(due, deadline));
      return ended.map(({ id, timedOut }) => ({
        time: due,
        kind: 'review-decided',
        step: id,
        action: timedOut,
        actor: 'timeout',
        reason: `no decision until ${due}`,
      }));
    },
    isAnswer: ({ name }) => name.startsWith(reviewPrefix),
    readAnswer({ at, name, data }, place) {
      const id = name.slice(reviewPrefix.length);
      const asked = askedAt(id);
      const isAskedAgain = asked.some((timer) => timer > place);
      const isLate = events
        .slice((asked.at(-1) ?? 0) + 1, place)
        .some((earlier) => earlier.type === 'raised' && earlier.name === name);
      const { decision, by, reason, data: carried } = answerSchema.safeParse(data).data ?? {};
      return {
        time: at,
        kind: isAskedAgain || isLate ? 'decision-ignored' : 'review-decided',
        step: id,
        action: decision,
        actor: by,
        reason,
        data: carried,
      };
    },
  };
}

/**
 * Between a failed attempt and the next of the same call lies the timer at whose end that next one began. A step that was held
 * begins with attempt 1 again, without a timer.
 */
function findRetries(events: readonly HistoryEvent[], isReviewing: boolean): TimerNames {
  const attempts = events.map((event) => (event.type === 'task' && !isGate(event) ? parseAttempt(event) : undefined));
  const lastTask = attempts.findLastIndex((attempt) => attempt !== undefined);
  const following = new Map<string, number>();
  const names = new Map<number, string>();
  for (let place = lastTask; place >= 0; place--) {
    const { key, number = 0, step, reply } = attempts[place] ?? {};
    if (key === undefined || step === undefined || reply === undefined) continue;
    const next = following.get(key);
    following.set(key, place);
    if (!('error' in reply)) continue;
    if (next !== undefined && attempts[next]?.number === number + 1) {
      const timer = closestTimer(events, place, next, names);
      if (timer !== undefined) names.set(timer, step);
    } else if (place === lastTask && reply.retryable && events[place + 1]?.type === 'timer' && !isReviewing) {
      names.set(place + 1, step);
    }
  }
  return names;
}

function closestTimer(
  events: readonly HistoryEvent[],
  after: number,
  before: number,
  taken: TimerNames,
): number | undefined {
  const next = events[before];
  const begins = next?.type === 'task' ? Date.parse(next.startedAt) : 0;
  const timers = events.slice(after, before).flatMap((event, n) => {
    const place = after + n;
    if (event.type !== 'timer' || taken.has(place)) return [];
    return [{ place, distance: Math.abs(Date.parse(event.due) - begins) }];
  });
  return timers.sort((a, b) => a.distance - b.distance)[0]?.place;
}

/**
 * A review waits on one timer after the other when it is long or reminds, and on a new one after an answer that did not fit.
 * @param asked none where the status is one of an earlier version, or had no room for them
 */
function findReviews(
  events: readonly HistoryEvent[],
  retries: TimerNames,
  asked: readonly Review[],
  open: Review | undefined,
): TimerNames {
  const isOpen = ({ at, due }: TimerEvent): boolean =>
    open !== undefined && Date.parse(at) >= open.openedAt.getTime() && Date.parse(due) <= open.deadline.getTime();
  const names = new Map<number, string>();
  const dues = new Map<string, string>();
  for (const [place, event] of events.entries()) {
    if (event.type !== 'timer' || retries.has(place)) continue;
    const question = asked.findLast((review) => isWaitOf(review, event));
    const id =
      question?.id ?? findAnswer(events, place) ?? (isOpen(event) ? open?.id : undefined) ?? dues.get(event.due);
    if (id === undefined) continue;
    names.set(place, id);
    dues.set(event.due, id);
  }
  return names;
}

const isAt = (time: string, date: Date): boolean => Date.parse(time) === date.getTime();

/** Long waits are cut into timers of five days; the time at which a timer was made is some milliseconds later. */
const longestTimerMs = 5 * 86_400_000;
const toleranceMs = 60_000;

function isWaitOf({ openedAt, deadline, remindEveryMs }: Review, { at, due }: TimerEvent): boolean {
  const dueMs = Date.parse(due);
  if (Date.parse(at) < openedAt.getTime() || dueMs > deadline.getTime()) return false;
  const isReminder = remindEveryMs !== undefined && (dueMs - openedAt.getTime()) % remindEveryMs === 0;
  const isCut = Math.abs(dueMs - Date.parse(at) - longestTimerMs) < toleranceMs;
  return dueMs === deadline.getTime() || isReminder || isCut;
}

/** The review whose answer comes before anything else is done. */
function findAnswer(events: readonly HistoryEvent[], place: number): string | undefined {
  for (let n = place + 1; n < events.length; n++) {
    const event = events[n];
    if (event?.type === 'task' || event?.type === 'child' || event?.type === 'ended') return undefined;
    if (event?.type === 'raised' && event.name.startsWith(reviewPrefix)) return event.name.slice(reviewPrefix.length);
  }
  return undefined;
}
