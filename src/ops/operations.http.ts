import { setTimeout as sleep } from 'node:timers/promises';
import { formatReason } from '../audit/native-reason.ts';
import { isSameClaim } from '../azure/claim-blob.ts';
import { type Accepted, type DurableInstances, hasEnded, type Instance } from '../azure/durable-instances.ts';
import { actorOf } from '../http/caller.ts';
import { checkedBody, type Endpoint, type EndpointCall, routeParameter } from '../http/endpoint.ts';
import { Problem } from '../http/problem.ts';
import { cancelEvent, failedGate, gateEvent, type GateDecisions } from '../saga/operate.ts';
import type { CloseRecord } from './close-record.ts';
import { operatedSchema, operationSchema, rewindSchema } from './contract.ts';
import { computeRewindVerdict, phaseOf, statusOf, waitingGate } from './saga-view.ts';
import { findInstance, unknownSaga } from './sagas.http.ts';

export interface OperationServices {
  readonly decisions: GateDecisions;
  readonly closeRecord: CloseRecord;
}

/** What operators do to running and failed instances. */
export const operationEndpoints = ({ decisions, closeRecord }: OperationServices): Endpoint[] => [
  {
    name: 'rewindSaga',
    method: 'POST',
    route: 'sagas/{id}/rewind',
    summary: 'Decides how a failed saga goes on, and has it go on',
    body: rewindSchema,
    answers: { 202: operatedSchema },
    handle: (call) => rewind(decisions, call),
  },
  {
    name: 'cancelSaga',
    method: 'POST',
    route: 'sagas/{id}/cancel',
    summary: 'Stops a saga and undoes what it did',
    body: operationSchema,
    answers: { 202: operatedSchema },
    handle: cancel,
  },
  simpleOperation('terminate', 'Kills a saga; nothing is undone', async ({ unredacted }, instanceId) => {
    const ended = await awaitEnd(unredacted, instanceId);
    if (ended?.runtimeStatus === 'Terminated') await closeRecord(ended);
  }),
  simpleOperation('suspend', 'Pauses a saga'),
  simpleOperation('resume', 'Lets a paused saga go on'),
];

/**
 * The decision is stored before the instance is rewound, so that the gate finds it whatever happens in between; a gate that waits
 * gets it as an event. The first decision counts; whoever agrees carries it out, where a crash came between the two.
 */
async function rewind(decisions: GateDecisions, call: EndpointCall) {
  const { instances } = call;
  const body = await checkedBody(rewindSchema, call);
  const by = actorOf(call.caller, body.by);
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
  const { instanceId, createdTime } = instance;
  const decision = { action, by, reason, data };
  const rewound = { operation: 'rewind', instanceId, by, reason, action } as const;
  const waiting = waitingGate(instance);
  if (waiting !== undefined) {
    return conclude(call, rewound, await instances.raiseEvent(instanceId, gateEvent(waiting.number), decision));
  }
  const gate = failedGate(instance.output);
  const first = gate === undefined ? decision : await decisions.claim(instanceId, createdTime, gate, decision);
  if (first.action !== action || !isSameClaim(first.data, data)) {
    throw new Problem(
      409,
      'already_decided',
      `${first.by} has decided already how '${instanceId}' goes on: ${first.action}. Should it stand still all the same, send that too.`,
    );
  }
  return conclude(call, rewound, await instances.rewind(instanceId, formatReason(first.by, first.reason)));
}

async function cancel(call: EndpointCall) {
  const body = await checkedBody(operationSchema, call);
  const by = actorOf(call.caller, body.by);
  const instance = await findInstance(call);
  const { instanceId } = instance;
  if (statusOf(instance)?.pivoted === true) {
    throw new Problem(
      409,
      'past_the_pivot',
      `Saga '${instanceId}' is past its pivot: what it did cannot be undone any more.`,
    );
  }
  const accepted = await call.instances.raiseEvent(instanceId, cancelEvent, { by, reason: body.reason });
  return conclude(call, { operation: 'cancel', instanceId, by, reason: body.reason }, accepted);
}

/** @param after runs also where the operation is refused: a crash may have come between the two when it was accepted */
const simpleOperation = (
  operation: 'terminate' | 'suspend' | 'resume',
  summary: string,
  after?: (call: EndpointCall, instanceId: string) => Promise<void>,
): Endpoint => ({
  name: `${operation}Saga`,
  method: 'POST',
  route: `sagas/{id}/${operation}`,
  summary,
  body: operationSchema,
  answers: { 202: operatedSchema },
  async handle(call) {
    const body = await checkedBody(operationSchema, call);
    const by = actorOf(call.caller, body.by);
    const instanceId = routeParameter(call.request, 'id');
    const accepted = await call.instances[operation](instanceId, formatReason(by, body.reason));
    try {
      return await conclude(call, { operation, instanceId, by, reason: body.reason }, accepted);
    } finally {
      await after?.(call, instanceId);
    }
  },
});

const pollMs = 50;
const patienceMs = 3_000;

/** A kill is accepted before it is carried out. One that takes longer is told of when the saga is deleted. */
async function awaitEnd(instances: DurableInstances, instanceId: string): Promise<Instance | undefined> {
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    const instance = await instances.get(instanceId);
    if (instance === undefined || hasEnded(instance)) return instance;
    if (waitedMs >= patienceMs) return undefined;
    await sleep(pollMs);
  }
}

interface Operated {
  readonly operation: 'rewind' | 'cancel' | 'terminate' | 'suspend' | 'resume';
  readonly instanceId: string;
  readonly by: string;
  readonly reason: string | undefined;
  /** Of a rewind. */
  readonly action?: string;
}

/** Writes the one log line by which an operation can be found. */
async function conclude({ instances, log, correlationId }: EndpointCall, operated: Operated, accepted: Accepted) {
  const { instanceId, operation } = operated;
  switch (accepted) {
    case 'accepted':
      log.info(JSON.stringify({ event: 'saga.operated', ...operated, correlationId }));
      return { status: 202, jsonBody: { instanceId } };
    case 'not-found':
      throw unknownSaga(instanceId);
    case 'refused': {
      const instance = await instances.get(instanceId);
      if (instance === undefined) throw unknownSaga(instanceId);
      const state = `${instance.runtimeStatus} (phase '${phaseOf(instance)}')`;
      throw new Problem(
        409,
        'not_in_this_state',
        `Saga '${instanceId}' is ${state}, where ${operation} is not possible: GET it to see what is.`,
      );
    }
  }
}
