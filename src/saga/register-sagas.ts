import { app, type InvocationContext, type PostInvocationContext, type PreInvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { type BoundActivity, undoName } from './activity.ts';
import { answerWithClaims } from './answer-with-claims.ts';
import { type ClaimDesks, createClaimDesks, inlineDesk } from './claim-desk.ts';
import type { ClaimStore } from './claims.ts';
import { SagaDefinitionError } from './errors.ts';
import type { GateMode } from './execution.ts';
import { gateFunction, type GateDecisions, gateRequestSchema, passGate } from './gate.ts';
import type { LogFormat } from './narrate.ts';
import { observeAttempts, type SagaObserver } from './observer.ts';
import { answerCancel, cancelFunction } from './pass-on-cancel.ts';
import { runSaga } from './run.ts';
import type { SagaDefinition } from './saga.ts';

export interface SagaRegistration {
  readonly sagas: readonly SagaDefinition[];
  readonly activities: readonly BoundActivity[];
  readonly decisions: GateDecisions;
  /** `event` for a backend that has no rewind. Default `rewind`. */
  readonly gateMode?: GateMode;
  readonly observer?: SagaObserver;
  /** Log lines as text for people, or as one JSON object each. Default `text`. */
  readonly logFormat?: LogFormat;
  /** Where what is too large for the history is kept. Without it everything stays in the history. */
  readonly claims?: ClaimStore;
}

/**
 * Registers the sagas, the activities with their undos, and the gate with the Functions host.
 * @throws SagaDefinitionError when two of them would be one function
 */
export function registerSagas(registration: SagaRegistration): void {
  const { sagas, activities, decisions, gateMode = 'rewind', observer, logFormat = 'text', claims } = registration;
  const undos = activities.flatMap(({ name, undo }) => (undo === undefined ? [] : [undoName(name)]));
  const names = sagas.map(({ name }) => name);
  refuseRepeated([...activities.map(({ name }) => name), ...undos, ...names, gateFunction, cancelFunction]);
  for (const { name, execute, undo } of activities) {
    const handle = (direction: 'do' | 'undo', answer: BoundActivity['execute']) => ({
      handler: observeAttempts(observer, name, direction, answerWithClaims(claims, answer)),
    });
    df.app.activity(name, handle('do', execute));
    if (undo !== undefined) df.app.activity(undoName(name), handle('undo', undo));
  }
  df.app.activity(gateFunction, {
    extraInputs: [df.input.durableClient()],
    handler: async (raw: unknown, context: InvocationContext) => {
      const request = gateRequestSchema.parse(raw);
      // The client puts the id into a URL as it is.
      const id = encodeURIComponent(request.instanceId);
      const instance = await df.getClient(context).getStatus(id, { showInput: false });
      return passGate(request, instance, decisions);
    },
  });
  df.app.activity(cancelFunction, {
    extraInputs: [df.input.durableClient()],
    handler: (request: unknown, context: InvocationContext) =>
      answerCancel(request, (id, event, data) => df.getClient(context).raiseEvent(encodeURIComponent(id), event, data)),
  });
  const surroundings = {
    activities: new Map(activities.map((activity) => [activity.name, activity])),
    sagas: new Set(sagas.flatMap(({ name, output }) => (output === undefined ? [] : name))),
    gateMode,
    observer,
    logFormat,
    deskOf: claims === undefined ? () => inlineDesk : attendOrchestrators(claims, new Set(names)),
  };
  for (const saga of sagas) df.app.orchestration(saga.name, (context) => runSaga(context, saga, surroundings));
}

function attendOrchestrators(claims: ClaimStore, names: ReadonlySet<string>): ClaimDesks['of'] {
  const desks = createClaimDesks(claims);
  const isSaga = ({ invocationContext }: PreInvocationContext | PostInvocationContext): boolean =>
    names.has(invocationContext.functionName);
  app.hook.preInvocation(async (call) => (isSaga(call) ? desks.before(call) : undefined));
  app.hook.postInvocation(async (call) => (isSaga(call) ? desks.after(call) : undefined));
  return (context) => desks.of(context);
}

/** Azure Functions does not tell upper from lower case. */
function refuseRepeated(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    const key = name.toLowerCase();
    if (seen.has(key)) {
      throw new SagaDefinitionError(
        `two functions are named '${name}': rename a saga or an activity, undos end in '-undo'`,
      );
    }
    seen.add(key);
  }
}
