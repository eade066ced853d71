import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ManagementResponse } from '../../../src/host/durable/index.ts';
import type { AppWorker } from '../../../src/host/worker/app-worker.ts';
import type { Invoke } from '../../../src/host/worker/contract.ts';
import {
  type TestEngine,
  createFastClock,
  createTestEngine,
  linkBase,
  serveRpc,
  startTestApp,
} from './engine-harness.ts';
import { type Exchange, recordings } from './recording.ts';

let worker: AppWorker;
let engine: TestEngine;
let server: Server;
/** What the recorded orchestrations have called over HTTP. */
let called: Server;

/** While it is set, no function is called: what the real engine shows because it is slow can be seen here too. */
let hold: PromiseWithResolvers<void> | undefined;

beforeAll(async () => {
  worker = await startTestApp();
  const rpc = await serveRpc(() => engine);
  server = rpc.server;
  called = await startCalled();
  const invoke: Invoke = async (invocation) => {
    await hold?.promise;
    return worker.invoke(invocation);
  };
  engine = createTestEngine({ functions: worker.functions, invoke, clock: createFastClock(25), rpcBaseUrl: rpc.url });
  engine.start();
});

afterAll(async () => {
  server.close();
  called.close();
  await engine.stop();
  await worker.stop();
});

/** Answers 202 once, and then that it is done. */
const startCalled = async (): Promise<Server> => {
  let isAsked = false;
  const server = createServer((request, response) => {
    if (request.url === '/functions') return response.end('[]');
    if (request.url !== '/api/asyncapi') return response.writeHead(404).end();
    if (isAsked) return response.end('{"polled":true}');
    isAsked = true;
    return response
      .writeHead(202, { Location: `http://${request.headers.host}/api/asyncapi`, 'Retry-After': '1' })
      .end('wait');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
};

const calledUrl = () => `http://127.0.0.1:${(called.address() as AddressInfo).port}/`;

/** Masks what the engine makes up, as it is masked in the recordings. */
const mask = (value: unknown, name?: string): unknown => {
  if (Array.isArray(value)) return value.map((item) => mask(item));
  if (typeof value === 'object' && value !== null) {
    const masked = Object.entries(value).map(([key, item]) => [key, mask(item, key)]);
    // Of an answer over HTTP each server has its own.
    if (name === 'headers')
      return Object.fromEntries(masked.filter(([key]) => key === 'Location' || key === 'Retry-After'));
    return Object.fromEntries(masked.filter(([key]) => key !== 'StackTrace'));
  }
  if (typeof value !== 'string') return value;
  if (name === 'Details') return '(details)';
  // Newtonsoft and V8 find different words for bad JSON.
  if (name === 'ExceptionMessage' && !value.startsWith('An item')) return '(message)';
  if (/^\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)$/.test(value)) return '(time)';
  const text = value.startsWith('{"$type"')
    ? value.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)?/g, '(time)')
    : value;
  return text
    .replace(/ \n \{[^]*/, ' \n (details)')
    .replace(/(Could not parse JSON content: )[^]*/, '$1(reason)')
    .replace(/(known \w+ functions: )[^]*/, '$1(names)')
    .replaceAll(/[\da-f]{8}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{12}/g, '(uuid)');
};

const isOfOthers = (item: unknown): boolean => {
  const text = JSON.stringify(item);
  return text.startsWith('{"entityId"') && !text.includes('"ID"');
};

const readBody = (text: string): unknown => {
  if (text === '') return undefined;
  const body = JSON.parse(text) as unknown;
  // Entities of other scenarios are listed too.
  if (Array.isArray(body)) return body.filter((item) => !isOfOthers(item));
  return typeof body === 'object' && body !== null && 'statusQueryGetUri' in body ? '(started)' : body;
};

const describeAnswer = (id: string, { status, headers, body }: ManagementResponse) => {
  const query = 'taskHub=TestHubName&connection=Storage&code=key';
  const shown = Object.entries(headers).map(([name, value]) => [
    name.toLowerCase(),
    value
      .replace(linkBase, 'BASE')
      .replace(query, 'QUERY')
      .replaceAll(/[\da-f]{32}/g, '(uuid)')
      .replaceAll(id, 'ID'),
  ]);
  const compared = shown.filter(([name]) => name !== 'x-ms-continuation-token');
  const text = body.replaceAll(id, 'ID').replaceAll(calledUrl(), 'HTTP/');
  return { status, headers: Object.fromEntries(compared) as unknown, body: mask(readBody(text)) };
};

/** What a request answers as soon as that is what was recorded, or after a while whatever it answers. */
const play = async (id: string, { request, status, headers = {}, body }: Exchange) => {
  const expected = { status, headers, body: mask(body) };
  const [method, path, contentType = null, text] = request.map((part) =>
    part?.replaceAll('ID', id).replace('HTTP/', calledUrl()),
  );
  const until = Date.now() + 1000;
  for (;;) {
    const answer = describeAnswer(id, await engine.call(method!, path!, { contentType, body: text }));
    const hasActed = method !== 'GET' && answer.status < 400;
    if (hasActed || isDeepStrictEqual(answer, expected) || Date.now() > until) {
      return { answer: { request, ...answer }, expected: { request, ...expected } };
    }
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
};

/** Where this host does better than to wait for ever or to lose an event: see deviations.test.ts. */
const deviating = new Set([
  'missing-activity',
  'missing-orchestrator',
  'sub-missing',
  'retry-timeout',
  'events-across-continue-as-new',
]);

/** The real engine refuses these with 500. */
const refusedWith500 = (exchange: Exchange): boolean =>
  exchange.status === 500 && exchange.request[1].includes('reason=');

const played = recordings
  .map(({ scenario, exchanges }) => ({
    scenario,
    exchanges: exchanges.filter((exchange) => !refusedWith500(exchange)),
  }))
  .filter(({ scenario, exchanges }) => exchanges.length > 0 && !deviating.has(scenario));

/** The recorded client has waited for the end of this one without a request of its own. */
const awaitHealing = async (id: string, { request: [, path] }: Exchange): Promise<void> => {
  if (path.startsWith('/orchestrators/HealOne/'))
    await engine.ended(path.slice(path.lastIndexOf('/') + 1).replace('ID', id));
};

test.each(played)('$scenario', async ({ scenario, exchanges }) => {
  const id = `${scenario}-1`;
  const results: Awaited<ReturnType<typeof play>>[] = [];
  for (const [number, exchange] of exchanges.entries()) {
    const next = exchanges[number + 1];
    const isSeenUnfinished = next?.request[0] === 'GET' && next.status === 202;
    if (isSeenUnfinished && /\/(rewind|terminate)(\?|$)/.test(exchange.request[1])) hold = Promise.withResolvers();
    results.push(await play(id, exchange));
    await awaitHealing(id, exchange);
    if (exchange.request[0] !== 'GET') continue;
    hold?.resolve();
    hold = undefined;
  }
  expect(results.map(({ answer }) => answer)).toEqual(results.map(({ expected }) => expected));
});
