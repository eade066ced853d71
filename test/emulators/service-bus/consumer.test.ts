import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceBusReceiver } from '@azure/service-bus';
import { describe, expect, it } from 'vitest';
import { bodies, connect, receive, receiveOne, start } from './fixture.ts';

const entities = { queues: [{ name: 'orders' }] };

/** Subscribes until `count` messages were processed. */
async function process(
  receivers: readonly ServiceBusReceiver[],
  count: number,
  work: (body: number, receiver: number) => Promise<void>,
  maxConcurrentCalls = 1,
): Promise<void> {
  let processed = 0;
  const done = Promise.withResolvers<void>();
  const subscriptions = receivers.map((receiver, index) =>
    receiver.subscribe(
      {
        async processMessage({ body }) {
          await work(body as number, index);
          processed += 1;
          if (processed >= count) done.resolve();
        },
        processError: async ({ error, errorSource }) => {
          if (errorSource !== 'processMessageCallback') done.reject(error);
        },
      },
      { maxConcurrentCalls },
    ),
  );
  await done.promise;
  for (const subscription of subscriptions) await subscription.close();
}

describe('consumers', () => {
  it('that compete get each message once, and all of them some', async () => {
    const { client, emulator } = await start(entities);
    const numbers = [...Array(300).keys()];
    await client.createSender('orders').sendMessages(numbers.map((body) => ({ body })));
    const receivers = [1, 2, 3].map(() => connect(emulator.connectionString).createReceiver('orders'));
    const seen: number[] = [];
    const share = [0, 0, 0];
    await process(
      receivers,
      numbers.length,
      async (body, index) => {
        seen.push(body);
        share[index]! += 1;
      },
      10,
    );
    expect(seen.sort((a, b) => a - b)).toEqual(numbers);
    expect(Math.min(...share)).toBeGreaterThan(0);
  });

  it('get no more at a time than they asked for', async () => {
    const { client } = await start(entities);
    await client.createSender('orders').sendMessages([...Array(20).keys()].map((body) => ({ body })));
    let running = 0;
    let most = 0;
    const work = async () => {
      running += 1;
      most = Math.max(most, running);
      await delay(20);
      running -= 1;
    };
    await process([client.createReceiver('orders')], 20, work, 4);
    expect(most).toBe(4);
  });

  it('that throw get the message again', async () => {
    const { client } = await start(entities);
    await client.createSender('orders').sendMessages({ body: 1 });
    let attempts = 0;
    await process([client.createReceiver('orders')], 1, async () => {
      attempts += 1;
      if (attempts < 3) throw new Error('not yet');
    });
    expect(attempts).toBe(3);
  });

  it('get what there is when their time is over, and leave the rest to others', async () => {
    const { client } = await start(entities);
    const sender = client.createSender('orders');
    const receiver = client.createReceiver('orders');
    await sender.sendMessages([{ body: 1 }, { body: 2 }]);
    expect(bodies(await receiver.receiveMessages(10, { maxWaitTimeInMs: 300 }))).toEqual([1, 2]);
    expect(await receiver.receiveMessages(10, { maxWaitTimeInMs: 100 })).toEqual([]);
    // The first receiver's credit is drained: this message must not go to it.
    await sender.sendMessages({ body: 3 });
    expect(await receiveOne(client.createReceiver('orders'))).toMatchObject({ body: 3 });
    await sender.sendMessages({ body: 4 });
    expect(await receiveOne(receiver)).toMatchObject({ body: 4 });
  });

  it('get exactly as many as they ask for, again and again', async () => {
    const { client } = await start(entities);
    await client.createSender('orders').sendMessages([...Array(50).keys()].map((body) => ({ body })));
    const receiver = client.createReceiver('orders');
    const seen: unknown[] = [];
    while (seen.length < 50) {
      const messages = await receiver.receiveMessages(7, { maxWaitTimeInMs: 500 });
      expect(messages.length).toBeLessThanOrEqual(7);
      seen.push(...bodies(messages));
      await Promise.all(messages.map((message) => receiver.completeMessage(message)));
    }
    expect(seen).toEqual([...Array(50).keys()]);
  });

  it('can answer for a closed receiver with the lock token', async () => {
    const { client } = await start(entities);
    await client.createSender('orders').sendMessages([{ body: 1 }, { body: 2 }]);
    const receiver = client.createReceiver('orders');
    const [first, second] = await receive(receiver, 2);
    const other = client.createReceiver('orders');
    await receiver.close();
    await other.completeMessage(first!);
    await other.abandonMessage(second!, { changed: true });
    expect(await receiveOne(other)).toMatchObject({
      body: 2,
      deliveryCount: 1,
      applicationProperties: { changed: true },
    });
  });

  it('that go away free their messages for others', async () => {
    const { client, emulator } = await start(entities);
    await client.createSender('orders').sendMessages({ body: 1 });
    const dying = connect(emulator.connectionString);
    await receiveOne(dying.createReceiver('orders'));
    await dying.close();
    expect(await receiveOne(client.createReceiver('orders'))).toMatchObject({ body: 1, deliveryCount: 1 });
  });

  it('can hold thousands of messages at once', async () => {
    const { client } = await start(entities);
    const numbers = [...Array(3000).keys()];
    const sender = client.createSender('orders');
    await sender.sendMessages(numbers.map((body) => ({ body })));
    const receiver = client.createReceiver('orders', { receiveMode: 'receiveAndDelete' });
    expect(bodies(await receive(receiver, 3000))).toEqual(numbers);
  });
});
