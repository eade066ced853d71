import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { bodies, connect, receive, receiveOne, start, startVirtual } from './fixture.ts';

const entities = { queues: [{ name: 'orders', requiresSession: true, lockDurationSeconds: 30 }] };
const manual = { maxAutoLockRenewalDurationInMs: 0 };

describe('sessions', () => {
  it('give one receiver the messages of one session in order', async () => {
    const { client } = await start(entities);
    await client.createSender('orders').sendMessages([
      { body: 1, sessionId: 'a' },
      { body: 2, sessionId: 'b' },
      { body: 3, sessionId: 'a' },
    ]);
    const a = await client.acceptSession('orders', 'a');
    expect(a.sessionId).toBe('a');
    expect(a.sessionLockedUntilUtc.getTime()).toBeGreaterThan(Date.now());
    const messages = await receive(a, 2);
    expect(bodies(messages)).toEqual([1, 3]);
    for (const message of messages) await a.completeMessage(message);

    const next = await client.acceptNextSession('orders');
    expect(next.sessionId).toBe('b');
    expect(await receiveOne(next)).toMatchObject({ body: 2, sessionId: 'b' });
  });

  it('are locked by one receiver at a time', async () => {
    const { client, emulator } = await start(entities);
    const holder = await client.acceptSession('orders', 'a');
    const refused = { code: 'SessionCannotBeLocked' };
    await expect(client.acceptSession('orders', 'a')).rejects.toMatchObject(refused);
    const other = connect(emulator.connectionString);
    await expect(other.acceptSession('orders', 'a')).rejects.toMatchObject(refused);
    await holder.close();
    expect((await other.acceptSession('orders', 'a')).sessionId).toBe('a');
  });

  it('are waited for, and not for ever', async () => {
    const { client, clock } = await startVirtual(entities);
    const waiting = client.acceptNextSession('orders');
    // Held back for longer than an attach takes, so that the message comes to somebody who waits.
    await delay(200);
    await client.createSender('orders').sendMessages({ body: 1, sessionId: 'late' });
    expect((await waiting).sessionId).toBe('late');

    void delay(200).then(() => clock.advance(10_000));
    await expect(client.acceptNextSession('orders')).rejects.toMatchObject({ code: 'ServiceTimeout' });
  });

  it('keep their state, for whoever holds the session', async () => {
    const { client } = await start(entities);
    const first = await client.acceptSession('orders', 'a');
    expect(await first.getSessionState()).toBeNull();
    await first.setSessionState({ step: 2 });
    await first.close();
    const second = await client.acceptSession('orders', 'a');
    expect(await second.getSessionState()).toEqual({ step: 2 });
  });

  it('stay locked as long as the lock is renewed', async () => {
    const { client, clock } = await startVirtual(entities);
    await client.createSender('orders').sendMessages({ body: 1, sessionId: 'a' });
    const receiver = await client.acceptSession('orders', 'a', manual);
    const message = await receiveOne(receiver);
    for (let round = 0; round < 3; round += 1) {
      clock.advance(20_000);
      await receiver.renewSessionLock();
      expect(receiver.sessionLockedUntilUtc.getTime()).toBe(clock.now() + 30_000);
    }
    await receiver.completeMessage(message);
    expect(await receiver.peekMessages(1)).toEqual([]);
  });

  it('are lost with their lock, which counts as a failed delivery', async () => {
    const { client, clock } = await startVirtual(entities);
    await client.createSender('orders').sendMessages({ body: 1, sessionId: 'a' });
    const slow = await client.acceptSession('orders', 'a', manual);
    const late = await receiveOne(slow);
    clock.advance(30_000);
    const next = await client.acceptNextSession('orders', manual);
    await expect(slow.completeMessage(late)).rejects.toMatchObject({ code: 'SessionLockLost' });
    expect(await receiveOne(next)).toMatchObject({ body: 1, deliveryCount: 1 });
  });

  it('are given back whole on closing, which does not', async () => {
    const { client } = await start(entities);
    await client.createSender('orders').sendMessages([
      { body: 1, sessionId: 'a' },
      { body: 2, sessionId: 'a' },
    ]);
    const first = await client.acceptSession('orders', 'a');
    await receive(first, 2);
    await first.close();
    const messages = await receive(await client.acceptSession('orders', 'a'), 2);
    expect(messages.map(({ body, deliveryCount }) => [body, deliveryCount] as unknown)).toEqual([
      [1, 0],
      [2, 0],
    ]);
  });

  it('set messages aside for themselves', async () => {
    const { client } = await start(entities);
    await client.createSender('orders').sendMessages({ body: 1, sessionId: 'a' });
    const a = await client.acceptSession('orders', 'a');
    const message = await receiveOne(a);
    await a.deferMessage(message);
    const b = await client.acceptSession('orders', 'b');
    await expect(b.receiveDeferredMessages(message.sequenceNumber!)).rejects.toMatchObject({ code: 'MessageNotFound' });
    const [again] = await a.receiveDeferredMessages(message.sequenceNumber!);
    await a.completeMessage(again!);
  });

  it('are processed by a subscriber', async () => {
    const { client } = await start(entities);
    const sender = client.createSender('orders');
    await sender.sendMessages([1, 2, 3].map((body) => ({ body, sessionId: 'a' })));
    const receiver = await client.acceptNextSession('orders');
    const seen: unknown[] = [];
    const done = Promise.withResolvers<void>();
    receiver.subscribe({
      processMessage: async ({ body }) => void (seen.push(body) === 3 && done.resolve()),
      processError: async ({ error }) => done.reject(error),
    });
    await done.promise;
    expect(seen).toEqual([1, 2, 3]);
  });

  it('cannot be gone around', async () => {
    const { client } = await start({ queues: [...entities.queues, { name: 'plain' }] });
    await expect(client.createSender('orders').sendMessages({ body: 1 })).rejects.toThrow(/requires sessions/u);
    await expect(client.createReceiver('orders').receiveMessages(1)).rejects.toThrow(/requires sessions/u);
    await expect(client.acceptSession('plain', 'a')).rejects.toThrow(/Failed to create a receiver/u);
  });

  it('are required of subscriptions too: what has none is dead-lettered', async () => {
    const subscription = { name: 'a', requiresSession: true };
    const { client } = await start({ topics: [{ name: 'events', subscriptions: [subscription] }] });
    await client.createSender('events').sendMessages([{ body: 1 }, { body: 2, sessionId: 's' }]);
    expect(await receiveOne(await client.acceptNextSession('events', 'a'))).toMatchObject({ body: 2 });
    const dead = await receiveOne(client.createReceiver('events', 'a', { subQueueType: 'deadLetter' }));
    expect(dead).toMatchObject({ body: 1, deadLetterReason: 'Session ID is null.' });
  });
});
