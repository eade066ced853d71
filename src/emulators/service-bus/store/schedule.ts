import type { Clock } from '../../../host/clock.ts';
import { BrokerError } from '../broker-error.ts';
import type { NewMessage } from '../message.ts';
import type { MessageLog } from './message-log.ts';

export interface SchedulePorts {
  readonly log: MessageLog;
  readonly clock: Clock;
  /** Sends the content as if it had just arrived; it gets a new sequence number. */
  readonly release: (entity: string, content: Uint8Array) => void;
}

export interface Schedule {
  add(entity: string, sequenceNumber: number, message: NewMessage): void;
  /** All or none. @throws BrokerError `message-not-found` when one of them is not waiting any more. */
  cancel(entity: string, sequenceNumbers: readonly number[]): void;
  /** Waits anew for what the log has of this entity. */
  restore(entity: string): void;
}

const key = (entity: string, sequenceNumber: number) => `${sequenceNumber}:${entity}`;

/** Messages that wait at the queue or topic they were sent to, invisible to receivers until their time. */
export function createSchedule({ log, clock, release }: SchedulePorts): Schedule {
  const waiting = new Map<string, () => void>();

  const wait = (entity: string, sequenceNumber: number, due: number) => {
    const fire = () => {
      waiting.delete(key(entity, sequenceNumber));
      const content = log.content(entity, sequenceNumber);
      log.remove(entity, sequenceNumber);
      release(entity, content);
    };
    waiting.set(key(entity, sequenceNumber), clock.at(due, fire));
  };

  return {
    add(entity, sequenceNumber, { envelope, content }) {
      const { messageId, sessionId, scheduledFor = clock.now() } = envelope;
      const stored = { sequenceNumber, messageId, sessionId, scheduledFor, phase: 'scheduled' } as const;
      const idle = { enqueuedSequenceNumber: undefined, expiresAt: Infinity, inFlight: false, deliveryCount: 0 };
      log.insert(entity, { ...stored, ...idle, enqueuedAt: clock.now(), properties: {} }, content);
      wait(entity, sequenceNumber, scheduledFor);
    },
    cancel(entity, sequenceNumbers) {
      const missing = sequenceNumbers.find((sequenceNumber) => !waiting.has(key(entity, sequenceNumber)));
      if (missing !== undefined) {
        throw new BrokerError(
          'message-not-found',
          `No scheduled message of ${entity} has the sequence number ${missing}.`,
        );
      }
      for (const sequenceNumber of sequenceNumbers) {
        waiting.get(key(entity, sequenceNumber))?.();
        waiting.delete(key(entity, sequenceNumber));
        log.remove(entity, sequenceNumber);
      }
    },
    restore(entity) {
      for (const { phase, scheduledFor, sequenceNumber } of log.messages(entity)) {
        if (phase === 'scheduled' && scheduledFor !== undefined) wait(entity, sequenceNumber, scheduledFor);
      }
    },
  };
}
