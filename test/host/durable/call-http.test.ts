import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AppWorker } from '../../../src/host/worker/app-worker.ts';
import { type TestEngine, createFastClock, createTestEngine, startTestApp } from './engine-harness.ts';

let worker: AppWorker;
let engine: TestEngine;
let server: Server;
/** What the server was asked, and how it answers. */
let asked: { readonly line: string; readonly headers: IncomingMessage['headers']; readonly body: string }[] = [];
let answer: (response: ServerResponse, count: number) => unknown;

const serve = async (request: IncomingMessage, response: ServerResponse) => {
  const { method, url, headers } = request;
  asked.push({ line: `${method} ${url}`, headers, body: await text(request) });
  answer(response, asked.length);
};

beforeAll(async () => {
  worker = await startTestApp();
  engine = createTestEngine({ functions: worker.functions, invoke: worker.invoke, clock: createFastClock(500) });
  engine.start();
  server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  server.close();
  await engine.stop();
  await worker.stop();
});

let runs = 0;

const call = async (options: object, answers: typeof answer) => {
  asked = [];
  answer = answers;
  const id = `http-${++runs}`;
  const { port } = server.address() as AddressInfo;
  const body = JSON.stringify({ url: `http://127.0.0.1:${port}/work`, ...options });
  await engine.call('POST', `/orchestrators/CallHttp/${id}`, { body });
  const { output, historyEvents } = await engine.ended(id);
  return { output, events: historyEvents, types: historyEvents.map(({ EventType }) => EventType) };
};

test('method, headers and body arrive, and the answer comes back with its headers, without those of its body', async () => {
  const options = { method: 'PUT', headers: { 'x-own': 'yes', 'content-type': 'text/plain' }, body: 'the body' };
  const { output } = await call(options, (response) =>
    response
      .writeHead(418, { 'X-Answer': 'A', 'Content-Type': 'text/plain', 'Set-Cookie': ['a=1', 'b=2'] })
      .end('short'),
  );
  expect(asked).toMatchObject([
    { line: 'PUT /work', headers: { 'x-own': 'yes', 'content-type': 'text/plain' }, body: 'the body' },
  ]);
  expect(output).toMatchObject({
    statusCode: 418,
    headers: { 'X-Answer': 'A', 'Set-Cookie': ['a=1', 'b=2'] },
    content: 'short',
  });
  expect(output).not.toHaveProperty('headers.Content-Type');
});

test('an object as the body is sent as JSON', async () => {
  await call({ method: 'POST', body: { a: [1] } }, (response) => response.end());
  expect(asked).toMatchObject([{ body: '{"a":[1]}', headers: { 'content-type': 'text/plain' } }]);
});

const acceptTwice = (location: string) => (response: ServerResponse, count: number) =>
  count > 2 ? response.end('done') : response.writeHead(202, { Location: location, 'Retry-After': '3' }).end();

test('content of several parts is refused', async () => {
  const headers = { 'content-type': 'multipart/form-data; boundary=x' };
  const { output } = await call({ method: 'POST', headers, body: '--x--' }, () => undefined);
  expect(output).toContain('Multipart content is not supported with CallHttpAsync.');
});

test('what was accepted is asked for where it says, with the same headers but the key of the function', async () => {
  const options = { method: 'POST', headers: { 'x-own': 'yes', 'x-functions-key': 'secret' }, body: 'once' };
  const { output, types } = await call(options, acceptTwice('/progress?of=1'));
  expect(asked.map(({ line, body }) => [line, body])).toEqual([
    ['POST /work', 'once'],
    ['GET /progress?of=1', ''],
    ['GET /progress?of=1', ''],
  ]);
  expect(asked.map(({ headers }) => [headers['x-own'], headers['x-functions-key']])).toEqual([
    ['yes', 'secret'],
    ['yes', undefined],
    ['yes', undefined],
  ]);
  expect(output).toMatchObject({ statusCode: 200, content: 'done' });
  expect(types.filter((type) => type === 'TimerFired')).toHaveLength(2);
});

test('an answer that says at what time to come back is asked for then', async () => {
  const time = new Date(Math.ceil(Date.now() / 1000) * 1000 + 600_000);
  const headers = { Location: '/progress', 'Retry-After': time.toUTCString() };
  const { output, events } = await call({ method: 'GET' }, (response, count) =>
    count > 1 ? response.end('done') : response.writeHead(202, headers).end(),
  );
  expect(output).toMatchObject({ statusCode: 200, content: 'done' });
  const fired = events.find(({ EventType }) => EventType === 'TimerFired');
  expect(Date.parse(String(fired?.['FireAt']))).toBe(time.getTime());
});

test('without polling, an answer of 202 is the answer', async () => {
  const { output } = await call({ method: 'GET', enablePolling: false }, acceptTwice('/progress'));
  expect(output).toMatchObject({ statusCode: 202 });
  expect(asked).toHaveLength(1);
});

test('without a Location there is nothing to poll', async () => {
  const { output } = await call({ method: 'GET' }, (response) => response.writeHead(202).end('later'));
  expect(output).toMatchObject({ statusCode: 202, content: 'later' });
});

test('where no answer comes, the orchestration is told why', async () => {
  const { output } = await call({ method: 'GET' }, (response) => response.destroy());
  expect(output).toMatch(/^fetch failed/);
});

test('a managed identity is not to be had here, and the error says what to do', async () => {
  const tokenSource = { kind: 'AzureManagedIdentity', resource: 'https://management.azure.com' };
  const { output } = await call({ method: 'GET', tokenSource }, () => undefined);
  expect(output).toContain('Get the token in an activity and send it as a header.');
});
