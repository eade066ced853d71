/**
 * Queues, topics and subscriptions by name, and the ways messages take between them.
 *
 * 1. Nothing is written of a `send` or `schedule` that is refused.
 * 2. What `send` accepted is on disk once `committed()` resolves, in every queue it belongs to or in none.
 */
import type { Clock } from '../../../host/clock.ts';
import { BrokerError } from '../broker-error.ts';
import type { Entities, QueueConfig, SubscriptionConfig, TopicConfig } from '../entities-config.ts';
import { checkSize, type Envelope, type NewMessage } from '../message.ts';
import { openMessageLog } from './message-log.ts';
import { createQueue, type Queue, type QueuePorts } from './queue-state.ts';
import { enqueue, restoreQueue } from './queue.ts';
import { createSchedule, type Schedule } from './schedule.ts';
import { createStoppableClock } from './stoppable-clock.ts';
import { openSubscriptionRules, type SubscriptionRules } from './subscription.ts';

export interface BrokerOptions {
  readonly databaseFile: string;
  readonly entities: Entities;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Bytes. */
  readonly maxMessageSize: number;
  readonly readEnvelope: (content: Uint8Array) => Envelope;
}

interface Destination {
  readonly queue: Queue;
  readonly forwardTo: string | undefined;
}

export interface Subscription extends Destination {
  readonly rules: SubscriptionRules;
}

/** What messages can be sent to. */
interface Entity {
  readonly name: string;
  readonly duplicateWindow: number | undefined;
  readonly requiresSession: boolean;
  readonly nextSequenceNumber: () => number;
  readonly deliver: (message: NewMessage, origin: number | undefined) => void;
}

export interface Broker {
  /** @throws BrokerError `entity-not-found`, `not-allowed`, `message-too-large`. */
  send(entity: string, messages: readonly NewMessage[]): void;
  /** @returns a sequence number for each message, to cancel it. */
  schedule(entity: string, messages: readonly NewMessage[]): number[];
  cancelScheduled(entity: string, sequenceNumbers: readonly number[]): void;
  /** @throws BrokerError `entity-not-found` when nothing of this name can be sent to. */
  requireEntity(name: string): void;
  /** A queue, `topic/subscriptions/name`, or the `/$deadletterqueue` of either. @throws BrokerError `entity-not-found`. */
  queue(path: string): Queue;
  /** @throws BrokerError `entity-not-found`. */
  subscription(path: string): Subscription;
  queues(): Iterable<Queue>;
  /** Calls back when a queue has something new to receive. */
  onChange(listener: (queue: Queue) => void): void;
  committed(): Promise<void>;
  close(): void;
}

const notFound = (path: string) =>
  new BrokerError('entity-not-found', `The messaging entity '${path}' could not be found.`);

const milliseconds = (value: number | undefined) => (value === undefined ? Infinity : value * 1000);

const settingsOf = (config: QueueConfig | SubscriptionConfig, defaultTimeToLive: number) => ({
  lockDuration: milliseconds(config.lockDurationSeconds),
  maxDeliveryCount: config.maxDeliveryCount,
  defaultTimeToLive,
  deadLetterExpired: config.deadLetteringOnMessageExpiration,
  requiresSession: config.requiresSession,
});

const subscriptionPath = (topic: string, name: string) => `${topic}/subscriptions/${name}`.toLowerCase();

interface World {
  readonly ports: QueuePorts;
  readonly maxMessageSize: number;
  readonly entities: Map<string, Entity>;
  readonly queues: Map<string, Queue>;
  readonly subscriptions: Map<string, Subscription>;
}

/** Opens the file and brings everything to where it was when the last commit ended. */
export function openBroker(options: BrokerOptions): Broker {
  const { databaseFile, entities, newId, maxMessageSize, readEnvelope } = options;
  const clock = createStoppableClock(options.clock);
  const log = openMessageLog(databaseFile);
  const listeners: ((queue: Queue) => void)[] = [];
  const changed = (queue: Queue) => listeners.forEach((listener) => listener(queue));
  const world: World = {
    ports: { log, clock, newId, changed },
    maxMessageSize,
    entities: new Map(),
    queues: new Map(),
    subscriptions: new Map(),
  };
  const schedule = createSchedule({
    log,
    clock,
    release: (name, content) => publish(world, name, { envelope: readEnvelope(content), content }),
  });
  for (const queue of entities.queues) declareQueue(world, queue);
  for (const topic of entities.topics) declareTopic(world, topic);
  for (const queue of world.queues.values()) if (queue.deadLetters !== undefined) restoreQueue(queue);
  for (const name of world.entities.keys()) schedule.restore(name);

  return {
    ...senders(world, schedule),
    ...lookups(world),
    onChange: (listener) => void listeners.push(listener),
    committed: () => log.committed(),
    close() {
      clock.stop();
      log.close();
    },
  };
}

