import type { ErrorData } from '../saga/index.ts';
import {
  describeEvent,
  type ObservedAttempt,
  type ObservedSaga,
  type Reply,
  type SagaEvent,
  type SagaObserver,
} from '../saga/operate.ts';
import type { Metrics } from './metrics.ts';
import type { LiveSpan, Recorder, SpanStart } from './recorder.ts';
import { computeEndedSpan, computeTrace, traceparentOfStep, traceparentOfStretch } from './saga-spans.ts';

/** Turns what sagas tell into metrics, spans and log records. `elapsed` measures real time, in milliseconds. */
export function observeSagas(metrics: Metrics, recorder: Recorder, elapsed: () => number): SagaObserver {
  return {
    noted(event, of) {
      count(metrics, event, of);
      if (!recorder.isRecording) return;
      const span = computeEndedSpan(event, of);
      if (span !== undefined) recorder.record(span);
      log(recorder, event, of);
    },
    async attempted(attempt, work) {
      const { activity, direction } = attempt;
      const startedAt = elapsed();
      const reply = recorder.isRecording
        ? await recorder.within(startOf(attempt), async (span) => noteOutcome(span, await work(span.traceparent)))
        : await work(undefined);
      const outcome = reply.ok ? 'succeeded' : reply.error.outcome;
      metrics.attemptDuration.record((elapsed() - startedAt) / 1000, { activity, direction, outcome });
      return reply;
    },
  };
}

function startOf({ activity, direction, request }: ObservedAttempt): SpanStart {
  const { instanceId, correlationId, idempotencyKey: key, attempt, traceparent, subSaga } = request;
  return {
    name: direction === 'do' ? activity : `${activity} undo`,
    kind: 'internal',
    // Attempts of a later round, after a gate, stand with those of the first.
    parent: traceparentOfStep(computeTrace(instanceId, traceparent), { key, subSaga, round: 1 }),
    attributes: {
      'saga.instance.id': instanceId,
      'saga.correlation.id': correlationId,
      'saga.step.key': key,
      'saga.step.attempt': attempt,
    },
  };
}

function noteOutcome(span: LiveSpan, reply: Reply): Reply {
  if (reply.ok) return reply;
  const { code, outcome, retryable } = reply.error;
  span.note({ 'error.type': code, 'saga.outcome': outcome, 'saga.error.retryable': retryable });
  span.fail(code);
  return reply;
}

function count(metrics: Metrics, event: SagaEvent, { saga, now }: ObservedSaga): void {
  switch (event.kind) {
    case 'started':
      return metrics.sagasStarted.add(1, { saga });
    case 'completed':
      return metrics.sagasEnded.add(1, { saga, outcome: 'completed' });
    case 'left-to-parent':
      return metrics.sagasEnded.add(1, { saga, outcome: 'left_to_parent' });
    case 'gate':
      metrics.sagasEnded.add(1, { saga, outcome: outcomeAt(event.phase, event.error) });
      return metrics.gateFailures.add(1, { saga, phase: event.phase });
    case 'gate-passed':
      return metrics.gateDecisions.add(1, { saga, action: event.action });
    case 'compensating':
      return metrics.compensations.add(1, { saga, 'error.type': event.error.code });
    case 'attempt-failed':
      if (event.retryInMs !== undefined) metrics.retries.add(1, { saga, 'error.type': event.error.code });
      return;
    case 'review-opened':
      return metrics.reviewsOpened.add(1, { saga, review: nameOf(event.review) });
    case 'review-decided': {
      const labels = { saga, review: nameOf(event.review), decision: event.decision };
      metrics.reviewDuration.record((now.getTime() - event.since.getTime()) / 1000, labels);
      return metrics.reviewsDecided.add(1, labels);
    }
    case 'sub-saga-started':
    case 'sub-saga-ended':
    case 'call-succeeded':
    case 'call-given-up':
    case 'slept':
    case 'decision-ignored':
    case 'on-failed-failed':
    case 'said':
  }
}

/** A saga that a person stopped has not failed as others do. */
function outcomeAt(phase: string, { name }: ErrorData): string {
  if (phase !== 'failed') return phase;
  if (name === 'ReviewRejected') return 'rejected';
  return name === 'SagaCancelled' ? 'cancelled' : 'failed';
}

/** A review that is opened again in one instance is called `name#2`. */
const nameOf = (review: string): string => review.replace(/#\d+$/, '');

function log(recorder: Recorder, event: SagaEvent, of: ObservedSaga): void {
  const line = describeEvent(event);
  if (line === undefined) return;
  const { instanceId, saga, correlationId, now } = of;
  const { call, attempt, error } = { call: undefined, attempt: undefined, error: undefined, ...event };
  recorder.log({
    ...line,
    at: now,
    traceparent: traceparentOfStretch(of),
    attributes: {
      'saga.event': event.kind,
      'saga.name': saga,
      'saga.instance.id': instanceId,
      'saga.correlation.id': correlationId,
      'saga.step': call,
      'saga.step.attempt': attempt,
      'error.type': error?.code,
    },
  });
}
