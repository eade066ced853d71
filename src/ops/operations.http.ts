import { formatReason } from '../audit/native-reason.ts';
import { isSameClaim } from '../azure/claim-blob.ts';
import type { Accepted, DurableInstances } from '../azure/durable-instances.ts';
import { type Endpoint, type EndpointCall, jsonBody, routeParameter } from '../http/endpoint.ts';
import { checked, Problem } from '../http/problem.ts';
import { cancelEvent, failedGate, gateEvent, type GateDecisions } from '../saga/operate.ts';
import { actorOf } from './actor.ts';
import { operationSchema, rewindSchema } from './contract.ts';
import { computeRewindVerdict, statusOf, waitingGate } from './saga-view.ts';
import { findInstance, unknownSaga } from './sagas.http.ts';

/** What operators do to running and failed instances. */
export const operationEndpoints = (decisions: GateDecisions): Endpoint[] => [
  { name: 'rewindSaga', method: 'POST', route: 'sagas/{id}/rewind', handle: (call) => rewind(decisions, call) },
  { name: 'cancelSaga', method: 'POST', route: 'sagas/{id}/cancel', handle: cancel },
  simpleOperation('terminate', (instances, id, reason) => instances.terminate(id, reason)),
  simpleOperation('suspend', (instances, id, reason) => instances.suspend(id, reason)),
  simpleOperation('resume', (instances, id, reason) => instances.resume(id, reason)),
];

/**
 * The decision is stored before the instance is rewound, so that the gate finds it whatever happens in between; a gate that waits
 * gets it as an event. The first decision counts; whoever agrees carries it out, where a crash came between the two.
 */
async function rewind(decisions: GateDecisions, call: EndpointCall) {
  const { request, instances } = call;
  const body = checked(rewindSchema, await jsonBody(request), 'The body');
  const by = actorOf(request, body.by);
  const instance = await findInstance(call);
  const verdict = computeRewindVerdict(instance);
  if (!verdict.yes)
    throw new Problem(409, 'not_rewindable', `Saga '${instance.instanceId}' cannot be rewound: ${verdict.why}.`);
  if (verdict.actions?.includes(body.action) === false) {
    throw new Problem(
      409,
      'not_possible_here',
      `'${body.action}' is not possible here; possible are: ${verdict.actions.join(', ')}.`,
    );
  }
  const { action, reason, data } = body;
  const decision = { action, by, reason, data };
  const waiting = waitingGate(instance);
  if (waiting !== undefined) {
    const decided = await instances.raiseEvent(instance.instanceId, gateEvent(waiting.number), decision);
    return reply(decided, instance.instanceId);
  }
  const gate = failedGate(instance.output);
  const { instanceId, createdTime } = instance;
  const first = gate === undefined ? decision : await decisions.claim(instanceId, createdTime, gate, decision);
  if (first.action !== action || !isSameClaim(first.data, data)) {
    throw new Problem(
      409,
      'already_decided',
      `${first.by} has decided already how '${instanceId}' goes on: ${first.action}. Should it stand still all the same, send that too.`,
    );
  }
  return reply(await instances.rewind(instanceId, formatReason(first.by, first.reason)), instanceId);
}

async function cancel(call: EndpointCall) {
  const { request, instances } = call;
  const body = checked(operationSchema, await jsonBody(request), 'The body');
  const by = actorOf(request, body.by);
  const instance = await findInstance(call);
  if (statusOf(instance)?.pivoted === true) {
    throw new Problem(
      409,
      'past_the_pivot',
      `Saga '${instance.instanceId}' is past its pivot: what it did cannot be undone any more.`,
    );
  }
  return reply(
    await instances.raiseEvent(instance.instanceId, cancelEvent, { by, reason: body.reason }),
    instance.instanceId,
  );
}

type Operation = (instances: DurableInstances, id: string, reason: string) => Promise<Accepted>;

const simpleOperation = (name: string, operate: Operation): Endpoint => ({
  name: `${name}Saga`,
  method: 'POST',
  route: `sagas/{id}/${name}`,
  async handle({ request, instances }) {
    const body = checked(operationSchema, await jsonBody(request), 'The body');
    const by = actorOf(request, body.by);
    const id = routeParameter(request, 'id');
    return reply(await operate(instances, id, formatReason(by, body.reason)), id);
  },
});

function reply(accepted: Accepted, instanceId: string) {
  switch (accepted) {
    case 'accepted':
      return { status: 202, jsonBody: { instanceId } };
    case 'not-found':
      throw unknownSaga(instanceId);
    case 'refused':
      throw new Problem(
        409,
        'not_in_this_state',
        `Saga '${instanceId}' is not in a state that allows this: GET it to see where it stands.`,
      );
  }
}
