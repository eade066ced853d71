import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { fraud } from './fraud.ts';
import { inventory } from './inventory.ts';
import { type Booked, type Ledger, openLedger } from './ledger.ts';
import { notifications } from './notifications.ts';
import { isRefusal, type OutsideSystem } from './outside-system.ts';
import { payments } from './payments.ts';
import { shipping } from './shipping.ts';

const systems = [inventory, payments, fraud, shipping, notifications];

export interface TradeEmulatorOptions {
  readonly databaseFile: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly now: () => Date;
  readonly newId: () => string;
}

export interface TradeEmulator {
  readonly port: number;
  /** Each outside system has a path below it: `<url>/payments`. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The systems that an order needs, as local HTTP services: `POST /payments/charges` with an `Idempotency-Key` does something,
 * `POST /payments/refunds` takes it back, and GET of either lists what happened (`?key=` the beginning of a key).
 */
export async function startTradeEmulator({
  databaseFile,
  port,
  now,
  newId,
}: TradeEmulatorOptions): Promise<TradeEmulator> {
  const ledger = openLedger({ file: databaseFile, systems, now, newId });
  const server = createServer((message, response) => void serve(ledger, message, response));
  try {
    const address = await listen(server, port);
    return {
      port: address.port,
      url: `http://127.0.0.1:${address.port}`,
      async close() {
        await new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        });
        await ledger.close();
      },
    };
  } catch (error) {
    await ledger.close();
    throw error;
  }
}

const listen = (server: Server, port: number): Promise<AddressInfo> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve(server.address() as AddressInfo);
    });
  });

async function serve(ledger: Ledger, message: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const { answer, reply } = await answerRequest(ledger, message);
    if (reply === 'sent') send(response, answer);
    else if (reply === 'dropped') response.destroy();
  } catch (error) {
    send(response, { refused: 500, code: 'unexpected', message: String(error) });
  }
}

function send(response: ServerResponse, answer: object): void {
  const refused = isRefusal(answer);
  response.writeHead(refused ? answer.refused : 200, {
    'content-type': 'application/json',
    ...(refused && answer.retryAfterSeconds !== undefined && { 'retry-after': String(answer.retryAfterSeconds) }),
  });
  response.end(JSON.stringify(refused ? { code: answer.code, message: answer.message } : answer));
}

async function answerRequest(ledger: Ledger, message: IncomingMessage): Promise<Booked> {
  const url = new URL(message.url ?? '/', 'http://local');
  const [, name = '', path = ''] = url.pathname.split('/');
  const system = systems.find((known) => known.name === name);
  if (system === undefined)
    return refuse(404, 'not_found', `known are ${systems.map((known) => known.name).join(', ')}`);
  if (message.method === 'GET') return list(ledger, system, path, url.searchParams.get('key') ?? '');
  const key = message.headers['idempotency-key'];
  if (typeof key !== 'string') return refuse(400, 'no_idempotency_key', 'send the header Idempotency-Key');
  return change(ledger, system, path, key, await json(message).catch(() => undefined));
}

async function change(
  ledger: Ledger,
  system: OutsideSystem,
  path: string,
  key: string,
  body: unknown,
): Promise<Booked> {
  const effects = system.effects[path];
  const undo = system.undos[path];
  const schema = effects?.request ?? (undo && z.looseObject({ [undo.field]: z.string() }));
  if (schema === undefined) return refuse(404, 'not_found', `${system.name} has no ${path}`);
  const request = schema.safeParse(body);
  if (!request.success) return refuse(400, 'invalid', z.prettifyError(request.error));
  if (effects !== undefined) return ledger.do(system, path, key, request.data);
  return { answer: await ledger.undo(system, path, key, request.data as Record<string, unknown>), reply: 'sent' };
}

function list(ledger: Ledger, system: OutsideSystem, path: string, keyPrefix: string): Booked {
  const view = system.views?.[path];
  if (view !== undefined) return { answer: { items: ledger.view(view) }, reply: 'sent' };
  if (!(path in system.effects) && !(path in system.undos)) {
    return refuse(404, 'not_found', `${system.name} has no ${path}`);
  }
  return { answer: { items: ledger.list(`${system.name}/${path}`, keyPrefix) }, reply: 'sent' };
}

const refuse = (refused: number, code: string, message: string): Booked => ({
  answer: { refused, code, message },
  reply: 'sent',
});
