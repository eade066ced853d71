import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startServiceBusEmulator } from '../../../src/emulators/service-bus/index.ts';
import { makeFolder, runApp, until, type RunningApp } from '../run-app.ts';

async function startBroker(databaseFile = ':memory:', port = 0) {
  const broker = await startServiceBusEmulator({
    databaseFile,
    port,
    entities: {
      queues: [{ name: 'orders', maxDeliveryCount: 3 }, { name: 'steps', requiresSession: true }, { name: 'out' }],
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
        app.serviceBusQueue('noSetting', { queueName: '%NAME%', connection: 'Bus', handler });
        app.http('works', { methods: ['GET'], handler: () => ({ body: 'yes' }) });`,
    },
    { env: { Bus: broker.connectionString } },
  );
  expect(Object.fromEntries(functions.map(({ name, fault }) => [name, fault]))).toEqual({
    noConnection: expect.stringContaining(
      'the app setting "Missing" of its Service Bus connection is not set',
    ) as string,
    noSetting: expect.stringContaining('%NAME%') as string,
    works: undefined,
  });
  expect(await (await fetch(`${url}/api/works`)).text()).toBe('yes');
});

it('calls a function with what has come together, and settles it together', async () => {
  const broker = await startBroker();
  await broker.send('orders', [
    { body: { n: 1 }, messageId: '1' },
    { body: 'two', messageId: '2' },
    { body: 3, messageId: '3' },
  ]);
  const host = await runApp(
    {
      'host.json': { version: '2.0', extensions: { serviceBus: { maxMessageBatchSize: 2 } } },
      'index.js': `
        const { app } = require('@azure/functions');
        app.serviceBusQueue('onOrders', { queueName: 'orders', connection: 'Bus', cardinality: 'many', handler: (messages, context) => {
          const { messageIdArray, deliveryCountArray } = context.triggerMetadata;
          context.log(JSON.stringify({ messages, messageIdArray, deliveryCountArray }));
          if (messages[0].n === 1 && deliveryCountArray[0] === 1) throw new Error('not yet');
        } });`,
    },
    { env: { Bus: broker.connectionString } },
  );
  const batches = () => messagesOf(host, 'onOrders') as { messages: unknown[]; messageIdArray: string[] }[];
  const idsOf = () => batches().flatMap(({ messageIdArray }) => messageIdArray);
  await until(() => idsOf().length === 5);
  const all = batches();
  expect(all[0]).toEqual({ messages: [{ n: 1 }, 'two'], messageIdArray: ['1', '2'], deliveryCountArray: [1, 1] });
  expect(idsOf().sort()).toEqual(['1', '1', '2', '2', '3']);
  await host.close();
});

it('takes the messages of a session in order and of several sessions side by side', async () => {
  const broker = await startBroker();
  const host = await runApp(
    {
      'index.js': `
        const { app } = require('@azure/functions');
        app.serviceBusQueue('onStep', { queueName: 'steps', connection: 'Bus', isSessionsEnabled: true, handler: async (n, context) => {
          const session = context.triggerMetadata.sessionId;
          context.log(JSON.stringify({ n, session, at: 'begin' }));
          if (n === 1) await new Promise((done) => setTimeout(done, 50));
          context.log(JSON.stringify({ n, session, at: 'end' }));
        } });`,
    },
    { env: { Bus: broker.connectionString } },
  );
  for (const n of [1, 2, 3])
    await broker.send(
      'steps',
      ['a', 'b'].map((sessionId) => ({ body: n, sessionId })),
    );
  const lines = () => messagesOf(host, 'onStep') as { n: number; session: string; at: string }[];
  await until(() => lines().length === 12);
  for (const session of ['a', 'b']) {
    const own = lines().filter((line) => line.session === session);
    expect(own.map(({ n, at }) => `${n} ${at}`)).toEqual(['1 begin', '1 end', '2 begin', '2 end', '3 begin', '3 end']);
  }
});

it('sends what functions put into their outputs', async () => {
  const broker = await startBroker();
  const host = await runApp(
    {
      'index.js': `
        const { app, output } = require('@azure/functions');
        const queue = output.serviceBusQueue({ queueName: '%QUEUE%', connection: 'Bus' });
        const topic = output.serviceBusTopic({ topicName: 'events', connection: 'Bus' });
        app.http('send', { methods: ['POST'], extraOutputs: [queue, topic], handler: async (request, context) => {
          context.extraOutputs.set(queue, await request.json());
          context.extraOutputs.set(topic, 'sent');
          return { status: 202 };
        } });
        app.serviceBusQueue('relay', { queueName: 'out', connection: 'Bus', return: topic, handler: (message) => ({ relayed: message }) });
        app.serviceBusTopic('onEvent', { topicName: 'events', subscriptionName: 'all', connection: 'Bus', handler: (message, context) => context.log(JSON.stringify({ message, type: context.triggerMetadata.contentType })) });`,
    },
    { env: { Bus: broker.connectionString, QUEUE: 'out' } },
  );
  const answer = await fetch(`${host.url}/api/send`, { method: 'POST', body: JSON.stringify([{ id: 1 }, 'two']) });
  expect(answer.status).toBe(202);
  await until(() => messagesOf(host, 'onEvent').length === 3);
  expect(messagesOf(host, 'onEvent')).toEqual(
    expect.arrayContaining([
      { message: 'sent', type: 'text/plain' },
      { message: { relayed: { id: 1 } }, type: 'application/json' },
      { message: { relayed: 'two' }, type: 'application/json' },
    ]),
  );
});
