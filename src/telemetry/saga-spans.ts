import { createHash } from 'node:crypto';
import type { ObservedSaga, SagaEvent } from '../saga/operate.ts';
import type { Attributes, EndedSpan } from './recorder.ts';
import { formatTraceParent, parseTraceParent, type TracePlace } from './trace-parent.ts';

// What a saga does over hours and in many processes, as spans of one trace.
// 1. Nothing remembers a span. Its identity is a hash of what it is the span of, so the process that ends it, and every attempt that
//    belongs to it, find the same one: after a restart, on another machine, after a rewind.
// 2. A span is recorded when it ends, by the one episode that is not a replay of it. When a crash makes the host run that episode
//    anew, it is recorded again with the same identity, for the collector to recognize.
// 3. An instance has one span for each stretch from its start or a passed gate to the next gate or its end, each the child of the one
//    before it; steps, sub-sagas, reviews, sleeps and gates are children of theirs.

/** The trace of an instance: the one that it was started in, or one of its own. */
export interface SagaTrace {
  readonly traceId: string;
  readonly isSampled: boolean;
  /** The span that the first stretch is a child of. */
  readonly startedBy: string | undefined;
}

export function computeTrace(rootId: string, traceparent: string | undefined): SagaTrace {
  const { traceId, spanId, isSampled } = parseTraceParent(traceparent) ?? {};
  if (traceId === undefined) return { traceId: hash(rootId, 32), isSampled: true, startedBy: undefined };
  return { traceId, isSampled: isSampled === true, startedBy: spanId };
}

/** What the span of a step is known by: what its attempts carry, and how often it was called so. */
interface StepPlace {
  readonly key: string;
  /** The instance that calls: a parent undoes with the same key what a sub-saga could not. */
  readonly subSaga: string | undefined;
  readonly round: number;
}

export const traceparentOfStep = (trace: SagaTrace, { key, subSaga = '', round }: StepPlace): string =>
  placeIn(trace, `step ${key} ${subSaga} ${round}`);

const placeIn = (trace: SagaTrace, what: string): string =>
  formatTraceParent({ ...trace, spanId: spanIdOf(trace, what) });

const spanIdOf = ({ traceId }: Pick<TracePlace, 'traceId'>, what: string): string => hash(`${traceId} ${what}`, 16);

const hash = (text: string, length: number): string => createHash('sha256').update(text).digest('hex').slice(0, length);

/** The span that is over with an event. */
export function computeEndedSpan(event: SagaEvent, of: ObservedSaga): EndedSpan | undefined {
  const trace = computeTrace(of.root, of.traceparent);
  const child = (name: string, startedAt: Date, attributes: Attributes = {}, failure?: string): EndedSpan => ({
    name,
    traceparent: placeIn(trace, `${of.instanceId} ${name}`),
    parentSpanId: stretchId(trace, of, of.stretch.number),
    startedAt,
    endedAt: of.now,
    attributes: { 'saga.instance.id': of.instanceId, 'error.type': failure, ...attributes },
    failure,
  });
  switch (event.kind) {
    case 'attempt-failed':
    case 'call-succeeded':
    case 'call-given-up': {
      if ('retryInMs' in event && event.retryInMs !== undefined) return undefined;
      const { call, key, round, since, attempt } = event;
      const attributes = { 'saga.step.key': key, 'saga.step.attempts': attempt };
      const traceparent = traceparentOfStep(trace, { key, round, subSaga: of.path && of.instanceId });
      return { ...child(call, since, attributes, 'error' in event ? event.error.code : undefined), traceparent };
    }
    case 'sub-saga-ended': {
      const attributes = { 'saga.sub.instance.id': event.instanceId };
      const traceparent = placeIn(trace, subSagaAt(event.step));
      return { ...child(event.step, event.since, attributes, event.error?.code), traceparent };
    }
    case 'slept':
      return child(`sleep#${event.number}`, event.since);
    case 'review-decided':
      return child(`review ${event.review}`, event.since, { 'saga.review.decision': event.decision });
    case 'gate-passed':
      return child(`gate ${event.number}`, event.since, { 'saga.gate.action': event.action });
    case 'gate':
    case 'left-to-parent':
      return stretchSpan(of, trace, event.error.code);
    case 'completed':
      return stretchSpan(of, trace, undefined);
    case 'started':
    case 'sub-saga-started':
    case 'said':
    case 'review-opened':
    case 'decision-ignored':
    case 'compensating':
    case 'on-failed-failed':
      return undefined;
  }
}

/** The `traceparent` of the span that what happens now is part of. */
export function traceparentOfStretch(of: ObservedSaga): string {
  const trace = computeTrace(of.root, of.traceparent);
  return formatTraceParent({ ...trace, spanId: stretchId(trace, of, of.stretch.number) });
}

function stretchSpan(of: ObservedSaga, trace: SagaTrace, failure: string | undefined): EndedSpan {
  const { number, since } = of.stretch;
  const startedBy = of.path === undefined ? trace.startedBy : spanIdOf(trace, subSagaAt(of.path));
  return {
    name: of.saga,
    traceparent: traceparentOfStretch(of),
    parentSpanId: number === 0 ? startedBy : stretchId(trace, of, number - 1),
    startedAt: since,
    endedAt: of.now,
    attributes: {
      'saga.name': of.saga,
      'saga.version': of.version,
      'saga.instance.id': of.instanceId,
      'saga.correlation.id': of.correlationId,
      'error.type': failure,
    },
    failure,
  };
}

/** A parent and its sub-saga both know its place. */
const subSagaAt = (path: string): string => `sub-saga ${path}`;

const stretchId = (trace: SagaTrace, { instanceId }: ObservedSaga, number: number): string =>
  spanIdOf(trace, `${instanceId} stretch ${number}`);
