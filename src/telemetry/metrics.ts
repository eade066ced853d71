import type { Counter, Histogram, Instruments } from './instruments.ts';

/** What the application counts. */
export interface Metrics {
  readonly sagasStarted: Counter;
  readonly sagasEnded: Counter;
  readonly compensations: Counter;
  readonly gateFailures: Counter;
  readonly gateDecisions: Counter;
  readonly attemptDuration: Histogram;
  readonly retries: Counter;
  readonly reviewsOpened: Counter;
  readonly reviewsDecided: Counter;
  readonly reviewDuration: Histogram;
  readonly tokens: Counter;
  readonly requestDuration: Histogram;
  readonly messageDuration: Histogram;
}

/** Seconds, as the semantic conventions give them for HTTP, and on to the five minutes that an attempt may take. */
const durations = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 300];
/** Seconds, from a minute to three days. */
const reviewDurations = [60, 300, 900, 3_600, 14_400, 43_200, 86_400, 172_800, 259_200];

export function createMetrics(instruments: Instruments): Metrics {
  const count = (name: string, unit: string, description: string): Counter =>
    instruments.counter({ name, unit, description });
  const time = (name: string, description: string, bounds: readonly number[] = durations): Histogram =>
    instruments.histogram({ name, unit: 's', description }, bounds);
  return {
    sagasStarted: count('saga.started', '{saga}', 'Sagas that began'),
    sagasEnded: count('saga.ended', '{saga}', 'Sagas that ended, by outcome; a rewound one ends again'),
    compensations: count('saga.compensations', '{compensation}', 'Scopes that were undone, by what went wrong'),
    gateFailures: count('saga.gate.failures', '{failure}', 'Sagas that stopped at a gate, by why they stand there'),
    gateDecisions: count('saga.gate.decisions', '{decision}', 'Gates that an operator let a saga pass, by action'),
    attemptDuration: time('saga.attempt.duration', 'Time of one attempt of an activity or its undo, by outcome'),
    retries: count('saga.retries', '{attempt}', 'Attempts that will be made again, by what went wrong'),
    reviewsOpened: count('saga.reviews.opened', '{review}', 'Questions put to people'),
    reviewsDecided: count('saga.reviews.decided', '{review}', 'Questions decided, by decision'),
    reviewDuration: time('saga.review.duration', 'Time from a question to its decision', reviewDurations),
    tokens: count('document.extraction.tokens', '{token}', 'Tokens that extraction used, by model and type'),
    requestDuration: time('http.server.request.duration', 'Time to answer a request'),
    messageDuration: time('messaging.process.duration', 'Time to process a message'),
  };
}
