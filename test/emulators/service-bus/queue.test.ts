import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { bodies, connect, receive, receiveNothing, receiveOne, start, startVirtual } from './fixture.ts';

const manual = { maxAutoLockRenewalDurationInMs: 0 };

describe('a queue', () => {
  it('gives back all a message was sent with', async () => {
    const { client } = await start({ queues: [{ name: 'orders' }] });
    const sent = {
      body: { amount: 12.5, lines: [1, 2], note: 'ä€' },
      messageId: 'm-1',
      correlationId: 'c-1',
      subject: 'order',
      contentType: 'application/json',
      to: 'a',
      replyTo: 'b',
      replyToSessionId: 's',
      partitionKey: 'p',
      applicationProperties: { text: 'x', count: -3, ratio: 0.5, yes: true, none: null, at: new Date(5) },
    };
    await client.createSender('orders').sendMessages(sent);
    const message = await receiveOne(client.createReceiver('orders'));
    expect(message).toMatchObject({ ...sent, applicationProperties: { ...sent.applicationProperties, at: 5 } });
    expect(message).toMatchObject({ deliveryCount: 0, state: 'active' });
    expect(message.sequenceNumber?.toNumber()).toBe(1);
    expect(message.lockToken).toMatch(/^[\da-f-]{36}$/u);
    expect(message.lockedUntilUtc?.getTime()).toBeGreaterThan(message.enqueuedTimeUtc?.getTime() ?? Infinity);
  });

  it('takes batches whole and in order, binary and AMQP bodies too, and gives an id to who has none', async () => {
    const { client } = await start({ queues: [{ name: 'orders' }] });
    const sender = client.createSender('orders');
    const batch = await sender.createMessageBatch();
    expect(batch.maxSizeInBytes).toBe(256 * 1024);
    for (let index = 0; index < 100; index += 1) expect(batch.tryAddMessage({ body: index })).toBe(true);
    await sender.sendMessages(batch);
    await sender.sendMessages({ body: Buffer.from([1, 2]) });
    await sender.sendMessages({ body: ['value'], bodyType: 'value' });
    await sender.sendMessages({ body: [['a'], ['b']], bodyType: 'sequence' });

    const messages = await receive(client.createReceiver('orders'), 103);
    expect(bodies(messages)).toEqual([...Array(100).keys(), Buffer.from([1, 2]), ['value'], [['a'], ['b']]]);
    expect(new Set(messages.map(({ messageId }) => messageId)).size).toBe(103);
  });

  it('delivers again what was abandoned, with the changed properties, and never what was completed', async () => {
    const { client } = await start({ queues: [{ name: 'orders' }] });
    await client.createSender('orders').sendMessages([{ body: 1 }, { body: 2 }]);
    const receiver = client.createReceiver('orders');
    const [first, second] = await receive(receiver, 2);
    await receiver.abandonMessage(first!, { reason: 'later' });
    await receiver.completeMessage(second!);
    const again = await receiveOne(receiver);
    expect(again).toMatchObject({ body: 1, deliveryCount: 1, applicationProperties: { reason: 'later' } });
    await receiver.completeMessage(again);
    expect(await receiveNothing(receiver)).toEqual([]);
  });

  it('delivers again when a lock expires, and refuses the answer of who held it', async () => {
    const { client, clock } = await startVirtual({ queues: [{ name: 'orders', lockDurationSeconds: 30 }] });
    await client.createSender('orders').sendMessages({ body: 1 });
    const [slow, quick] = [client.createReceiver('orders', manual), client.createReceiver('orders', manual)];
    const late = await receiveOne(slow);
    expect(await receiveNothing(quick)).toEqual([]);
    clock.advance(30_000);
    const again = await receiveOne(quick);
    expect(again).toMatchObject({ body: 1, deliveryCount: 1 });
    await expect(slow.completeMessage(late)).rejects.toMatchObject({ code: 'MessageLockLost' });
    await quick.completeMessage(again);
  });

  it('keeps a lock that is renewed', async () => {
    const { client, clock } = await startVirtual({ queues: [{ name: 'orders', lockDurationSeconds: 30 }] });
    await client.createSender('orders').sendMessages({ body: 1 });
    const receiver = client.createReceiver('orders', manual);
    const message = await receiveOne(receiver);
    for (let round = 0; round < 3; round += 1) {
      clock.advance(20_000);
      await receiver.renewMessageLock(message);
      expect(message.lockedUntilUtc?.getTime()).toBe(clock.now() + 30_000);
    }
    await receiver.completeMessage(message);
    await expect(receiver.renewMessageLock(message)).rejects.toMatchObject({ code: 'MessageLockLost' });
  });

  it('lets the SDK renew locks by itself', async () => {
    const { client } = await start({ queues: [{ name: 'orders', lockDurationSeconds: 1 }] });
    await client.createSender('orders').sendMessages({ body: 1 });
    const receiver = client.createReceiver('orders', { maxAutoLockRenewalDurationInMs: 10_000 });
    const message = await receiveOne(receiver);
    await delay(2_000);
    await receiver.completeMessage(message);
    expect(await receiver.peekMessages(1)).toEqual([]);
  });

  it('sets deferred messages aside until they are asked for by number', async () => {
    const { client } = await start({ queues: [{ name: 'orders' }] });
    await client.createSender('orders').sendMessages([{ body: 1 }, { body: 2 }]);
    const receiver = client.createReceiver('orders');
    const messages = await receive(receiver, 2);
    const numbers = messages.map(({ sequenceNumber }) => sequenceNumber!);
    for (const message of messages) await receiver.deferMessage(message, { deferred: true });
    expect(await receiveNothing(receiver)).toEqual([]);

    const [one, two] = await receiver.receiveDeferredMessages(numbers);
    expect(one).toMatchObject({ body: 1, state: 'deferred', applicationProperties: { deferred: true } });
    await receiver.abandonMessage(one!);
    await receiver.deadLetterMessage(two!, { deadLetterReason: 'late', deadLetterErrorDescription: '' });
    const [again] = await receiver.receiveDeferredMessages([numbers[0]!]);
    expect(again).toMatchObject({ body: 1, deliveryCount: 1 });
    await receiver.completeMessage(again!);
    await expect(receiver.receiveDeferredMessages([numbers[0]!])).rejects.toMatchObject({ code: 'MessageNotFound' });
    const dead = await receiveOne(client.createReceiver('orders', { subQueueType: 'deadLetter' }));
    expect(dead).toMatchObject({ body: 2, deadLetterReason: 'late' });
  });

  it('deletes on delivery when asked to', async () => {
    const { client } = await start({ queues: [{ name: 'orders' }] });
    await client.createSender('orders').sendMessages([{ body: 1 }, { body: 2 }]);
    const receiver = client.createReceiver('orders', { receiveMode: 'receiveAndDelete' });
    expect(bodies(await receive(receiver, 2))).toEqual([1, 2]);
    expect(await client.createReceiver('orders').peekMessages(10)).toEqual([]);
  });

  it('shows messages without locking them, page by page, whatever their state', async () => {
    const { client } = await start({ queues: [{ name: 'orders' }] });
    const sender = client.createSender('orders');
    await sender.sendMessages([{ body: 1 }, { body: 2 }]);
    await sender.scheduleMessages({ body: 3 }, new Date(Date.now() + 60_000));
    const receiver = client.createReceiver('orders');
    await receiver.deferMessage(await receiveOne(receiver));
    const page = await receiver.peekMessages(2);
    expect(page.map(({ body, state }): unknown => [body, state])).toEqual([
      [1, 'deferred'],
      [2, 'active'],
    ]);
    expect((await receiver.peekMessages(2)).map(({ body, state }): unknown => [body, state])).toEqual([
      [3, 'scheduled'],
    ]);
    expect(await receiver.peekMessages(2)).toEqual([]);
  });

  it('holds scheduled messages back until their time, and forgets those that are cancelled', async () => {
    const { client, clock } = await startVirtual({ queues: [{ name: 'orders' }] });
    const sender = client.createSender('orders');
    const due = new Date(clock.now() + 60_000);
    const [, cancelled] = await sender.scheduleMessages([{ body: 'a' }, { body: 'b' }], due);
    await sender.sendMessages({ body: 'c', scheduledEnqueueTimeUtc: due });
    await sender.cancelScheduledMessages(cancelled!);
    const receiver = client.createReceiver('orders');
    expect(await receiveNothing(receiver)).toEqual([]);
    clock.advance(60_000);
    const messages = await receive(receiver, 2);
    expect(bodies(messages)).toEqual(['a', 'c']);
    expect(messages[0]?.enqueuedTimeUtc).toEqual(due);
    await expect(sender.cancelScheduledMessages(cancelled!)).rejects.toMatchObject({ code: 'MessageNotFound' });
  });

  it('drops a message it has seen the id of within the window', async () => {
    const config = { requiresDuplicateDetection: true, duplicateDetectionWindowSeconds: 600 };
    const { client, clock } = await startVirtual({ queues: [{ name: 'orders', ...config }] });
    const sender = client.createSender('orders');
    await sender.sendMessages([
      { body: 1, messageId: 'a' },
      { body: 2, messageId: 'a' },
    ]);
    clock.advance(599_999);
    await sender.sendMessages([
      { body: 3, messageId: 'a' },
      { body: 4, messageId: 'b' },
    ]);
    clock.advance(1);
    await sender.sendMessages({ body: 5, messageId: 'a' });
    expect(bodies(await receive(client.createReceiver('orders'), 3))).toEqual([1, 4, 5]);
  });

  it('refuses what does not exist, what is too large, and who has the wrong key', async () => {
    const { client, emulator } = await start({ queues: [{ name: 'orders' }] }, { maxMessageSize: 10_000 });
    const missing = { code: 'MessagingEntityNotFound' };
    await expect(client.createSender('nothing').sendMessages({ body: 1 })).rejects.toMatchObject(missing);
    await expect(client.createReceiver('nothing').receiveMessages(1)).rejects.toMatchObject(missing);
    const large = { body: 'x'.repeat(10_000) };
    await expect(client.createSender('orders').sendMessages(large)).rejects.toMatchObject({
      code: 'MessageSizeExceeded',
    });

    const stranger = connect(emulator.connectionString.replace('SAS_KEY_VALUE', 'WRONG'));
    await expect(stranger.createSender('orders').sendMessages({ body: 1 })).rejects.toMatchObject({
      code: 'UnauthorizedAccess',
    });
  });

  it('forwards to another entity', async () => {
    const { client } = await start({
      queues: [{ name: 'entry', forwardTo: 'hub' }, { name: 'end' }],
      topics: [{ name: 'hub', subscriptions: [{ name: 'all', forwardTo: 'end' }] }],
    });
    await client.createSender('entry').sendMessages({ body: 1 });
    expect(await receiveOne(client.createReceiver('end'))).toMatchObject({ body: 1 });
  });

  it('takes messages of producers in the same process', async () => {
    const { client, emulator } = await start({ queues: [{ name: 'orders' }] });
    await emulator.send('orders', { body: { id: 1 }, messageId: 'm', subject: 's', applicationProperties: { a: 1 } });
    await emulator.send('orders', [{ body: Buffer.from('x') }, { body: 'y', timeToLive: 1 }]);
    await expect(emulator.send('nothing', { body: 1 })).rejects.toThrow(/'nothing' could not be found/u);
    const [first, second] = await receive(client.createReceiver('orders'), 2);
    expect(first).toMatchObject({ body: { id: 1 }, messageId: 'm', subject: 's', applicationProperties: { a: 1 } });
    expect(second?.body).toEqual(Buffer.from('x'));
  });
});

