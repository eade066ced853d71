import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { accountKey } from './account.ts';
import { checkSignature } from './auth.ts';
import { readRequest, type Reply, sendReply, toErrorReply } from './http.ts';
import { answerRequest } from './routes.ts';
import type { CosmosService } from './service.ts';

export interface CosmosServer {
  readonly port: number;
  readonly endpoint: string;
  /** Stops taking requests and ends open connections. */
  close(): Promise<void>;
}

async function answer(message: IncomingMessage, service: CosmosService, endpoint: string): Promise<Reply> {
  try {
    const request = await readRequest(message);
    checkSignature(request, accountKey);
    return await answerRequest(request, service, endpoint);
  } catch (error) {
    return toErrorReply(error);
  }
}

/**
 * In milliseconds; long, because a client that writes on a connection just as it is closed cannot know whether the
 * write was carried out.
 */
const idleTimeout = 120_000;

const listen = (server: Server, port: number, host: string) =>
  new Promise<AddressInfo>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(server.address() as AddressInfo);
    });
  });

export async function startServer(
  service: CosmosService,
  address: { port: number; host: string },
): Promise<CosmosServer> {
  let requests = 0;
  let endpoint = '';
  const handle = async (message: IncomingMessage, response: ServerResponse) => {
    requests += 1;
    const activityId = `00000000-0000-0000-0000-${requests.toString(16).padStart(12, '0')}`;
    sendReply(response, await answer(message, service, endpoint), activityId);
  };
  // `answer` never rejects; what is left is a client that went away.
  const server = createServer((message, response) => void handle(message, response).catch(() => response.destroy()));
  server.keepAliveTimeout = idleTimeout;
  const { port } = await listen(server, address.port, address.host);
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  endpoint = `http://${host}:${port}/`;
  return {
    port,
    endpoint,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
