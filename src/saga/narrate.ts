import type { ErrorData } from './errors.ts';

/** What a saga tells the log: one line for everything that a person following it wants to see. */
export type SagaEvent =
  | { readonly kind: 'started'; readonly correlationId: string }
  | { readonly kind: 'call-succeeded'; readonly call: string; readonly attempt: number }
  | {
      readonly kind: 'attempt-failed';
      readonly call: string;
      readonly attempt: number;
      readonly of: number;
      readonly error: ErrorData;
      readonly retryInMs: number | undefined;
    }
  | { readonly kind: 'sub-saga-started'; readonly step: string; readonly instanceId: string }
  | { readonly kind: 'sub-saga-ended'; readonly step: string; readonly error: ErrorData | undefined }
  | { readonly kind: 'left-to-parent'; readonly error: ErrorData }
  | { readonly kind: 'review-opened'; readonly review: string; readonly deadline: Date }
  | { readonly kind: 'review-decided'; readonly review: string; readonly decision: string; readonly by: string }
  /** `question` is a review's id, or the gate. */
  | { readonly kind: 'decision-ignored'; readonly question: string; readonly why: string }
  | { readonly kind: 'compensating'; readonly scope: string; readonly error: ErrorData }
  | { readonly kind: 'on-failed-failed'; readonly error: ErrorData }
  | { readonly kind: 'gate'; readonly number: number; readonly error: ErrorData; readonly actions: readonly string[] }
  | {
      readonly kind: 'gate-passed';
      readonly number: number;
      readonly action: string;
      readonly by: string;
      readonly reason: string | undefined;
    }
  | { readonly kind: 'completed' };

export interface Line {
  readonly level: 'info' | 'warn' | 'error';
  readonly text: string;
}

export function describeEvent(event: SagaEvent): Line {
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
