// The engine's public door: what orchestrators and activities are written with.

export { type ActivityDefinition, type BoundActivity, defineActivity, type Done } from './activity.ts';
export type { Call } from './call-protocol.ts';
export { days, hours, minutes, seconds } from './duration.ts';
export {
  type ErrorData,
  RetryableError,
  ReviewRejected,
  SagaCancelled,
  SagaFailure,
  StepFailed,
  TerminalError,
} from './errors.ts';
export type { Operation } from './operation.ts';
export { blobAndQueue, briefly, once, rateLimit, type RetryOptions, transient } from './retry.ts';
export { type Approval, defineReview, type Reminder } from './review.ts';
export { defineSaga, type Saga, type SagaDefinition } from './saga.ts';
export { sensitive } from './sensitive.ts';
