import { BrokerError } from '../broker-error.ts';
import type { AddedProperties, NewMessage } from '../message.ts';
import type { StoredMessage } from './message-log.ts';
import { sessionOf, type Holder, type Lock, type Message, type Queue, type SessionLock } from './queue-state.ts';

export type ReceiveMode = 'peek-lock' | 'receive-and-delete';

export interface Delivery {
  /** As it was when handed out. */
  readonly message: StoredMessage;
  readonly content: Uint8Array;
  /** Undefined when the message was deleted on delivery. */
  readonly lock: { readonly token: string; readonly until: number } | undefined;
}

export type Outcome =
  | { readonly kind: 'complete' }
  /** Back to the queue without counting as a failed delivery. */
  | { readonly kind: 'release' }
  | { readonly kind: 'abandon'; readonly properties: AddedProperties }
  | { readonly kind: 'defer'; readonly properties: AddedProperties }
  | { readonly kind: 'dead-letter'; readonly properties: AddedProperties };

export const deadLetterProperties = (reason: string, description: string): AddedProperties => ({
  DeadLetterReason: reason,
  DeadLetterErrorDescription: description,
});

/** Puts a message at the end of the queue. `origin`: its number in the entity that passed it on. */
export function enqueue(queue: Queue, { envelope, content }: NewMessage, origin?: number): void {
  const now = queue.ports.clock.now();
  const message = register(queue, {
    sequenceNumber: queue.nextSequenceNumber(),
    enqueuedSequenceNumber: origin,
    messageId: envelope.messageId,
    sessionId: envelope.sessionId,
    enqueuedAt: now,
    expiresAt: now + Math.min(envelope.timeToLive, queue.settings.defaultTimeToLive),
    scheduledFor: envelope.scheduledFor,
    phase: 'active',
    inFlight: false,
    deliveryCount: 0,
    properties: {},
  });
  queue.ports.log.insert(queue.name, message, content);
  if (queue.settings.requiresSession && message.sessionId === undefined) {
    const description = "Session enabled entity doesn't allow a message whose session identifier is null.";
    deadLetter(queue, message, deadLetterProperties('Session ID is null.', description));
  } else offer(queue, message);
}

/** Fills a new queue and its dead-letter queue from the log; what was in flight counts as a failed delivery. */
export function restoreQueue(queue: Queue): void {
  if (queue.deadLetters !== undefined) restoreQueue(queue.deadLetters);
  for (const stored of queue.ports.log.messages(queue.name)) {
    if (stored.phase === 'scheduled') continue;
    const message = register(queue, stored);
    if (message.inFlight) returnFailed(queue, message);
    else offer(queue, message);
  }
}

function register(queue: Queue, stored: StoredMessage): Message {
  const message: Message = { ...stored, lock: undefined, cancelExpiry: () => {} };
  queue.messages.set(message.sequenceNumber, message);
  if (Number.isFinite(message.expiresAt)) {
    message.cancelExpiry = queue.ports.clock.at(message.expiresAt, () => {
      // Under a lock it lives on; when that ends, `putBack` finds it expired.
      if (message.lock === undefined) expire(queue, message);
    });
  }
  return message;
}

/** Makes a message that nobody holds receivable, unless it is deferred. */
function offer(queue: Queue, message: Message): void {
  if (message.phase === 'active') {
    const { backlog } = queue.settings.requiresSession ? sessionOf(queue, message.sessionId ?? '') : queue;
    backlog.push(message.sequenceNumber);
  }
  queue.ports.changed(queue);
}

/** The next message in order, or undefined when there is none. `session`: a live lock; required by queues with sessions. */
export function take(queue: Queue, holder: Holder, mode: ReceiveMode, session?: SessionLock): Delivery | undefined {
  const now = queue.ports.clock.now();
  if (session !== undefined && session.until <= now) return undefined;
  const { backlog } = session === undefined ? queue : sessionOf(queue, session.sessionId);
  for (let next = backlog.pop(); next !== undefined; next = backlog.pop()) {
    const message = queue.messages.get(next);
    if (message === undefined) continue;
    if (message.expiresAt <= now) expire(queue, message);
    else return handOver(queue, message, holder, mode, session);
  }
  return undefined;
}

/** @throws BrokerError `message-not-found` when one of the numbers is not that of a deferred message nobody holds. */
export function takeDeferred(
  queue: Queue,
  sequenceNumbers: readonly number[],
  holder: Holder,
  mode: ReceiveMode,
  session?: SessionLock,
): Delivery[] {
  const messages = sequenceNumbers.map((sequenceNumber) => {
    const message = queue.messages.get(sequenceNumber);
    const isMine = message?.sessionId === session?.sessionId || !queue.settings.requiresSession;
    if (message?.phase === 'deferred' && isMine && message.lock === undefined) return message;
    throw new BrokerError('message-not-found', `No deferred message has the sequence number ${sequenceNumber}.`);
  });
  return messages.map((message) => handOver(queue, message, holder, mode, session));
}

