import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { startHttpServer } from '../../../src/host/http/http-server.ts';
import { runApp } from '../run-app.ts';

const app = { 'index.js': `require('@azure/functions').app.http('any', { handler: () => ({ body: 'seen' }) });` };

async function send(port: number, request: string) {
  const socket = connect(port, '127.0.0.1');
  socket.write(request);
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
  const [line, ...headers] = head.split('\r\n');
  return { line, headers, body: JSON.parse(body) as Record<string, unknown> };
}

it.each([
  [
    'a URL',
    'GET /api/any?name=é HTTP/1.1\r\nHost: x\r\n\r\n',
    'HTTP/1.1 400 Bad Request',
    /Percent-encode it as UTF-8/,
  ],
  ['a text', 'hello\r\n\r\n', 'HTTP/1.1 400 Bad Request', /^This is not HTTP: Parse Error/],
  [
    'a long header',
    `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
    'HTTP/1.1 431 Request Header Fields Too Large',
    /more than 16 KB/,
  ],
])('says why %s cannot be read', async (_what, request, line, detail) => {
  const { port } = await runApp(app);
  const answer = await send(port, request);
  expect(answer).toMatchObject({ line, body: { status: Number(line.split(' ')[1]) } });
  expect(answer.body['detail']).toMatch(detail);
  expect(answer.headers).toContain('Content-Type: application/problem+json');
});

it('puts nothing into an answer that has begun', async () => {
  const server = await startHttpServer({ host: '127.0.0.1', port: 0, log: () => undefined });
  onTestFinished(() => server.close(0));
  server.serve(async (_request, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('begun');
  });
  const socket = connect(server.port, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
  socket.once('data', () => socket.write('this is no chunk\r\n'));
  const received = await text(socket);
  expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nbegun$/);
});
