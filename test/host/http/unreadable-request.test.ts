import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
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
  ['GET /api/any?name=é HTTP/1.1\r\nHost: x\r\n\r\n', 'HTTP/1.1 400 Bad Request', /Percent-encode it as UTF-8/],
  ['hello\r\n\r\n', 'HTTP/1.1 400 Bad Request', /^This is not HTTP: Parse Error/],
  [
    `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
    'HTTP/1.1 431 Request Header Fields Too Large',
    /more than 16 KB/,
  ],
])('says why %j cannot be read', async (request, line, detail) => {
  const { port } = await runApp(app);
  const answer = await send(port, request);
  expect(answer).toMatchObject({ line, body: { status: Number(line.split(' ')[1]) } });
  expect(answer.body['detail']).toMatch(detail);
  expect(answer.headers).toContain('Content-Type: application/problem+json');
});
