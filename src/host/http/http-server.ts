import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import type { Log } from '../log.ts';
import { WorkerGoneError } from '../worker/worker-errors.ts';
import { BodyTooLargeError } from './read-body.ts';
import { answerUnreadable } from './unreadable-request.ts';

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface HttpServer {
  readonly port: number;
  readonly url: string;
  /** From now on; until the first time every request is answered 503. */
  serve(handle: HttpHandler): void;
  /** Takes no new connections, lets requests under way end within `graceMs`, and then closes what is left. */
  close(graceMs: number): Promise<void>;
}

export interface HttpServerOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly log: Log;
}

/** That of Kestrel, which lets no request end by age. */
const keepAliveTimeout = 130_000;

export function answer(
  response: ServerResponse,
  status: number,
  body: string | Uint8Array = '',
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): void {
  const length = Buffer.byteLength(body);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (status !== 204 && status !== 304) response.setHeader('content-length', length);
  response.writeHead(status);
  response.end(length > 0 ? body : undefined);
}

function answerFailure(response: ServerResponse, error: unknown, log: Log): void {
  const clientGone = response.req.destroyed && !response.req.complete;
  if (clientGone) log('debug', 'Host.Http', `The client broke off its request: ${String(error)}`);
  else if (error instanceof WorkerGoneError) log('error', 'Host.Http', error.message);
  else if (!(error instanceof BodyTooLargeError)) log('error', 'Host.Http', inspect(error));
  if (response.headersSent || response.destroyed) return void response.destroy();
  answer(response, error instanceof BodyTooLargeError ? 413 : 500);
}

async function listen(server: Server, { host, port }: HttpServerOptions): Promise<number> {
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject).listen(port, host, listening.resolve);
  try {
    await listening.promise;
  } catch (cause) {
    const inUse = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
    const reason = inUse ? 'another program uses it. Give another one, or 0 for any that is free.' : String(cause);
    throw new Error(`Port ${port} of ${host} cannot be opened: ${reason}`, { cause });
  }
  return (server.address() as AddressInfo).port;
}

/** Also one that has not begun: a browser asks for it in `accept`. */
const isEventStream = (response: ServerResponse): boolean =>
  [response.getHeader('content-type'), response.req.headers.accept].some((type) =>
    String(type).startsWith('text/event-stream'),
  );

const notReady: HttpHandler = async (_request, response) => answer(response, 503, '', { 'retry-after': '1' });

/** @throws when the port cannot be opened, naming it. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { log } = options;
  let handle: HttpHandler = notReady;
  const open = new Set<ServerResponse>();
  const server = createServer({ keepAliveTimeout, requestTimeout: 0 }, (request, response) => {
    open.add(response);
    response.once('close', () => {
      open.delete(response);
      // Node closes idle connections when the server closes; this one has become idle since.
      if (!server.listening) setImmediate(() => server.closeIdleConnections());
    });
    handle(request, response).catch((error: unknown) => answerFailure(response, error, log));
  });
  server.on('clientError', (error, socket) => {
    const isAnswered = [...open].some((response) => response.socket === socket && response.headersSent);
    if (isAnswered) socket.destroy();
    else answerUnreadable(error, socket);
  });
  const port = await listen(server, options);
  return {
    port,
    url: `http://${options.host}:${port}`,
    serve(next) {
      handle = next;
    },
    async close(graceMs) {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      for (const response of open) {
        if (!response.headersSent) response.setHeader('connection', 'close');
        // An event stream has no end to wait for.
        if (isEventStream(response)) response.destroy();
      }
      const force = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed.promise;
      clearTimeout(force);
    },
  };
}