describe('the dead-letter queue', () => {
  it('gets what a receiver rejects, with the reason', async () => {
    const { client } = await start({ queues: [{ name: 'orders' }] });
    await client.createSender('orders').sendMessages({ body: 1, applicationProperties: { kept: 1 } });
    const receiver = client.createReceiver('orders');
    const options = { deadLetterReason: 'bad', deadLetterErrorDescription: 'very bad', extra: 'x' };
    await receiver.deadLetterMessage(await receiveOne(receiver), options);
    const dead = client.createReceiver('orders', { subQueueType: 'deadLetter' });
    const message = await receiveOne(dead);
    expect(message).toMatchObject({ body: 1, deadLetterReason: 'bad', deadLetterErrorDescription: 'very bad' });
    expect(message.applicationProperties).toMatchObject({ kept: 1, extra: 'x' });
    await dead.abandonMessage(message);
    await dead.completeMessage(await receiveOne(dead));
    expect(await dead.peekMessages(1)).toEqual([]);
  });

  it('gets what failed too often', async () => {
    const { client } = await start({ queues: [{ name: 'orders', maxDeliveryCount: 3 }] });
    await client.createSender('orders').sendMessages({ body: 1 });
    const receiver = client.createReceiver('orders');
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const message = await receiveOne(receiver);
      expect(message.deliveryCount).toBe(attempt);
      await receiver.abandonMessage(message);
    }
    const dead = await receiveOne(client.createReceiver('orders', { subQueueType: 'deadLetter' }));
    expect(dead).toMatchObject({ deliveryCount: 3, deadLetterReason: 'MaxDeliveryCountExceeded' });
  });

  it('gets what expired where the queue says so; elsewhere it is dropped', async () => {
    const { client, clock } = await startVirtual({
      queues: [{ name: 'kept', deadLetteringOnMessageExpiration: true, defaultTtlSeconds: 5 }, { name: 'dropped' }],
    });
    await client.createSender('kept').sendMessages({ body: 1 });
    await client.createSender('dropped').sendMessages({ body: 1, timeToLive: 5_000 });
    clock.advance(5_000);
    const dead = await receiveOne(client.createReceiver('kept', { subQueueType: 'deadLetter' }));
    expect(dead).toMatchObject({ body: 1, deadLetterReason: 'TTLExpiredException' });
    const dropped = [
      client.createReceiver('dropped'),
      client.createReceiver('dropped', { subQueueType: 'deadLetter' }),
    ];
    for (const receiver of dropped) expect(await receiver.peekMessages(1)).toEqual([]);
  });

  it('gets what expired in the hands of a receiver only once that gives it back', async () => {
    const { client, clock } = await startVirtual({
      queues: [{ name: 'orders', deadLetteringOnMessageExpiration: true, defaultTtlSeconds: 5 }],
    });
    await client.createSender('orders').sendMessages([{ body: 1 }, { body: 2 }]);
    const receiver = client.createReceiver('orders', manual);
    const [first, second] = await receive(receiver, 2);
    clock.advance(6_000);
    await receiver.completeMessage(first!);
    await receiver.abandonMessage(second!);
    const dead = await receiveOne(client.createReceiver('orders', { subQueueType: 'deadLetter' }));
    expect(dead).toMatchObject({ body: 2, deadLetterReason: 'TTLExpiredException' });
    expect(await receiver.peekMessages(1)).toEqual([]);
  });
});
