import rhea from 'rhea';
import { BrokerError } from '../broker-error.ts';
import { findSessionLock, renewSession } from '../store/session-lock.ts';
import type { Reply } from './request-link.ts';
import { readText, type ManagementRequest, type Operation } from './request-fields.ts';

const sessionId = ({ body }: ManagementRequest) => readText(body, 'session-id');

function renewLock(request: ManagementRequest): Reply {
  const { peer, entity } = request;
  const until = renewSession(peer.ports.broker.queue(entity), sessionId(request), peer);
  return { status: 200, body: { expiration: rhea.types.wrap_timestamp(until) } };
}

/** The queue, when the peer holds the session. */
function findHeld(request: ManagementRequest) {
  const queue = request.peer.ports.broker.queue(request.entity);
  findSessionLock(queue, sessionId(request), request.peer);
  return queue;
}

function setState(request: ManagementRequest): Reply {
  const state = request.body['session-state'] ?? undefined;
  if (state !== undefined && !Buffer.isBuffer(state)) {
    throw new BrokerError('bad-argument', 'session-state must be binary or null.');
  }
  const queue = findHeld(request);
  queue.ports.log.saveSessionState(queue.name, sessionId(request), state);
  return { status: 200 };
}

function getState(request: ManagementRequest): Reply {
  const queue = findHeld(request);
  const state = queue.ports.log.sessionState(queue.name, sessionId(request));
  return { status: 200, body: { 'session-state': state ?? null } };
}

export const sessionOperations: Readonly<Record<string, Operation>> = {
  'com.microsoft:renew-session-lock': renewLock,
  'com.microsoft:set-session-state': setState,
  'com.microsoft:get-session-state': getState,
};
