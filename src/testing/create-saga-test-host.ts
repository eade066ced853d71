import type { SagaDefinition } from '../saga/index.ts';
import {
  cancelEvent,
  failedGate,
  type GateDecision,
  registerSagas,
  reviewEvent,
  type SagaRegistration,
  type SagaStatus,
  sagaStatusSchema,
} from '../saga/operate.ts';
import { createTestHost, type TestHost, type TestHostOptions } from './create-test-host.ts';
import { createInMemoryDecisions } from './in-memory-decisions.ts';

export interface SagaTestHostOptions
  extends Omit<SagaRegistration, 'decisions'>, Omit<TestHostOptions, 'register' | 'appDir'> {
  /** Registers functions beside the sagas. */
  readonly register?: () => unknown;
}

interface Named {
  readonly name: string;
}

export interface SagaTestHost extends TestHost {
  /** @returns the instance's id, a new one unless given. */
  startSaga<I>(saga: Pick<SagaDefinition<I>, 'name' | 'input'>, input: I, instanceId?: string): Promise<string>;
  sagaStatus(instanceId: string): Promise<SagaStatus>;
  /** Answers a review as a person does. */
  decide(instanceId: string, review: Named, answer: unknown): Promise<void>;
  cancel(instanceId: string, by: string, reason?: string): Promise<void>;
  /** Rewinds an instance with the operator's decision. @throws where it has not failed at a gate */
  passGate(instanceId: string, decision: GateDecision): Promise<void>;
}

/** A test host for sagas, with what an operator does to them. */
export async function createSagaTestHost(options: SagaTestHostOptions): Promise<SagaTestHost> {
  const { sagas, activities, gateMode, register, ...rest } = options;
  const decisions = createInMemoryDecisions();
  const host = await createTestHost({
    ...rest,
    async register() {
      registerSagas({ sagas, activities, decisions, ...(gateMode && { gateMode }) });
      await register?.();
    },
  });
  return {
    ...host,
    startSaga: (saga, input, instanceId) => host.start(saga.name, input, instanceId),
    sagaStatus: async (instanceId) => sagaStatusSchema.parse((await host.status(instanceId)).customStatus),
    decide: (instanceId, review, answer) => host.raise(instanceId, reviewEvent(review.name), answer),
    cancel: (instanceId, by, reason) => host.raise(instanceId, cancelEvent, { by, reason }),
    async passGate(instanceId, decision) {
      const { output, createdTime } = await host.status(instanceId);
      const gate = failedGate(output);
      if (gate === undefined) throw new Error(`${instanceId} stands at no gate: ${JSON.stringify(output)}`);
      await decisions.claim(instanceId, new Date(createdTime), gate, decision);
      await host.rewind(instanceId);
    },
  };
}
