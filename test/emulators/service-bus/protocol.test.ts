import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import * as fc from 'fast-check';
import rhea, { type EventContext } from 'rhea';
import { describe, expect, it } from 'vitest';
import { receiveOne, start } from './fixture.ts';

const entities = { queues: [{ name: 'orders' }] };
const header = (protocol: number) => Buffer.from([0x41, 0x4d, 0x51, 0x50, protocol, 1, 0, 0]);

/** Sends bytes on a connection of their own until the broker ends it or has nothing to say. */
async function attack(port: number, bytes: Buffer): Promise<void> {
  const socket = connectSocket(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  await once(socket, 'connect');
  socket.end(bytes);
  await once(socket, 'close');
}

function toFrame(body: Uint8Array, type: number): Buffer {
  const frame = Buffer.alloc(8 + body.length);
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt8(2, 4);
  frame.writeUInt8(type, 5);
  frame.set(body, 8);
  return frame;
}

const text = (value: string) => [0xa1, value.length, ...Buffer.from(value)];
const toPerformative = (code: number, count: number, fields: number[]) =>
  toFrame(Uint8Array.from([0, 0x53, code, 0xc0, fields.length + 1, count, ...fields]), 0);

/** open, begin, and the attach of a link to send on: what comes next reaches links. */
const handshake = [
  toPerformative(0x10, 1, text('attacker')),
  toPerformative(0x11, 4, [0x40, 0x43, 0x52, 100, 0x52, 100]),
  toPerformative(0x12, 7, [...text('link'), 0x43, 0x42, 0x40, 0x40, 0x40, 0, 0x53, 0x29, 0xc0, 7, 1, ...text('$cbs')]),
];

describe('the AMQP front', () => {
  it('outlives malformed frames of every kind', async () => {
    const { client, emulator } = await start(entities);
    const bytes = fc.uint8Array({ maxLength: 64 });
    /** A performative's described list with arbitrary content: attach, transfer, disposition and so on. */
    const performative = fc
      .tuple(fc.integer({ min: 0x10, max: 0x18 }), bytes)
      .map(([code, rest]) => Uint8Array.from([0, 0x53, code, 0xc0, rest.length + 1, rest.length, ...rest]));
    const frames = fc
      .array(fc.tuple(fc.oneof(bytes, performative), fc.constantFrom(0, 1)), { maxLength: 5 })
      .map((parts) => Buffer.concat(parts.map(([body, type]) => toFrame(body, type))));
    const beginning = fc.constantFrom(
      header(0),
      header(3),
      Buffer.concat([header(0), ...handshake]),
      Buffer.from('GET / HTTP/1.1'),
    );
    const stream = fc.tuple(beginning, fc.oneof(bytes, frames)).map((parts) => Buffer.concat(parts));
    await fc.assert(
      fc.asyncProperty(stream, (attempt) => attack(emulator.port, attempt)),
      { numRuns: 150 },
    );
    await client.createSender('orders').sendMessages({ body: 1 });
    expect(await receiveOne(client.createReceiver('orders'))).toMatchObject({ body: 1 });
  });

  it('refuses links without a token', async () => {
    const { emulator } = await start(entities);
    const container = rhea.create_container();
    for (const event of ['error', 'disconnected']) container.on(event, () => {});
    const connection = container.connect({ host: '127.0.0.1', port: emulator.port, reconnect: false });
    const refusal = async (event: string) => {
      const [{ sender, receiver }] = (await once(container, event)) as [EventContext];
      return (sender ?? receiver)?.error;
    };
    const unauthorized = { condition: 'amqp:unauthorized-access' };
    connection.open_sender('orders');
    expect(await refusal('sender_error')).toMatchObject(unauthorized);
    connection.open_receiver('orders/$management');
    expect(await refusal('receiver_error')).toMatchObject(unauthorized);
    connection.close();
  });

  it('answers unknown operations and bad arguments with an error', async () => {
    const { client } = await start(entities);
    await expect(client.createRuleManager('orders', 'none').createRule('r', { sqlExpression: '1=1' })).rejects.toThrow(
      /could not be found/u,
    );
  });
});
