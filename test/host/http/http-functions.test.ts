import { request } from 'node:http';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { runApp, until } from '../run-app.ts';

const app = {
  'index.js': `
    const { app } = require('@azure/functions');
    app.http('echo', { methods: ['GET', 'POST', 'PUT'], route: 'echo/{id:int}/{part?}', handler: async (request, context) => ({
      status: 201,
      jsonBody: {
        method: request.method, url: request.url, params: request.params, query: [...request.query], body: await request.text(),
        header: request.headers.get('x-two'), user: request.user, trace: context.traceContext.traceParent,
      },
    }) });
    app.http('name', { methods: ['GET'], route: 'echo/{name:alpha}', handler: (request) => ({ body: 'name ' + request.params.name }) });
    app.http('rest', { methods: ['GET'], route: 'files/{*rest}', handler: (request) => ({ body: request.params.rest ?? 'none' }) });
    app.http('literal', { methods: ['GET'], route: 'files/fixed', handler: () => ({ body: 'literal' }) });
    app.http('byName', { methods: ['GET'], handler: () => ({ body: 'named' }) });
    app.http('headers', { methods: ['GET', 'HEAD', 'OPTIONS'], handler: () => ({
      body: 'some text', headers: { 'x-own': 'yes', 'content-type': 'text/x-own' },
      cookies: [{ name: 'a', value: 'b c', path: '/', httpOnly: true, sameSite: 'Strict', maxAge: 60 }, { name: 'z', value: '1', expires: new Date(1000), secure: true }],
    }) });
    app.http('size', { methods: ['POST'], handler: async (request) => ({ body: String((await request.arrayBuffer()).byteLength) }) });
    app.http('large', { methods: ['GET'], handler: () => ({ body: Buffer.alloc(5_000_000, 'x') }) });
    app.http('throws', { methods: ['GET'], handler: () => { throw new Error('no good'); } });
    app.http('nothing', { methods: ['GET'], handler: () => {} });
    app.http('status', { methods: ['GET'], route: 'status/{code}', handler: (request) => ({ status: Number(request.params.code), body: request.params.code === '204' ? undefined : 'b' }) });
    let release; const held = new Promise((resolve) => { release = resolve; });
    app.http('slow', { methods: ['GET'], handler: async (_, context) => { context.log('waiting'); await held; return { body: 'at last' }; } });
    app.http('release', { methods: ['POST'], handler: () => { release(); } });
    app.http('wrong', { methods: ['GET'], route: 'x/{id:nosuch}', handler: () => {} });
  `,
};

it('gives the function the request as it came', async () => {
  const { url } = await runApp(app);
  const traceparent = '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01';
  const response = await fetch(`${url}/api/echo/7/a%20b?x=1&x=2&y=%C3%A9`, {
    method: 'POST',
    body: 'h\u00e9llo',
    headers: { 'x-two': 'one, two', traceparent },
  });
  expect(response.status).toBe(201);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.json()).toEqual({
    method: 'POST',
    url: `${url}/api/echo/7/a%20b?x=1&x=2&y=%C3%A9`,
    params: { id: '7', part: 'a b' },
    query: [
      ['x', '1,2'],
      ['y', '\u00e9'],
    ],
    body: 'h\u00e9llo',
    header: 'one, two',
    user: null,
    trace: traceparent,
  });
});

it('finds functions by route: constraints, optional parts, rests, and the most specific first', async () => {
  const { url } = await runApp(app);
  const get = async (path: string) => (await fetch(`${url}/api/${path}`)).text();
  expect(await get('echo/abc')).toBe('name abc');
  expect(JSON.parse(await get('ECHO/12'))).toMatchObject({ params: { id: '12' } });
  expect(await get('files/a/b%2Fc.txt')).toBe('a/b/c.txt');
  expect(await get('files')).toBe('none');
  expect(await get('files/fixed')).toBe('literal');
  expect(await get('byName/')).toBe('named');
});

it('answers 404 for an unknown route, a method that is not declared and a constraint that does not hold', async () => {
  const { url } = await runApp(app);
  for (const [method, path] of [
    ['GET', '/api/nowhere'],
    ['DELETE', '/api/echo/1'],
    ['GET', '/api/echo/a1'],
    ['HEAD', '/api/byName'],
    ['OPTIONS', '/api/byName'],
    ['GET', '/byName'],
  ] as const) {
    expect((await fetch(url + path, { method })).status, `${method} ${path}`).toBe(404);
  }
});