function handOver(queue: Queue, message: Message, holder: Holder, mode: ReceiveMode, session?: SessionLock): Delivery {
  const { log, clock, newId } = queue.ports;
  const content = log.content(queue.name, message.sequenceNumber);
  if (mode === 'receive-and-delete') {
    remove(queue, message);
    return { message: { ...message }, content, lock: undefined };
  }
  message.inFlight = true;
  log.update(queue.name, message);
  const until = clock.now() + queue.settings.lockDuration;
  const lock: Lock = { token: newId(), message, holder, session, until, cancelExpiry: () => {} };
  message.lock = lock;
  queue.locks.set(lock.token, lock);
  if (session === undefined) watchLock(queue, lock);
  return { message: { ...message }, content, lock: { token: lock.token, until: (session ?? lock).until } };
}

function watchLock(queue: Queue, lock: Lock): void {
  lock.cancelExpiry = queue.ports.clock.at(lock.until, () => {
    unlock(queue, lock);
    returnFailed(queue, lock.message);
  });
}

function findLock(queue: Queue, token: string): Lock {
  const lock = queue.locks.get(token);
  if (lock !== undefined && (lock.session ?? lock).until > queue.ports.clock.now()) return lock;
  const description = `The lock supplied is invalid. Either the lock expired, or the message has already been removed from ${queue.name}.`;
  throw lock?.session === undefined
    ? new BrokerError('lock-lost', description)
    : new BrokerError('session-lock-lost', `The lock of the session ${lock.session.sessionId} has expired.`);
}

/** @throws BrokerError `lock-lost`. */
export function renewLock(queue: Queue, token: string): number {
  const lock = findLock(queue, token);
  if (lock.session !== undefined)
    throw new BrokerError('not-allowed', 'Renew the lock of the session, not of its message.');
  lock.cancelExpiry();
  lock.until = queue.ports.clock.now() + queue.settings.lockDuration;
  watchLock(queue, lock);
  return lock.until;
}

function unlock(queue: Queue, lock: Lock): void {
  lock.cancelExpiry();
  queue.locks.delete(lock.token);
  lock.message.lock = undefined;
  lock.message.inFlight = false;
}

/** The holder's answer to a delivery. @throws BrokerError `lock-lost`, `session-lock-lost`. */
export function settle(queue: Queue, token: string, outcome: Outcome): void {
  const lock = findLock(queue, token);
  const { message } = lock;
  if (outcome.kind === 'dead-letter' && queue.deadLetters === undefined) {
    throw new BrokerError('not-allowed', `${queue.name} is a dead-letter queue already: complete the message instead.`);
  }
  unlock(queue, lock);
  switch (outcome.kind) {
    case 'complete':
      return remove(queue, message);
    case 'release':
      return putBack(queue, message);
    case 'abandon':
      return returnFailed(queue, message, outcome.properties);
    case 'defer':
      message.phase = 'deferred';
      return putBack(queue, message, outcome.properties);
    case 'dead-letter':
      return deadLetter(queue, message, outcome.properties);
  }
}

/** Ends a lock the way its expiry would. */
export function breakLock(queue: Queue, lock: Lock, isFailure: boolean): void {
  unlock(queue, lock);
  if (isFailure) returnFailed(queue, lock.message);
  else putBack(queue, lock.message);
}

function returnFailed(queue: Queue, message: Message, properties: AddedProperties = {}): void {
  message.deliveryCount += 1;
  if (message.deliveryCount < queue.settings.maxDeliveryCount) return putBack(queue, message, properties);
  const description = `Message could not be consumed after ${message.deliveryCount} delivery attempts.`;
  deadLetter(queue, message, { ...properties, ...deadLetterProperties('MaxDeliveryCountExceeded', description) });
}

function putBack(queue: Queue, message: Message, properties: AddedProperties = {}): void {
  message.inFlight = false;
  message.properties = { ...message.properties, ...properties };
  if (message.expiresAt <= queue.ports.clock.now()) return expire(queue, message);
  queue.ports.log.update(queue.name, message);
  offer(queue, message);
}

function expire(queue: Queue, message: Message): void {
  if (!queue.settings.deadLetterExpired) return remove(queue, message);
  deadLetter(queue, message, deadLetterProperties('TTLExpiredException', 'The message expired and was dead lettered.'));
}

function remove(queue: Queue, message: Message): void {
  message.cancelExpiry();
  queue.messages.delete(message.sequenceNumber);
  queue.ports.log.remove(queue.name, message.sequenceNumber);
}

/** Moves the message with its number and its delivery count; it does not expire any more. */
function deadLetter(queue: Queue, message: Message, properties: AddedProperties): void {
  const target = queue.deadLetters;
  if (target === undefined) throw new Error(`${queue.name} has no dead-letter queue.`);
  message.cancelExpiry();
  queue.messages.delete(message.sequenceNumber);
  queue.ports.log.move(queue.name, message.sequenceNumber, target.name);
  const moved = register(target, {
    ...message,
    phase: 'active',
    inFlight: false,
    expiresAt: Infinity,
    properties: { ...message.properties, ...properties },
  });
  queue.ports.log.update(target.name, moved);
  offer(target, moved);
}

/** At most `count` messages from a number on, received or not. */
export function peek(queue: Queue, from: number, count: number, sessionId?: string): Delivery[] {
  const { log } = queue.ports;
  return log.page(queue.name, from, count, sessionId).map((message) => ({
    message,
    content: log.content(queue.name, message.sequenceNumber),
    lock: undefined,
  }));
}
