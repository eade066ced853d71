import type { ServiceBusRuleManager } from '@azure/service-bus';
import { describe, expect, it } from 'vitest';
import type { EntitiesConfig } from '../../../src/emulators/service-bus/index.ts';
import { bodies, receive, receiveNothing, receiveOne, start, startVirtual, temporaryFile } from './fixture.ts';

const listNames = async (manager: ServiceBusRuleManager) => {
  const names: string[] = [];
  for await (const rule of manager.listRules()) names.push(rule.name);
  return names;
};

describe('a topic', () => {
  it('copies each message to every subscription with a rule that matches', async () => {
    const { client } = await start({
      topics: [
        {
          name: 'events',
          subscriptions: [
            { name: 'all' },
            { name: 'none', rules: [] },
            {
              name: 'sql',
              rules: [{ name: 'r', filter: { sqlExpression: "sys.Label LIKE 'document.%' AND size > 5" } }],
            },
            {
              name: 'correlation',
              rules: [
                { name: 'a', filter: { subject: 'document.moved', applicationProperties: { size: 3 } } },
                { name: 'b', filter: { correlationId: 'c-1' } },
              ],
            },
          ],
        },
      ],
    });
    await client.createSender('events').sendMessages([
      { body: 1, subject: 'document.uploaded', applicationProperties: { size: 10 } },
      { body: 2, subject: 'document.moved', applicationProperties: { size: 3 } },
      { body: 3, subject: 'order', correlationId: 'c-1' },
    ]);
    expect(bodies(await receive(client.createReceiver('events', 'all'), 3))).toEqual([1, 2, 3]);
    expect(bodies(await receive(client.createReceiver('events', 'sql'), 1))).toEqual([1]);
    expect(bodies(await receive(client.createReceiver('events', 'correlation'), 2))).toEqual([2, 3]);
    expect(await receiveNothing(client.createReceiver('events', 'none'))).toEqual([]);
  });

  it('keeps subscriptions apart: locks, settlement and dead letters', async () => {
    const { client } = await start({ topics: [{ name: 'events', subscriptions: [{ name: 'a' }, { name: 'b' }] }] });
    await client.createSender('events').sendMessages({ body: 1 });
    const [a, b] = [client.createReceiver('events', 'a'), client.createReceiver('events', 'b')];
    await a.completeMessage(await receiveOne(a));
    await b.deadLetterMessage(await receiveOne(b), { deadLetterReason: 'bad', deadLetterErrorDescription: '' });
    expect(await a.peekMessages(1)).toEqual([]);
    const dead = await receiveOne(client.createReceiver('events', 'b', { subQueueType: 'deadLetter' }));
    expect(dead).toMatchObject({ body: 1, deadLetterReason: 'bad' });
  });

  it('schedules, and matches the rules at the time', async () => {
    const { client, clock } = await startVirtual({
      topics: [{ name: 'events', subscriptions: [{ name: 'a', rules: [] }] }],
    });
    const sender = client.createSender('events');
    const due = new Date(clock.now() + 60_000);
    const [cancelled] = await sender.scheduleMessages([{ body: 'cancelled' }], due);
    await sender.scheduleMessages([{ body: 'kept' }], due);
    await sender.cancelScheduledMessages(cancelled!);
    await client.createRuleManager('events', 'a').createRule('all', { sqlExpression: '1=1' });
    clock.advance(60_000);
    expect(await receiveOne(client.createReceiver('events', 'a'))).toMatchObject({ body: 'kept' });
  });

  it('detects duplicates before it copies', async () => {
    const { client } = await start({
      topics: [{ name: 'events', requiresDuplicateDetection: true, subscriptions: [{ name: 'a' }] }],
    });
    const sender = client.createSender('events');
    await sender.sendMessages([{ body: 1, messageId: 'x' }, { body: 2, messageId: 'x' }, { body: 3 }]);
    expect(bodies(await receive(client.createReceiver('events', 'a'), 2))).toEqual([1, 3]);
  });
});

describe('rules', () => {
  const entities: EntitiesConfig = { topics: [{ name: 'events', subscriptions: [{ name: 'a' }] }] };

  it('are added, listed and removed over the wire', async () => {
    const { client } = await start(entities);
    const manager = client.createRuleManager('events', 'a');
    await manager.deleteRule('$Default');
    await manager.createRule('big', { sqlExpression: 'size > 5' });
    const correlation = { subject: 's', applicationProperties: { text: 'x', count: 1, yes: true } };
    await manager.createRule('related', correlation);
    const rules = [];
    for await (const rule of manager.listRules()) rules.push(rule);
    expect(rules.map(({ name }) => name)).toEqual(['big', 'related']);
    expect(rules[0]?.filter).toEqual({ sqlExpression: 'size > 5' });
    expect(rules[1]?.filter).toMatchObject(correlation);

    await client.createSender('events').sendMessages([
      { body: 1, applicationProperties: { size: 6 } },
      { body: 2, applicationProperties: { size: 5 } },
      { body: 3, subject: 's', applicationProperties: { text: 'x', count: 1, yes: true } },
    ]);
    expect(bodies(await receive(client.createReceiver('events', 'a'), 2))).toEqual([1, 3]);
  });

  it('are refused when they exist, do not exist, cannot be parsed or have an action', async () => {
    const { client } = await start(entities);
    const manager = client.createRuleManager('events', 'a');
    const any = { sqlExpression: '1=1' };
    await expect(manager.createRule('$Default', any)).rejects.toMatchObject({ code: 'MessagingEntityAlreadyExists' });
    await expect(manager.deleteRule('missing')).rejects.toMatchObject({ code: 'MessagingEntityNotFound' });
    await expect(manager.createRule('bad', { sqlExpression: 'a =' })).rejects.toThrow(/the end where a value/u);
    await expect(manager.createRule('acting', any, { sqlExpression: 'SET a = 1' })).rejects.toThrow(/actions/u);
    expect(await listNames(manager)).toEqual(['$Default']);
  });

  it('survive a restart, until their declaration changes', async () => {
    const databaseFile = await temporaryFile();
    const restart = async (config: EntitiesConfig, change?: (manager: ServiceBusRuleManager) => Promise<void>) => {
      const { emulator, client } = await start(config, { databaseFile });
      const manager = client.createRuleManager('events', 'a');
      await change?.(manager);
      const names = await listNames(manager);
      await client.close();
      await emulator.close();
      return names;
    };
    await restart(entities, (manager) => manager.createRule('more', { sqlExpression: 'a = 1' }));
    expect(await restart(entities)).toEqual(['$Default', 'more']);
    const declared = { name: 'declared', filter: { subject: 'x' } };
    const changed = { topics: [{ name: 'events', subscriptions: [{ name: 'a', rules: [declared] }] }] };
    expect(await restart(changed)).toEqual(['declared']);
  });
});