it('answers with the status, headers, cookies and body of the function', async () => {
  const { url } = await runApp(app);
  const response = await fetch(`${url}/api/headers`);
  expect(await response.text()).toBe('some text');
  expect(Object.fromEntries(response.headers)).toMatchObject({ 'x-own': 'yes', 'content-type': 'text/x-own' });
  expect(response.headers.getSetCookie()).toEqual([
    'a=b%20c; max-age=60; path=/; samesite=strict; httponly',
    'z=1; expires=Thu, 01 Jan 1970 00:00:01 GMT; path=/; secure',
  ]);
  const head = await fetch(`${url}/api/headers`, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '9']);
  expect((await fetch(`${url}/api/headers`, { method: 'OPTIONS' })).status).toBe(200);
  expect((await fetch(`${url}/api/status/204`)).status).toBe(204);
  expect((await fetch(`${url}/api/status/418`)).status).toBe(418);
});

it('answers 500 without a body when the function throws and logs its stack, 204 when it returns nothing', async () => {
  const { url, lines } = await runApp(app);
  const failed = await fetch(`${url}/api/throws`);
  expect([failed.status, await failed.text()]).toEqual([500, '']);
  const logged = lines.find(({ category, level }) => category === 'Function.throws' && level === 'error');
  expect(logged?.message).toMatch(/^Error: no good\n\s+at handler \(.*index\.js/);
  expect((await fetch(`${url}/api/nothing`)).status).toBe(204);
});

it('takes bodies up to the limit and refuses larger ones with 413', async () => {
  const { url } = await runApp(app, { env: { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '3000000' } });
  const send = (bytes: number) => fetch(`${url}/api/size`, { method: 'POST', body: Buffer.alloc(bytes) });
  expect(await (await send(3_000_000)).text()).toBe('3000000');
  expect((await send(3_000_001)).status).toBe(413);
  expect((await send(80_000_000)).status).toBe(413);
  const chunks = Readable.from(Array.from({ length: 100 }, () => Buffer.alloc(500_000)));
  const chunked = await fetch(`${url}/api/size`, { method: 'POST', body: chunks, duplex: 'half' });
  expect(chunked.status).toBe(413);
  expect((await (await fetch(`${url}/api/large`)).arrayBuffer()).byteLength).toBe(5_000_000);
});

it('names a function whose route is not valid and runs the others', async () => {
  const { functions } = await runApp(app);
  const [wrong, ...others] = functions.filter(({ fault }) => fault !== undefined);
  expect(wrong?.name).toBe('wrong');
  expect(wrong?.fault).toContain('Unknown route constraint "nosuch"');
  expect(others).toEqual([]);
});

const withPrefix = (routePrefix: string) => ({ version: '2.0', extensions: { http: { routePrefix } } });

it('honours the route prefix of host.json', async () => {
  const none = await runApp({ ...app, 'host.json': withPrefix('') });
  expect(await (await fetch(`${none.url}/byName`)).text()).toBe('named');
  const deep = await runApp({ ...app, 'host.json': withPrefix('/v1/x/') });
  expect(await (await fetch(`${deep.url}/v1/x/byName`)).text()).toBe('named');
});

it('lets requests under way end before it closes, and takes no new ones', async () => {
  const host = await runApp(app);
  const slow = fetch(`${host.url}/api/slow`).then((response) => response.text());
  const release = request(`${host.url}/api/release`, { method: 'POST' });
  release.flushHeaders();
  await until(() => host.lines.some(({ message }) => message === 'waiting'));
  const closed = host.close(60_000);
  await expect(fetch(`${host.url}/api/byName`)).rejects.toThrow('fetch failed');
  release.end();
  expect(await slow).toBe('at last');
  await closed;
});

it('cuts requests off that outlast the grace', async () => {
  const host = await runApp(app);
  const slow = fetch(`${host.url}/api/slow`);
  slow.catch(() => {});
  await until(() => host.lines.some(({ message }) => message === 'waiting'));
  await host.close(50);
  await expect(slow).rejects.toThrow('fetch failed');
});

it('has the pages of the host itself', async () => {
  const { url } = await runApp(app);
  expect((await fetch(url)).status).toBe(200);
  expect(await (await fetch(`${url}/admin/host/status`)).json()).toMatchObject({ state: 'Running' });
});
