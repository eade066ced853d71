import type { SagaDefinition } from '../saga/index.ts';
import {
  cancelEvent,
  failedGate,
  gateEvent,
  type GateDecision,
  registerSagas,
  reviewEvent,
  type SagaRegistration,
  type SagaStatus,
  sagaStatusSchema,
} from '../saga/operate.ts';
import { type ActivityCall, type ActivityFaults, createFaultyActivities } from './activity-faults.ts';
import { createTestHost, type TestHost, type TestHostOptions } from './create-test-host.ts';
import type { DurableStatus } from './durable-instances.ts';
import { createInMemoryClaims } from './in-memory-claims.ts';
import { createInMemoryDecisions } from './in-memory-decisions.ts';
import { type RestOptions, runToRest, waitingGate } from './run-to-rest.ts';

export interface SagaTestHostOptions
  extends Omit<SagaRegistration, 'decisions'>, Omit<TestHostOptions, 'register' | 'appDir'> {
  /** Registers functions beside the sagas. */
  readonly register?: () => unknown;
}

interface Named {
  readonly name: string;
}

export interface SagaTestHost extends TestHost, ActivityFaults {
  /** Every call that reached an activity, in order. */
  readonly calls: readonly ActivityCall[];
  /** @returns the instance's id, a new one unless given. */
  startSaga<I>(saga: Pick<SagaDefinition<I>, 'name' | 'input'>, input: I, instanceId?: string): Promise<string>;
  sagaStatus(instanceId: string): Promise<SagaStatus>;
  /** Answers a review as a person does. */
  decide(instanceId: string, review: Named, answer: unknown): Promise<void>;
  cancel(instanceId: string, by: string, reason?: string): Promise<void>;
  /**
   * Jumps until the instance has ended, or it or one of its sub-sagas waits for somebody: at a gate, or for the answer to a review.
   * Answers the one that waits.
   */
  runToRest(instanceId: string, options?: RestOptions): Promise<DurableStatus>;
  /** Gives the gate the operator's decision, with a rewind or as an event. @throws where the instance stands at no gate */
  passGate(instanceId: string, decision: GateDecision): Promise<void>;
}

/** A test host for sagas, with what an operator does to them, and the faults that befall their steps. */
export async function createSagaTestHost(options: SagaTestHostOptions): Promise<SagaTestHost> {
  const { sagas, activities: bound, gateMode, observer, logFormat, claims, register, ...rest } = options;
  const chosen = { ...(gateMode && { gateMode }), ...(observer && { observer }), ...(logFormat && { logFormat }) };
  const decisions = createInMemoryDecisions();
  const { activities, ...faults } = createFaultyActivities(bound);
  const host = await createTestHost({
    ...rest,
    async register() {
      registerSagas({ sagas, activities, decisions, claims: claims ?? createInMemoryClaims(), ...chosen });
      await register?.();
    },
  });
  return {
    ...host,
    ...faults,
    startSaga: (saga, input, instanceId) => host.start(saga.name, input, instanceId),
    sagaStatus: async (instanceId) => sagaStatusSchema.parse((await host.status(instanceId)).customStatus),
    decide: (instanceId, review, answer) => host.raise(instanceId, reviewEvent(review.name), answer),
    cancel: (instanceId, by, reason) => host.raise(instanceId, cancelEvent, { by, reason }),
    runToRest: (instanceId, options) => runToRest(host, instanceId, options),
    async passGate(instanceId, decision) {
      const status = await host.status(instanceId);
      const waiting = waitingGate(status);
      if (waiting !== undefined) return host.raise(instanceId, gateEvent(waiting), decision);
      const { output, createdTime } = status;
      const gate = failedGate(output);
      if (gate === undefined) throw new Error(`${instanceId} stands at no gate: ${JSON.stringify(output)}`);
      await decisions.claim(instanceId, new Date(createdTime), gate, decision);
      await host.rewind(instanceId);
    },
  };
}
