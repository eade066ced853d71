/**
 * Invariants of a queue (a queue, a subscription, or the dead-letter queue of either):
 * 1. A message is in exactly one place: in a backlog, under one lock, or deferred. Nothing with a live lock is in a backlog.
 * 2. Every change is written to the log in the turn that makes it; who tells anybody of it waits for `committed()`.
 * 3. Locks live in memory alone. `inFlight` on disk says that there was one, so that a crash counts as a failed delivery.
 * 4. A delivery count only grows, and a sequence number is never given twice.
 */
import type { Clock } from '../../../host/clock.ts';
import type { MessageLog, StoredMessage } from './message-log.ts';
import { createSequenceHeap, type SequenceHeap } from './sequence-heap.ts';

/** Who holds locks; they are released together when it goes away. Compared by identity. */
export type Holder = object;

export interface QueueSettings {
  /** Milliseconds. */
  readonly lockDuration: number;
  /** Failed deliveries after which a message is dead-lettered. */
  readonly maxDeliveryCount: number;
  /** Milliseconds; Infinity: none. */
  readonly defaultTimeToLive: number;
  /** false: expired messages are dropped. */
  readonly deadLetterExpired: boolean;
  readonly requiresSession: boolean;
}

export interface QueuePorts {
  readonly log: MessageLog;
  readonly clock: Clock;
  /** A random UUID. */
  readonly newId: () => string;
  /** Told whenever a message can be received or a session be locked that could not before. */
  readonly changed: (queue: Queue) => void;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface Message extends Mutable<StoredMessage> {
  lock: Lock | undefined;
  cancelExpiry: () => void;
}

export interface Lock {
  readonly token: string;
  readonly message: Message;
  readonly holder: Holder;
  /** The message is locked as long as its session is. */
  readonly session: SessionLock | undefined;
  until: number;
  cancelExpiry: () => void;
}

export interface SessionLock {
  readonly sessionId: string;
  readonly holder: Holder;
  readonly lost: () => void;
  until: number;
  cancelExpiry: () => void;
}

export interface Session {
  readonly id: string;
  readonly backlog: SequenceHeap;
  lock: SessionLock | undefined;
}

export interface Queue {
  /** Also the name under which the log keeps its messages. */
  readonly name: string;
  readonly settings: QueueSettings;
  readonly ports: QueuePorts;
  readonly nextSequenceNumber: () => number;
  /** Undefined for a dead-letter queue, where messages stay until they are received. */
  readonly deadLetters: Queue | undefined;
  readonly messages: Map<number, Message>;
  readonly locks: Map<string, Lock>;
  /** Sequence numbers ready to be received; may name messages that are gone. Unused with sessions. */
  readonly backlog: SequenceHeap;
  readonly sessions: Map<string, Session>;
}

export const deadLetterSuffix = '/$deadletterqueue';

const deadLetterSettings = (settings: QueueSettings): QueueSettings => ({
  lockDuration: settings.lockDuration,
  maxDeliveryCount: Infinity,
  defaultTimeToLive: Infinity,
  deadLetterExpired: false,
  requiresSession: false,
});

/** An empty queue with its dead-letter queue. `restoreQueue` fills it from the log. */
export function createQueue(name: string, settings: QueueSettings, ports: QueuePorts): Queue {
  const nextSequenceNumber = ports.log.sequence(name);
  const build = (part: Pick<Queue, 'name' | 'settings' | 'deadLetters'>): Queue => ({
    ...part,
    ports,
    nextSequenceNumber,
    messages: new Map(),
    locks: new Map(),
    backlog: createSequenceHeap(),
    sessions: new Map(),
  });
  const deadLetters = build({
    name: `${name}${deadLetterSuffix}`,
    settings: deadLetterSettings(settings),
    deadLetters: undefined,
  });
  return build({ name, settings, deadLetters });
}

export function sessionOf(queue: Queue, id: string): Session {
  const session = queue.sessions.get(id) ?? { id, backlog: createSequenceHeap(), lock: undefined };
  queue.sessions.set(id, session);
  return session;
}

/** Forgets a session nobody holds and that has nothing to receive; its state stays in the log. */
export function forgetIdleSession(queue: Queue, session: Session): void {
  if (session.lock === undefined && session.backlog.size === 0) queue.sessions.delete(session.id);
}
