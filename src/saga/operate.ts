// The engine's second door: what registers sagas with the host and operates running ones.

export { ClaimError, type ClaimStore, fetchClaims, resolveClaims, storeClaims } from './claims.ts';
export {
  failedGate,
  type GateDecision,
  gateDecisionSchema,
  type GateDecisions,
  gateEvent,
  gateFunction,
} from './gate.ts';
export { describeEvent, type LogFormat, type SagaEvent } from './narrate.ts';
export type { ObservedAttempt, ObservedSaga, SagaObserver } from './observer.ts';
export type { Reply } from './call-protocol.ts';
export { cancelFunction } from './pass-on-cancel.ts';
export { registerSagas, type SagaRegistration } from './register-sagas.ts';
export { parseAnswer, type Review, type ReviewAnswer, reviewAnswerSchema, reviewEvent } from './review.ts';
export { findSecrets, maskSecrets, redact, redacted, unvouched, withheld } from './sensitive.ts';
export { isWrapped, sentInput, wrapInput } from './start.ts';
export { type SagaStatus, sagaStatusSchema } from './status.ts';
export { cancelEvent } from './wait.ts';
