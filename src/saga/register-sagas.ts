import type { InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { type BoundActivity, undoName } from './activity.ts';
import { gateFunction, type GateDecisions, gateRequestSchema, passGate } from './gate.ts';
import { runSaga } from './run.ts';
import type { SagaDefinition } from './saga.ts';

export interface SagaRegistration {
  readonly sagas: readonly SagaDefinition[];
  readonly activities: readonly BoundActivity[];
  readonly decisions: GateDecisions;
}

/** Registers the sagas, the activities with their undos, and the gate with the Functions host. */
export function registerSagas({ sagas, activities, decisions }: SagaRegistration): void {
  const names = new Set(activities.map(({ name }) => name));
  for (const { name, execute, undo } of activities) {
    df.app.activity(name, { handler: (request: unknown) => execute(request) });
    if (undo !== undefined) df.app.activity(undoName(name), { handler: (request: unknown) => undo(request) });
  }
  df.app.activity(gateFunction, {
    extraInputs: [df.input.durableClient()],
    handler: async (raw: unknown, context: InvocationContext) => {
      const request = gateRequestSchema.parse(raw);
      return passGate(request, await df.getClient(context).getStatus(request.instanceId), decisions);
    },
  });
  for (const saga of sagas) {
    df.app.orchestration(saga.name, (context) => runSaga(context, saga, names));
  }
}
