import { ServiceBusClient, type ServiceBusMessage, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { orderInstanceId } from '../../src/orders/order-id.ts';
import { orderQueue, rejectedOrders } from '../../src/functions/order-queue.service-bus.ts';
import { orderIdOfKey } from '../../src/intake/order-intake.ts';
import { sampleOrder } from '../orders/sample-order.ts';
import { createApi, until } from './api.ts';
import { createOrderApi } from './order-api.ts';
import { fulfilled } from './order-balance.ts';
import { type Connections, makeDataFolder, startProgram, useProgram } from './program.ts';

const program = await useProgram();
const api = createApi(program.url);
const orders = createOrderApi(program);
const { queue, close } = connectQueue(program.connections);
afterAll(close);

function connectQueue({ serviceBus }: Connections) {
  const client = new ServiceBusClient(serviceBus);
  const sender = client.createSender(orderQueue);
  const rejected = client.createReceiver(rejectedOrders);
  const taken: ServiceBusReceivedMessage[] = [];
  return {
    close: () => client.close(),
    queue: {
      send: (...messages: ServiceBusMessage[]): Promise<void> => sender.sendMessages(messages),
      /** A message once it has been set aside. */
      async rejected(isIt: (message: ServiceBusReceivedMessage) => boolean): Promise<ServiceBusReceivedMessage> {
        for (;;) {
          const found = taken.find(isIt);
          if (found !== undefined) return found;
          for (const message of await rejected.receiveMessages(1)) {
            taken.push(message);
            await rejected.completeMessage(message);
          }
        }
      },
    },
  };
}

/** An order as a message; its session is the customer. */
const orderMessage = (messageId: string, body: unknown = sampleOrder(), sessionId = 'c-1'): ServiceBusMessage => ({
  messageId,
  sessionId,
  body,
  contentType: 'application/json',
});

const instanceOf = (messageId: string): string => orderInstanceId(orderIdOfKey(messageId));

const isThere = (instanceId: string): Promise<boolean> =>
  api.get(`/api/sagas/${instanceId}`).then(({ status }) => status === 200);

/** Waits until the message has become an order, and the order's saga has ended. */
async function ended(messageId: string) {
  const instanceId = instanceOf(messageId);
  await until(
    `instance ${instanceId}`,
    () => isThere(instanceId),
    (there) => there,
  );
  return orders.ended(instanceId);
}

/** The messages of a session, in their order. */
const idsOf = (session: string): string[] => Array.from({ length: 8 }, (_, n) => `${session}-order-${n}`);

/** When the engine started the instance, to the microsecond. */
async function startedAt(messageId: string): Promise<number> {
  interface Shown {
    readonly historyEvents: readonly { readonly EventType: string; readonly Timestamp: string }[];
  }
  const path = `/runtime/webhooks/durabletask/instances/${instanceOf(messageId)}?showHistory=true`;
  const { historyEvents } = (await api.get<Shown>(path)).body;
  return Date.parse(historyEvents.find(({ EventType }) => EventType === 'ExecutionStarted')?.Timestamp ?? '');
}

it('a message becomes an order, with its correlation id', async () => {
  await queue.send({ ...orderMessage('basket-1'), correlationId: 'shop-7' });
  expect(await ended('basket-1')).toMatchObject({
    name: 'fulfilOrder',
    runtimeStatus: 'Completed',
    correlationId: 'shop-7',
  });
  expect(await orders.balanceOf(instanceOf('basket-1'))).toEqual(fulfilled(25));
});

it('a message whose ids are digits alone becomes an order too', async () => {
  await queue.send({ ...orderMessage('20260001', sampleOrder(), '17'), correlationId: '4711' });
  expect(await ended('20260001')).toMatchObject({ runtimeStatus: 'Completed', correlationId: '4711' });
});

it('the orders of each session are started in their order, many sessions side by side', async () => {
  const sessions = Array.from({ length: 6 }, (_, n) => `customer-${n}`);
  for (const [n] of idsOf('').entries()) {
    const round = sessions.map((session) =>
      orderMessage(idsOf(session)[n] ?? '', sampleOrder({ contacts: [] }), session),
    );
    await queue.send(...round);
  }
  for (const session of sessions) {
    const times: number[] = [];
    for (const messageId of idsOf(session)) {
      expect(await ended(messageId)).toMatchObject({ runtimeStatus: 'Completed' });
      times.push(await startedAt(messageId));
    }
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  }
});

describe('a message that comes twice', () => {
  it('makes one order', async () => {
    await queue.send(orderMessage('twice'), orderMessage('twice'));
    await queue.send(orderMessage('twice'), orderMessage('after-twice'));
    await ended('after-twice');
    expect(await ended('twice')).toMatchObject({ runtimeStatus: 'Completed' });
    expect(await orders.balanceOf(instanceOf('twice'))).toEqual(fulfilled(25));
  });

  it('as a request with its id as Idempotency-Key makes one order too', async () => {
    const { body } = await orders.place(sampleOrder(), { 'idempotency-key': 'both-ways' });
    await queue.send(orderMessage('both-ways'), orderMessage('after-both-ways'));
    expect(body.instanceId).toBe(instanceOf('both-ways'));
    await ended('after-both-ways');
    expect(await ended('both-ways')).toMatchObject({ runtimeStatus: 'Completed' });
    expect(await orders.balanceOf(body.instanceId)).toEqual(fulfilled(25));
  });
});

describe('a message that can never be an order is set aside', () => {
  it.each([
    ['no-json', 'hello', 'DeserializationFailed', 'no JSON object'],
    ['no-lines', { ...sampleOrder(), lines: [] }, 'InvalidOrder', 'lines: '],
    [
      'two-faults',
      { ...sampleOrder(), currency: 'TEA', colour: 'red' },
      'InvalidOrder',
      'colour: does not belong here',
    ],
  ])('%s, with the reason', async (messageId, body, reason, description) => {
    await queue.send(orderMessage(messageId, body), orderMessage(`after-${messageId}`));
    const kept = await queue.rejected((message) => message.messageId === messageId);
    expect(kept.body).toEqual(body);
    expect(kept.applicationProperties).toMatchObject({
      DeadLetterReason: reason,
      DeadLetterErrorDescription: expect.stringContaining(description) as string,
      DeadLetterSource: 'orders',
      SessionId: 'c-1',
    });
    expect(await ended(`after-${messageId}`)).toMatchObject({ runtimeStatus: 'Completed' });
    expect(await isThere(instanceOf(messageId))).toBe(false);
  });

  it.each(['9007199254740993', 'null'])('an id that arrives as another one, %s, with the reason', async (messageId) => {
    const sessionId = `for ${messageId}`;
    await queue.send(orderMessage(messageId, sampleOrder(), sessionId));
    const kept = await queue.rejected(
      ({ applicationProperties }) => applicationProperties?.['SessionId'] === sessionId,
    );
    expect(kept).toMatchObject({
      body: sampleOrder(),
      applicationProperties: { DeadLetterReason: 'MissingMessageId' },
    });
  });

  it('another order under an id that was used before, with the reason', async () => {
    const { body } = await orders.place(sampleOrder(), { 'idempotency-key': 'used' });
    await queue.send(orderMessage('used', sampleOrder({ contacts: [] })));
    expect((await queue.rejected(({ messageId }) => messageId === 'used')).applicationProperties).toMatchObject({
      DeadLetterReason: 'MessageIdReused',
    });
    expect(await orders.ended(body.instanceId)).toMatchObject({ runtimeStatus: 'Completed' });
  });
});

it('no message is lost, and none makes two orders, when the program is killed in between', async () => {
  const dataDir = await makeDataFolder(onTestFinished);
  const ids = Array.from({ length: 24 }, (_, n) => `kept-${n}`);
  const first = await startProgram({ dataDir });
  onTestFinished(() => first.kill());
  const before = connectQueue(first.connections);
  await before.queue.send(...ids.map((id, n) => orderMessage(id, sampleOrder({ contacts: [] }), `customer-${n % 3}`)));
  await until(
    'the first order',
    () => Promise.resolve(first.output()),
    (output) => output.includes('✓ main/createOrder#1'),
  );
  await first.kill();
  await before.close();

  const second = await startProgram({ dataDir });
  onTestFinished(() => second.kill());
  const again = createOrderApi(second);
  for (const id of ids) {
    const path = `/api/sagas/${instanceOf(id)}`;
    await until(
      `order ${id}`,
      () => again.get(path),
      ({ status }) => status === 200,
    );
    expect(await again.ended(instanceOf(id))).toMatchObject({ runtimeStatus: 'Completed' });
    expect(await again.balanceOf(instanceOf(id))).toEqual(fulfilled(25));
  }
});
