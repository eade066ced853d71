import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startServiceBusEmulator } from '../../../src/emulators/service-bus/index.ts';
import { resolveServiceBusConnection } from '../../../src/host/triggers/service-bus-connection.ts';
import { makeFolder, runApp, until, type RunningApp } from '../run-app.ts';

async function startBroker(databaseFile = ':memory:', port = 0) {
  const broker = await startServiceBusEmulator({
    databaseFile,
    port,
    entities: {
      queues: [{ name: 'orders', maxDeliveryCount: 3 }],
      topics: [{ name: 'events', subscriptions: [{ name: 'all' }] }],
    },
  });
  onTestFinished(() => broker.close());
  return broker;
}

const app = {
  'index.js': `
    const { app } = require('@azure/functions');
    const show = (value) => JSON.stringify(value);
    app.serviceBusQueue('onOrder', { queueName: '%QUEUE%', connection: 'Bus', handler: async (message, context) => {
      const { messageId, correlationId, deliveryCount, subject, applicationProperties, contentType, sequenceNumber, enqueuedTimeUtc, lockToken } = context.triggerMetadata;
      context.log(show({ message, messageId, correlationId, deliveryCount, subject, applicationProperties, contentType,
        types: [typeof sequenceNumber, typeof enqueuedTimeUtc, typeof lockToken] }));
      if (message.hang && deliveryCount === 1) await new Promise(() => {});
      if (message.fail > 0 && deliveryCount <= message.fail) throw new Error('try again');
    } });
    app.serviceBusTopic('onEvent', { topicName: 'events', subscriptionName: 'all', connection: 'Bus', handler: async (message, context) => context.log(show(message)) });
  `,
};

const messagesOf = (host: RunningApp, fn: string) =>
  host.lines
    .filter(({ category }) => category === `Function.${fn}.User`)
    .map(({ message }) => JSON.parse(message) as Record<string, unknown>);

it('calls functions with messages of a queue and of a subscription', async () => {
  const broker = await startBroker();
  const host = await runApp(app, { env: { Bus: broker.connectionString, QUEUE: 'orders' } });
  await broker.send('orders', {
    body: { order: 1 },
    messageId: 'm1',
    correlationId: 'c1',
    subject: 'new',
    contentType: 'application/json',
    applicationProperties: { source: 'shop', n: 2 },
  });
  await broker.send('events', [{ body: 'plain text' }, { body: Buffer.from('{"as":"bytes"}') }]);
  await until(() => messagesOf(host, 'onOrder').length === 1 && messagesOf(host, 'onEvent').length === 2);
  expect(messagesOf(host, 'onOrder')).toEqual([
    {
      message: { order: 1 },
      messageId: 'm1',
      correlationId: 'c1',
      deliveryCount: 1,
      subject: 'new',
      applicationProperties: { source: 'shop', n: 2 },
      contentType: 'application/json',
      types: ['number', 'string', 'string'],
    },
  ]);
  expect(messagesOf(host, 'onEvent')).toEqual(expect.arrayContaining(['plain text', { as: 'bytes' }]));
});

it('gives a message back when its function fails, and takes it away when it succeeds', async () => {
  const broker = await startBroker();
  const env = { Bus: broker.connectionString, QUEUE: 'orders' };
  const host = await runApp(app, { env });
  await broker.send('orders', { body: { fail: 2 }, messageId: 'twice' });
  await until(() => messagesOf(host, 'onOrder').length === 3);
  expect(messagesOf(host, 'onOrder').map(({ deliveryCount }) => deliveryCount)).toEqual([1, 2, 3]);
  await host.close();

  const again = await runApp(app, { env });
  await broker.send('orders', { body: {}, messageId: 'later' });
  await until(() => messagesOf(again, 'onOrder').length === 1);
  expect(messagesOf(again, 'onOrder')[0]?.['messageId']).toBe('later');
});

it('finds a broker again that was away, and gives messages back that a stop cuts off', async () => {
  const file = join(makeFolder(), 'broker.db');
  const before = await startBroker(file);
  const env = { Bus: before.connectionString, QUEUE: 'orders' };
  const host = await runApp(app, { env });
  await before.close();
  await until(() => host.lines.some(({ level, message }) => level === 'warning' && message.includes('ECONNREFUSED')));

  const after = await startBroker(file, before.port);
  await after.send('orders', { body: { hang: true }, messageId: 'cut off' });
  await until(() => messagesOf(host, 'onOrder').length === 1);
  await host.close(50);
  const next = await runApp(app, { env });
  await until(() => messagesOf(next, 'onOrder').length === 1);
  expect(messagesOf(next, 'onOrder')).toMatchObject([{ messageId: 'cut off', deliveryCount: 2 }]);
});

it('names the functions that it cannot serve and runs the others', async () => {
  const broker = await startBroker();
  const { functions, url } = await runApp(
    {
      'index.js': `
        const { app } = require('@azure/functions');
        const handler = () => {};
        app.serviceBusQueue('noConnection', { queueName: 'orders', connection: 'Missing', handler });
        app.serviceBusQueue('sessions', { queueName: 'orders', connection: 'Bus', isSessionsEnabled: true, handler });
        app.serviceBusQueue('batches', { queueName: 'orders', connection: 'Bus', cardinality: 'many', handler });
        app.serviceBusQueue('noSetting', { queueName: '%NAME%', connection: 'Bus', handler });
        app.http('works', { methods: ['GET'], handler: () => ({ body: 'yes' }) });`,
    },
    { env: { Bus: broker.connectionString } },
  );
  expect(Object.fromEntries(functions.map(({ name, fault }) => [name, fault]))).toEqual({
    noConnection: expect.stringContaining(
      'the app setting "Missing" of its Service Bus connection is not set',
    ) as string,
    sessions: expect.stringContaining('sessions') as string,
    batches: expect.stringContaining('batches') as string,
    noSetting: expect.stringContaining('%NAME%') as string,
    works: undefined,
  });
  expect(await (await fetch(`${url}/api/works`)).text()).toBe('yes');
});

it('finds its connection by name, with a prefix, or as a namespace to enter with an identity', () => {
  const byString = { kind: 'connectionString', connectionString: 'Endpoint=x' };
  expect(resolveServiceBusConnection('Bus', { Bus: 'Endpoint=x' })).toEqual(byString);
  expect(resolveServiceBusConnection('Bus', { AzureWebJobsBus: 'Endpoint=x' })).toEqual(byString);
  expect(resolveServiceBusConnection('', { AzureWebJobsServiceBus: 'Endpoint=x' })).toEqual(byString);
  expect(resolveServiceBusConnection('Bus', { Bus__fullyQualifiedNamespace: 'ns' })).toEqual({
    kind: 'identity',
    fullyQualifiedNamespace: 'ns',
  });
});
