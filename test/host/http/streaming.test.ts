import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { runApp } from '../run-app.ts';

const app = {
  'index.js': `
    const { app } = require('@azure/functions');
    const { createHash } = require('node:crypto');
    const { Readable } = require('node:stream');
    app.setup({ enableHttpStream: true });
    app.http('hash', { methods: ['POST'], route: 'hash/{name}', handler: async (request) => {
      const hash = createHash('sha256');
      for await (const chunk of request.body) hash.update(chunk);
      return { jsonBody: { hash: hash.digest('hex'), params: request.params, query: request.query.get('q'), type: request.headers.get('content-type'), url: request.url } };
    } });
    app.http('numbers', { methods: ['GET'], handler: async () => ({
      body: Readable.from(['1', '2', '3']), headers: { 'x-own': 'yes' }, cookies: [{ name: 'a', value: 'b' }] }) });
    app.http('events', { methods: ['GET'], handler: async () => ({
      body: new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('data: first\\n\\n')) }),
      headers: { 'content-type': 'text/event-stream' } }) });
    app.http('refuses', { methods: ['POST'], handler: async () => ({ status: 415, jsonBody: { why: 'x'.repeat(1000) } }) });
    app.http('fails', { handler: async () => { throw new Error('before it answered'); } });
    app.http('nothing', { handler: async () => {} });
    app.http('breaks', { handler: async () => ({ body: Readable.from((async function* () { yield 'begun'; throw new Error('in the middle'); })()) }) });
  `,
};

it('hands a large body over as it comes, with headers, route and query', async () => {
  const { url } = await runApp(app);
  const body = randomBytes(20_000_000);
  const response = await fetch(`${url}/api/hash/x%2Fy?q=1&Name=no&Code=key`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-test' },
  });
  expect(await response.json()).toEqual({
    hash: createHash('sha256').update(body).digest('hex'),
    // As on Azure, query values are among the parameters.
    params: { name: 'x/y', q: '1' },
    query: '1',
    type: 'application/x-test',
    url: `${url}/api/hash/x%2Fy?q=1&Name=no&Code=key`,
  });
});

it('sends a streamed answer with its headers and cookies', async () => {
  const { url } = await runApp(app);
  const response = await fetch(`${url}/api/numbers`);
  expect(await response.text()).toBe('123');
  expect(response.headers.get('x-own')).toBe('yes');
  expect(response.headers.get('set-cookie')).toBe('a=b');
  expect(response.headers.has('x-ms-invocation-id')).toBe(false);
});

it('answers 500 when the function throws, 204 when it returns nothing', async () => {
  const { url } = await runApp(app);
  expect((await fetch(`${url}/api/fails`)).status).toBe(500);
  expect((await fetch(`${url}/api/nothing`)).status).toBe(204);
});

it('breaks the connection off when the body fails in the middle', async () => {
  const { url } = await runApp(app);
  await expect(fetch(`${url}/api/breaks`).then((response) => response.text())).rejects.toThrow('terminated');
});

it('refuses a body over the limit with 413', async () => {
  const { url } = await runApp(app, { env: { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '1000' } });
  const announced = await fetch(`${url}/api/hash/x`, { method: 'POST', body: Buffer.alloc(80_000_000) });
  expect(announced.status).toBe(413);
  const chunks = Readable.from(Array.from({ length: 100 }, () => Buffer.alloc(500_000)));
  const chunked = await fetch(`${url}/api/hash/x`, { method: 'POST', body: chunks, duplex: 'half' });
  expect(chunked.status).toBe(413);
});

it.each([1_000, 1_000_000, 20_000_000])('passes on an answer given before %i bytes of body are read', async (bytes) => {
  const { url } = await runApp(app);
  for (let turn = 0; turn < 3; turn += 1) {
    const response = await fetch(`${url}/api/refuses`, { method: 'POST', body: Buffer.alloc(bytes) });
    expect([response.status, await response.json()]).toEqual([415, { why: 'x'.repeat(1000) }]);
  }
});

it('closes at once in spite of an open event stream', async () => {
  const host = await runApp(app);
  const response = await fetch(`${host.url}/api/events`);
  const reader = response.body!.getReader();
  expect(Buffer.from((await reader.read()).value ?? '').toString()).toBe('data: first\n\n');
  await host.close(60_000);
  await expect(reader.read()).rejects.toThrow('terminated');
});
