// The engine's second door: what registers sagas with the host and operates running ones.

export {
  failedGate,
  type GateDecision,
  gateDecisionSchema,
  type GateDecisions,
  gateEvent,
  gateFunction,
} from './gate.ts';
export { registerSagas, type SagaRegistration } from './register-sagas.ts';
export { parseAnswer, type Review, type ReviewAnswer, reviewAnswerSchema, reviewEvent } from './review.ts';
export { findSecrets, maskSecrets, redact, redacted, withheld } from './sensitive.ts';
export { type SagaStatus, sagaStatusSchema } from './status.ts';
export { cancelEvent } from './wait.ts';
