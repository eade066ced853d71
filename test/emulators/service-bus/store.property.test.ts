import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Clock } from '../../../src/host/clock.ts';
import { parseEntities } from '../../../src/emulators/service-bus/entities-config.ts';
import type { Envelope, NewMessage } from '../../../src/emulators/service-bus/message.ts';
import { openBroker, type Broker } from '../../../src/emulators/service-bus/store/broker.ts';
import { peek, settle, take, type Delivery, type Outcome } from '../../../src/emulators/service-bus/store/queue.ts';
import { createSequenceHeap } from '../../../src/emulators/service-bus/store/sequence-heap.ts';
import { releaseHolder } from '../../../src/emulators/service-bus/store/session-lock.ts';
import { temporaryFile } from './fixture.ts';

interface VirtualClock extends Clock {
  advance(milliseconds: number): void;
}

function createVirtualClock(): VirtualClock {
  let now = 1_000_000;
  const timers = new Set<{ at: number; fire: () => void }>();
  return {
    now: () => now,
    at(at, fire) {
      const timer = { at, fire };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(milliseconds) {
      now += milliseconds;
      for (const timer of [...timers].sort((a, b) => a.at - b.at)) {
        if (timer.at > now || !timers.delete(timer)) continue;
        timer.fire();
      }
    },
  };
}

const envelope = (messageId: string): Envelope => ({
  messageId,
  correlationId: undefined,
  to: undefined,
  replyTo: undefined,
  subject: undefined,
  sessionId: undefined,
  replyToSessionId: undefined,
  contentType: undefined,
  applicationProperties: {},
  timeToLive: Infinity,
  scheduledFor: undefined,
});

const message = (id: string): NewMessage => ({ envelope: envelope(id), content: Buffer.from(id) });

const lockDurationSeconds = 10;
const maxDeliveryCount = 4;
const entities = parseEntities({ queues: [{ name: 'q', lockDurationSeconds, maxDeliveryCount }] });

/** What a test does to a queue, and what it has seen of it. */
class Run {
  readonly clock = createVirtualClock();
  readonly holders = [{}, {}, {}];
  readonly accepted = new Set<string>();
  readonly completed = new Set<string>();
  readonly counts = new Map<string, number>();
  held: { id: string; delivery: Delivery; holder: object; until: number }[] = [];
  broker: Broker;
  readonly file: string;
  #ids = 0;

  constructor(file: string) {
    this.file = file;
    this.broker = this.open();
  }

  open(): Broker {
    const newId = () => `lock-${(this.#ids += 1)}`;
    const readEnvelope = (content: Uint8Array) => envelope(Buffer.from(content).toString());
    return openBroker({
      databaseFile: this.file,
      entities,
      clock: this.clock,
      newId,
      maxMessageSize: 1000,
      readEnvelope,
    });
  }

  get queue() {
    return this.broker.queue('q');
  }

  send(count: number): void {
    const ids = Array.from({ length: count }, () => `m-${this.accepted.size}-${(this.#ids += 1)}`);
    this.broker.send('q', ids.map(message));
    ids.forEach((id) => this.accepted.add(id));
  }

  take(index: number): void {
    const holder = this.holders[index]!;
    const delivery = take(this.queue, holder, 'peek-lock');
    if (delivery === undefined) return;
    const { messageId: id, deliveryCount } = delivery.message;
    const live = this.held.filter(({ until }) => until > this.clock.now());
    expect(live.map((item) => item.id)).not.toContain(id);
    expect(this.completed).not.toContain(id);
    expect(deliveryCount).toBeGreaterThanOrEqual(this.counts.get(id) ?? 0);
    expect(deliveryCount).toBeLessThan(maxDeliveryCount);
    this.counts.set(id, deliveryCount);
    this.held.push({ id, delivery, holder, until: delivery.lock?.until ?? 0 });
  }

  settle(index: number, kind: Outcome['kind']): void {
    const item = this.held[index % Math.max(1, this.held.length)];
    if (item === undefined) return;
    this.held = this.held.filter((other) => other !== item);
    const answer = () => settle(this.queue, item.delivery.lock?.token ?? '', { kind, properties: {} });
    if (item.until <= this.clock.now()) expect(answer).toThrow(/lock supplied is invalid/u);
    else {
      answer();
      if (kind === 'complete') this.completed.add(item.id);
    }
  }

  drop(index: number): void {
    const holder = this.holders[index]!;
    releaseHolder(this.queue, holder);
    this.held = this.held.filter((item) => item.holder !== holder);
  }

  restart(): void {
    this.broker.close();
    this.broker = this.open();
    this.held = [];
  }

  /** Everything accepted is in the queue, among the dead letters, or completed: once. */
  check(): void {
    const ids = ['q', 'q/$deadletterqueue'].flatMap((path) =>
      peek(this.broker.queue(path), 0, 10_000).map(({ message: { messageId } }) => messageId),
    );
    expect([...ids, ...this.completed].sort()).toEqual([...this.accepted].sort());
  }
}

const holder = fc.nat({ max: 2 });
const command = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 4 }).map((count) => (run: Run) => run.send(count)) },
  { weight: 6, arbitrary: holder.map((index) => (run: Run) => run.take(index)) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.nat({ max: 20 }), fc.constantFrom('complete', 'abandon', 'release', 'defer', 'dead-letter'))
      .map(
        ([index, kind]) =>
          (run: Run) =>
            run.settle(index, kind),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 12 }).map((seconds) => (run: Run) => run.clock.advance(seconds * 1000)),
  },
  { weight: 1, arbitrary: holder.map((index) => (run: Run) => run.drop(index)) },
  { weight: 1, arbitrary: fc.constant((run: Run) => run.restart()) },
);

describe('the message store', () => {
  it('loses nothing, delivers to one holder at a time, never lowers a count and never brings back what was completed', async () => {
    const file = await temporaryFile();
    let round = 0;
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        const run = new Run(`${file}-${(round += 1)}`);
        try {
          for (const step of commands) {
            step(run);
            run.check();
          }
        } finally {
          run.broker.close();
        }
      }),
      { numRuns: 100 },
    );
  });

  it('writes all sends of one turn in one transaction, each of them durable when told so', async () => {
    const file = await temporaryFile();
    const run = new Run(file);
    onTestFinished(() => run.broker.close());
    run.send(2);
    const first = run.broker.committed();
    run.send(1);
    expect(run.broker.committed()).toBe(first);
    await first;
    run.restart();
    run.check();
  });

  it('keeps its numbers going up over restarts, also when the queue was empty', async () => {
    const run = new Run(await temporaryFile());
    onTestFinished(() => run.broker.close());
    run.send(3);
    for (let index = 0; index < 3; index += 1) {
      run.take(0);
      run.settle(0, 'complete');
    }
    run.restart();
    run.send(1);
    expect(take(run.queue, run.holders[0]!, 'peek-lock')?.message.sequenceNumber).toBe(4);
  });

  it('refuses a file that another broker holds', async () => {
    const run = new Run(await temporaryFile());
    onTestFinished(() => run.broker.close());
    run.send(1);
    await run.broker.committed();
    expect(() => run.open()).toThrow(/locked/u);
  });
});

describe('the heap of sequence numbers', () => {
  it('gives numbers back in order, whatever order they came in', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), (numbers) => {
        const heap = createSequenceHeap();
        numbers.forEach((number) => heap.push(number));
        expect(numbers.map(() => heap.pop())).toEqual(numbers.toSorted((a, b) => a - b));
        expect(heap.size).toBe(0);
      }),
    );
  });
});