function declareQueue(world: World, config: QueueConfig): void {
  const name = config.name.toLowerCase();
  const queue = addQueue(world, name, config, milliseconds(config.defaultTtlSeconds));
  world.entities.set(name, {
    name,
    duplicateWindow: duplicateWindow(config),
    requiresSession: config.requiresSession,
    nextSequenceNumber: queue.nextSequenceNumber,
    deliver: (message, origin) => pass(world, { queue, forwardTo: config.forwardTo }, message, origin),
  });
}

function declareTopic(world: World, config: TopicConfig): void {
  const name = config.name.toLowerCase();
  const subscriptions = config.subscriptions.map((part): Subscription => {
    const path = subscriptionPath(name, part.name);
    const timeToLive = Math.min(milliseconds(config.defaultTtlSeconds), milliseconds(part.defaultTtlSeconds));
    const queue = addQueue(world, path, part, timeToLive);
    const rules = openSubscriptionRules(world.ports.log, path, part.rules);
    const subscription = { queue, forwardTo: part.forwardTo, rules };
    world.subscriptions.set(path, subscription);
    return subscription;
  });
  const nextSequenceNumber = world.ports.log.sequence(name);
  world.entities.set(name, {
    name,
    duplicateWindow: duplicateWindow(config),
    requiresSession: false,
    nextSequenceNumber,
    deliver(message, origin = nextSequenceNumber()) {
      for (const subscription of subscriptions) {
        if (subscription.rules.isMatch(message.envelope)) pass(world, subscription, message, origin);
      }
    },
  });
}

function addQueue(world: World, name: string, config: QueueConfig | SubscriptionConfig, timeToLive: number): Queue {
  const queue = createQueue(name, settingsOf(config, timeToLive), world.ports);
  world.queues.set(name, queue);
  if (queue.deadLetters !== undefined) world.queues.set(queue.deadLetters.name, queue.deadLetters);
  return queue;
}

const duplicateWindow = (config: QueueConfig | TopicConfig) =>
  config.requiresDuplicateDetection ? milliseconds(config.duplicateDetectionWindowSeconds) : undefined;

function pass(world: World, { queue, forwardTo }: Destination, message: NewMessage, origin: number | undefined): void {
  if (forwardTo === undefined) return enqueue(queue, message, origin);
  const target = findEntity(world, forwardTo);
  if (isFirst(world, target, message)) target.deliver(message, origin ?? queue.nextSequenceNumber());
}

const publish = (world: World, name: string, message: NewMessage) =>
  findEntity(world, name).deliver(message, undefined);

function findEntity(world: World, name: string): Entity {
  const entity = world.entities.get(name.toLowerCase());
  if (entity === undefined) throw notFound(name);
  return entity;
}

/** A duplicate is accepted and dropped, as the service does. */
function isFirst({ ports }: World, { name, duplicateWindow }: Entity, { envelope }: NewMessage): boolean {
  if (duplicateWindow === undefined) return true;
  const now = ports.clock.now();
  return ports.log.isFirst(name, envelope.messageId, now - duplicateWindow, now);
}

function admit(world: World, name: string, messages: readonly NewMessage[]): Entity {
  const entity = findEntity(world, name);
  for (const { content } of messages) checkSize(content.length, world.maxMessageSize);
  if (entity.requiresSession && messages.some(({ envelope }) => envelope.sessionId === undefined)) {
    throw new BrokerError('not-allowed', `${name} requires sessions: set the sessionId of every message.`);
  }
  return entity;
}

const senders = (world: World, schedule: Schedule): Pick<Broker, 'send' | 'schedule' | 'cancelScheduled'> => ({
  send(name, messages) {
    const entity = admit(world, name, messages);
    const now = world.ports.clock.now();
    for (const message of messages) {
      if (!isFirst(world, entity, message)) continue;
      const isLater = (message.envelope.scheduledFor ?? now) > now;
      if (isLater) schedule.add(entity.name, entity.nextSequenceNumber(), message);
      else entity.deliver(message, undefined);
    }
  },
  schedule(name, messages) {
    const entity = admit(world, name, messages);
    return messages.map((message) => {
      const sequenceNumber = entity.nextSequenceNumber();
      if (isFirst(world, entity, message)) schedule.add(entity.name, sequenceNumber, message);
      return sequenceNumber;
    });
  },
  cancelScheduled: (name, sequenceNumbers) => schedule.cancel(findEntity(world, name).name, sequenceNumbers),
});

const lookups = (world: World): Pick<Broker, 'requireEntity' | 'queue' | 'subscription' | 'queues'> => ({
  requireEntity: (name) => void findEntity(world, name),
  queue(path) {
    const queue = world.queues.get(path.toLowerCase());
    if (queue === undefined) throw notFound(path);
    return queue;
  },
  subscription(path) {
    const subscription = world.subscriptions.get(path.toLowerCase());
    if (subscription === undefined) throw notFound(path);
    return subscription;
  },
  queues: () => world.queues.values(),
});
