import type { AddressInfo, Server, Socket } from 'node:net';
import { once } from 'node:events';
import rhea from 'rhea';
import type { Connection, Container, EventContext } from 'rhea';
import { releaseHolder } from '../store/session-lock.ts';
import { toAmqpError } from './amqp-error.ts';
import { attachIncoming, attachOutgoing } from './attach.ts';
import type { OutgoingLink } from './outgoing-link.ts';
import { createPeer, type FrontPorts, type Peer } from './peer.ts';

export interface AmqpServer {
  readonly port: number;
  /** Ends all connections at once; clients see a lost connection, as with the service. */
  close(): Promise<void>;
}

/** What clients are told to keep to: their silence ends the connection after twice this time (milliseconds). */
const idleTimeOut = 60_000;
const maxFrameSize = 64 * 1024;

/** The broker answers every outcome itself. rhea's types miss the second option. */
const senderOptions = { autosettle: false, treat_modified_as_released: false };

/** rhea prints or throws what nobody listens to; a client that breaks the protocol just loses its connection. */
const quietEvents = ['error', 'protocol_error', 'connection_error', 'session_error', 'disconnected'];

function releasePeer(peer: Peer): void {
  for (const cleanup of peer.cleanups) cleanup();
  for (const queue of peer.ports.broker.queues()) releaseHolder(queue, peer);
}

function serve(container: Container, ports: FrontPorts): void {
  const peers = new WeakMap<Connection, Peer>();
  const peerOf = (connection: Connection): Peer => {
    const peer = peers.get(connection) ?? createPeer(ports);
    peers.set(connection, peer);
    return peer;
  };

  container.on('connection_open', ({ connection }: EventContext) => {
    // rhea tells of an orderly end only, so it is the socket that says when a client is gone.
    const socket = connection['socket'] as Socket;
    socket.once('close', () => releasePeer(peerOf(connection)));
  });
  container.on('receiver_open', ({ connection, receiver }: EventContext) => {
    if (receiver === undefined) return;
    try {
      attachIncoming(peerOf(connection), receiver);
    } catch (error) {
      receiver.close(toAmqpError(error));
    }
  });
  container.on('sender_open', ({ connection, sender }: EventContext) => {
    if (sender === undefined) return;
    try {
      attachOutgoing(peerOf(connection), sender as OutgoingLink);
    } catch (error) {
      sender.close(toAmqpError(error));
    }
  });
  for (const event of quietEvents) container.on(event, () => {});
}

/** @param port 0: any free one. Listens on the loopback interface alone. */
export async function startAmqpServer(ports: FrontPorts, port: number): Promise<AmqpServer> {
  const container = rhea.create_container({ id: ports.newId() });
  serve(container, ports);
  const server: Server = container.listen({
    host: '127.0.0.1',
    port,
    idle_time_out: idleTimeOut,
    max_frame_size: maxFrameSize,
    session_buffer_size: { outgoing: 65_536 },
    sender_options: senderOptions,
    receiver_options: { autoaccept: false, max_message_size: ports.maxMessageSize },
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.setNoDelay(true));
    socket.once('close', () => sockets.delete(socket));
  });
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = [server, ...sockets].map((part) => once(part, 'close'));
      server.close();
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}
