import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseEntities } from '../../../src/emulators/service-bus/entities-config.ts';
import type { Envelope, NewMessage } from '../../../src/emulators/service-bus/message.ts';
import { openBroker } from '../../../src/emulators/service-bus/store/broker.ts';
import { peek, settle, take, type Delivery, type Outcome } from '../../../src/emulators/service-bus/store/queue.ts';
import { createSequenceHeap } from '../../../src/emulators/service-bus/store/sequence-heap.ts';
import { releaseHolder } from '../../../src/emulators/service-bus/store/session-lock.ts';
import { temporaryFile } from './fixture.ts';
import { createVirtualClock } from './virtual-clock.ts';

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

const readEnvelope = (content: Uint8Array) => envelope(Buffer.from(content).toString());

interface Held {
  readonly id: string;
  readonly delivery: Delivery;
  readonly holder: object;
  readonly until: number;
}

/** A queue with a record of all that was done to it; `problems` says where the two disagree. */
function createRun(databaseFile: string) {
  const clock = createVirtualClock();
  const holders = [{}, {}, {}];
  const accepted = new Set<string>();
  const completed = new Set<string>();
  const counts = new Map<string, number>();
  const problems: string[] = [];
  let held: Held[] = [];
  let ids = 0;
  const newId = () => `id-${(ids += 1)}`;
  const open = () => openBroker({ databaseFile, entities, clock, newId, maxMessageSize: 1000, readEnvelope });
  let broker = open();
  const demand = (isKept: boolean, invariant: string) => void (isKept || problems.push(invariant));
  const isLive = ({ until }: Held) => until > clock.now();

  return {
    clock,
    problems,
    open,
    broker: () => broker,
    send(count: number) {
      const sent = Array.from({ length: count }, newId);
      broker.send('q', sent.map(message));
      sent.forEach((id) => accepted.add(id));
    },
    take(index: number): number | undefined {
      const holder = holders[index]!;
      const delivery = take(broker.queue('q'), holder, 'peek-lock');
      if (delivery === undefined) return undefined;
      const { messageId: id, deliveryCount, sequenceNumber } = delivery.message;
      demand(!held.some((item) => item.id === id && isLive(item)), `${id} has two holders`);
      demand(!completed.has(id), `${id} came back after it was completed`);
      demand(deliveryCount >= (counts.get(id) ?? 0), `the count of ${id} went down`);
      demand(deliveryCount < maxDeliveryCount, `${id} was delivered too often`);
      counts.set(id, deliveryCount);
      held.push({ id, delivery, holder, until: delivery.lock?.until ?? 0 });
      return sequenceNumber;
    },
    settle(index: number, kind: Outcome['kind']) {
      const item = held[index % Math.max(1, held.length)];
      if (item === undefined) return;
      held = held.filter((other) => other !== item);
      try {
        settle(broker.queue('q'), item.delivery.lock?.token ?? '', { kind, properties: {} });
        demand(isLive(item), `${item.id} was settled without a lock`);
        if (kind === 'complete') completed.add(item.id);
      } catch (error) {
        demand(!isLive(item), `${item.id} could not be settled: ${String(error)}`);
      }
    },
    drop(index: number) {
      releaseHolder(broker.queue('q'), holders[index]!);
      held = held.filter((item) => item.holder !== holders[index]);
    },
    restart() {
      broker.close();
      broker = open();
      held = [];
    },
    /** Everything accepted is in the queue, among the dead letters, or completed: once. */
    check() {
      const found = ['q', 'q/$deadletterqueue'].flatMap((path) => peek(broker.queue(path), 0, 10_000));
      const all = [...found.map((item) => item.message.messageId), ...completed].sort();
      demand(all.join(',') === [...accepted].sort().join(','), 'messages were lost or doubled');
    },
  };
}

type Run = ReturnType<typeof createRun>;

const holder = fc.nat({ max: 2 });
const command = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 4 }).map((count) => (run: Run) => run.send(count)) },
  { weight: 6, arbitrary: holder.map((index) => (run: Run) => void run.take(index)) },
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
        const run = createRun(`${file}-${(round += 1)}`);
        for (const step of commands) {
          step(run);
          run.check();
        }
        run.broker().close();
        expect(run.problems).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('writes all sends of one turn in one transaction, each of them durable when told so', async () => {
    const file = await temporaryFile();
    const run = createRun(file);
    onTestFinished(() => run.broker().close());
    run.send(2);
    const first = run.broker().committed();
    run.send(1);
    expect(run.broker().committed()).toBe(first);
    await first;
    run.restart();
    run.check();
    expect(run.problems).toEqual([]);
  });

  it('keeps its numbers going up over restarts, also when the queue was empty', async () => {
    const run = createRun(await temporaryFile());
    onTestFinished(() => run.broker().close());
    run.send(3);
    for (let index = 0; index < 3; index += 1) {
      run.take(0);
      run.settle(0, 'complete');
    }
    run.restart();
    run.send(1);
    expect(run.take(0)).toBe(4);
  });

  it('refuses a file that another broker holds', async () => {
    const run = createRun(await temporaryFile());
    onTestFinished(() => run.broker().close());
    run.send(1);
    await run.broker().committed();
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
