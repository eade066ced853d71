import { BrokerError } from '../broker-error.ts';
import { breakLock } from './queue.ts';
import {
  forgetIdleSession,
  sessionOf,
  type Holder,
  type Queue,
  type Session,
  type SessionLock,
} from './queue-state.ts';

/**
 * Locks one session for one holder.
 *
 * @param lost Told when the lock expires, not when it is released.
 * @throws BrokerError `session-cannot-be-locked` when somebody holds it.
 */
export function acceptSession(queue: Queue, sessionId: string, holder: Holder, lost: () => void): SessionLock {
  const session = sessionOf(queue, sessionId);
  if (session.lock !== undefined) {
    const description = `The requested session '${sessionId}' cannot be accepted. It may be locked by another receiver.`;
    throw new BrokerError('session-cannot-be-locked', description);
  }
  const lock: SessionLock = { sessionId, holder, lost, until: 0, cancelExpiry: () => {} };
  session.lock = lock;
  extend(queue, session, lock);
  return lock;
}

/** Of the sessions nobody holds, the one with the oldest message. */
export function findNextSession(queue: Queue): string | undefined {
  let next: Session | undefined;
  for (const session of queue.sessions.values()) {
    dropStale(queue, session);
    const first = session.backlog.peek();
    if (session.lock !== undefined || first === undefined) continue;
    if (next === undefined || first < (next.backlog.peek() ?? Infinity)) next = session;
  }
  return next?.id;
}

/** Takes numbers off the front whose messages have expired meanwhile. */
function dropStale(queue: Queue, session: Session): void {
  for (let first = session.backlog.peek(); first !== undefined; first = session.backlog.peek()) {
    if (queue.messages.has(first)) return;
    session.backlog.pop();
  }
  forgetIdleSession(queue, session);
}

function extend(queue: Queue, session: Session, lock: SessionLock): void {
  const { clock } = queue.ports;
  lock.cancelExpiry();
  lock.until = clock.now() + queue.settings.lockDuration;
  lock.cancelExpiry = clock.at(lock.until, () => {
    end(queue, session, lock, true);
    lock.lost();
  });
}

/** @throws BrokerError `session-lock-lost`. */
export function renewSession(queue: Queue, sessionId: string, holder: Holder): number {
  const lock = findSessionLock(queue, sessionId, holder);
  extend(queue, sessionOf(queue, sessionId), lock);
  return lock.until;
}

/** @throws BrokerError `session-lock-lost` when the holder has no lock on the session. */
export function findSessionLock(queue: Queue, sessionId: string, holder: Holder): SessionLock {
  const lock = queue.sessions.get(sessionId)?.lock;
  if (lock !== undefined && lock.holder === holder && lock.until > queue.ports.clock.now()) return lock;
  throw new BrokerError('session-lock-lost', `The session lock has expired on the session with id ${sessionId}.`);
}

/** Gives a session back. Deliveries nobody answered count as failed only when the holder died (`isFailure`). */
export function releaseSession(queue: Queue, lock: SessionLock, isFailure: boolean): void {
  const session = queue.sessions.get(lock.sessionId);
  if (session?.lock === lock) end(queue, session, lock, isFailure);
}

function end(queue: Queue, session: Session, lock: SessionLock, isFailure: boolean): void {
  lock.cancelExpiry();
  session.lock = undefined;
  for (const held of queue.locks.values()) {
    if (held.session === lock) breakLock(queue, held, isFailure);
  }
  forgetIdleSession(queue, session);
  queue.ports.changed(queue);
}

/** Releases everything a dead holder has; its deliveries count as failed. */
export function releaseHolder(queue: Queue, holder: Holder): void {
  for (const session of queue.sessions.values()) {
    if (session.lock?.holder === holder) end(queue, session, session.lock, true);
  }
  for (const lock of queue.locks.values()) {
    if (lock.holder === holder) breakLock(queue, lock, true);
  }
}
