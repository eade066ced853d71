import type { ErrorData } from './errors.ts';
import type { ObservedSaga } from './observer.ts';
import type { Phase } from './status.ts';

/**
 * What happened in a saga, told once and never in a replay: the log has a line for it, and an observer counts it. `since` is when
 * that began which ends with the event.
 */
export type SagaEvent =
  | { readonly kind: 'started'; readonly correlationId: string }
  | ({ readonly kind: 'call-succeeded' } & ToldCall)
  | ({ readonly kind: 'attempt-failed'; readonly error: ErrorData; readonly retryInMs: number | undefined } & ToldCall)
  /** The wait for the next attempt was cut short. */
  | ({ readonly kind: 'call-given-up'; readonly error: ErrorData } & ToldCall)
  | { readonly kind: 'sub-saga-started'; readonly step: string; readonly instanceId: string }
  | {
      readonly kind: 'sub-saga-ended';
      readonly step: string;
      readonly instanceId: string;
      readonly error: ErrorData | undefined;
      readonly since: Date;
    }
  | { readonly kind: 'left-to-parent'; readonly error: ErrorData }
  | { readonly kind: 'slept'; readonly number: number; readonly since: Date }
  | { readonly kind: 'review-opened'; readonly review: string; readonly deadline: Date }
  | {
      readonly kind: 'review-decided';
      readonly review: string;
      readonly decision: string;
      readonly by: string;
      readonly since: Date;
    }
  /** `question` is a review's id, or the gate. */
  | { readonly kind: 'decision-ignored'; readonly question: string; readonly why: string }
  | { readonly kind: 'compensating'; readonly scope: string; readonly error: ErrorData }
  | { readonly kind: 'on-failed-failed'; readonly error: ErrorData }
  | {
      readonly kind: 'gate';
      readonly number: number;
      readonly phase: Phase;
      readonly error: ErrorData;
      readonly actions: readonly string[];
    }
  | {
      readonly kind: 'gate-passed';
      readonly number: number;
      readonly action: string;
      readonly by: string;
      readonly reason: string | undefined;
      readonly since: Date;
    }
  | { readonly kind: 'said'; readonly text: string }
  | { readonly kind: 'completed' };

/** One execution of a step or of an undo, with all its attempts. */
interface ToldCall {
  /** What people know it as. */
  readonly call: string;
  readonly key: string;
  /** 1, and more when an operator has the step tried again: how often it was called with this key. */
  readonly round: number;
  readonly attempt: number;
  readonly of: number;
  readonly since: Date;
}

export interface Line {
  readonly level: 'info' | 'warn' | 'error';
  readonly text: string;
}

/** Undefined for what the log need not tell. */
export function describeEvent(event: SagaEvent): Line | undefined {
  switch (event.kind) {
    case 'started':
      return info(`started, correlation ${event.correlationId}`);
    case 'call-succeeded':
      return info(`✓ ${event.call}${event.attempt > 1 ? ` at attempt ${event.attempt}` : ''}`);
    case 'attempt-failed': {
      const next = event.retryInMs === undefined ? 'no further attempt' : `again in ${event.retryInMs / 1000} s`;
      return warn(`✗ ${event.call} attempt ${event.attempt}/${event.of}: ${say(event.error)}; ${next}`);
    }
    case 'sub-saga-started':
      return info(`▶ ${event.step}: runs as instance ${event.instanceId}`);
    case 'sub-saga-ended':
      return event.error === undefined ? info(`✓ ${event.step}`) : warn(`✗ ${event.step}: ${say(event.error)}`);
    case 'left-to-parent':
      return warn(`✗ failed: ${say(event.error)}; the parent deals with it`);
    case 'call-given-up':
    case 'slept':
      return undefined;
    case 'said':
      return info(event.text);
    case 'review-opened':
      return info(`? ${event.review}: waiting for a decision until ${event.deadline.toISOString()}`);
    case 'review-decided':
      return info(`✓ ${event.review}: ${event.decision} by ${event.by}`);
    case 'decision-ignored':
      return warn(`? ${event.question}: ignored a decision: ${event.why}`);
    case 'compensating':
      return warn(`↶ ${event.scope}: compensating after ${say(event.error)}`);
    case 'on-failed-failed':
      return warn(`✗ onFailed: ${say(event.error)}; the instance fails all the same`);
    case 'gate':
      return {
        level: 'error',
        text: `✗ failed at gate ${event.number}: ${say(event.error)}; an operator can ${event.actions.join(', ')}`,
      };
    case 'gate-passed': {
      const why = event.reason === undefined ? '' : ` (${event.reason})`;
      return info(`↻ gate ${event.number}: ${event.action} by ${event.by}${why}`);
    }
    case 'completed':
      return info('● completed');
  }
}

const info = (text: string): Line => ({ level: 'info', text });
const warn = (text: string): Line => ({ level: 'warn', text });
const say = (error: ErrorData): string => `${error.code}: ${error.message}`;

export type LogFormat = 'text' | 'json';

/** A line as it goes to the log of the host, which adds time, level and function. */
export function renderLine({ text }: Line, event: SagaEvent, of: ObservedSaga, format: LogFormat): string {
  if (format === 'text') return `${of.instanceId} ${text}`;
  const { instanceId, saga, correlationId, traceparent } = of;
  const { kind, ...facts } = event;
  return JSON.stringify({ message: text, instanceId, saga, correlationId, traceparent, event: kind, ...facts });
}
