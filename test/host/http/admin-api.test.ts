import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hostVersion } from '../../../src/host/host-version.ts';
import { makeFolder, runApp, until } from '../run-app.ts';

const app = {
  'index.js': `
    const { app } = require('@azure/functions');
    const df = require('durable-functions');
    app.http('greet', { methods: ['GET', 'POST'], route: '%WORD%/{name}', handler: async (request) => ({ body: 'hello ' + request.params.name }) });
    app.http('secret', { authLevel: 'function', handler: async () => ({ body: 'secret' }) });
    app.http('rule', { authLevel: 'admin', handler: async () => ({ body: 'rule' }) });
    app.http('begin', { extraInputs: [df.input.durableClient()], handler: async (request, context) => {
      const client = df.getClient(context);
      const id = await client.startNew('nothing');
      return client.createCheckStatusResponse(request, id);
    } });
    app.http('off', { handler: async () => ({ body: 'off' }) });
    app.timer('sweep', { schedule: '0 0 0 1 1 *', handler: (timer, context) => context.log('swept ' + timer.isPastDue) });
    app.timer('idle', { schedule: '* * * * * *', handler: (timer, context) => context.log('idle') });
    app.warmup('warm', { handler: (_, context) => context.log('warm') });
    df.app.orchestration('nothing', function* () {});
  `,
};
const env = { WORD: 'greetings', 'AzureWebJobs.off.Disabled': 'true', AzureWebJobs_idle_Disabled: '1' };

const statusOf = async (url: string, init?: RequestInit) => (await fetch(url, init)).status;

it('tells of the host and of its functions', async () => {
  const host = await runApp(app, { env });
  const get = async (path: string): Promise<unknown> => (await fetch(`${host.url}/admin/${path}`)).json();
  expect(await get('host/status')).toMatchObject({ state: 'Running', version: hostVersion });
  expect(await statusOf(`${host.url}/admin/host/ping`)).toBe(200);
  expect(await get('functions/GREET')).toMatchObject({
    name: 'greet',
    invoke_url_template: `${host.url}/api/greetings/{name}`,
    isDisabled: false,
    config: { bindings: [{ type: 'httpTrigger', methods: ['GET', 'POST'] }, { type: 'http' }] },
  });
  const all = (await get('functions')) as { name: string; isDisabled: boolean }[];
  expect(all.filter(({ isDisabled }) => isDisabled).map(({ name }) => name)).toEqual(['off', 'idle']);
  expect(await get('functions/sweep/status')).toEqual({});
  for (const path of [
    'functions/nobody',
    'functions/greet/keys',
    'host/keys',
    'host/nonsense',
    'nonsense',
    'functions/a/b/c',
  ]) {
    expect(await statusOf(`${host.url}/admin/${path}`)).toBe(404);
  }
});

it('puts settings into routes, warms up, and leaves disabled functions alone', async () => {
  const host = await runApp(app, { env });
  expect(await (await fetch(`${host.url}/api/greetings/Ada`)).text()).toBe('hello Ada');
  expect(await statusOf(`${host.url}/api/off`)).toBe(404);
  await until(() => host.lines.some(({ message }) => message === 'warm'));
  expect(host.lines.some(({ message }) => message === 'idle')).toBe(false);
});

it('runs a function by hand', async () => {
  const host = await runApp(app, { env });
  const run = (name: string, body: string) => fetch(`${host.url}/admin/functions/${name}`, { method: 'POST', body });
  expect((await run('sweep', '{"input":""}')).status).toBe(202);
  await until(() => host.lines.some(({ message }) => message === 'swept false'));
  expect((await run('sweep', '')).status).toBe(202);
  expect(await (await run('greet', '{"input":"x"}')).json()).toEqual({
    message: 'Function "greet" (httpTrigger) cannot be run by hand.',
  });
  expect((await run('sweep', '{"input":1}')).status).toBe(400);
  expect((await run('idle', '{}')).status).toBe(400);
  expect((await run('nobody', '{}')).status).toBe(404);
});

it('asks for keys where it is told to, and keeps them', async () => {
  const dataDir = makeFolder();
  const host = await runApp(app, { env, dataDir, asksForKeys: true });
  const keys = JSON.parse(readFileSync(join(dataDir, 'keys.json'), 'utf8')) as {
    master: string;
    functions: { default: string };
    system: { durabletask_extension: string };
    byFunction: Record<string, { default: string }>;
  };
  const statuses = (path: string, given: readonly (string | undefined)[]) =>
    Promise.all(
      given.map((key) =>
        statusOf(`${host.url}${path}`, key === undefined ? {} : { headers: { 'x-functions-key': key } }),
      ),
    );
  const { master, functions, system, byFunction } = keys;
  const given = [
    undefined,
    'wrong',
    byFunction['rule']?.default,
    byFunction['secret']?.default,
    functions.default,
    master,
  ];
  expect(await statuses('/api/greetings/Ada', given)).toEqual([200, 200, 200, 200, 200, 200]);
  expect(await statuses('/api/secret', given)).toEqual([401, 401, 401, 200, 200, 200]);
  expect(await statuses('/api/rule', given)).toEqual([401, 401, 401, 401, 401, 200]);
  expect(await statuses('/admin/functions', given)).toEqual([401, 401, 401, 401, 401, 200]);
  expect(await statuses('/runtime/webhooks/durabletask/instances', given)).toEqual([401, 401, 401, 401, 401, 200]);
  expect(
    await statusOf(`${host.url}/runtime/webhooks/durabletask/instances?code=${system.durabletask_extension}`),
  ).toBe(200);
  expect(await statusOf(`${host.url}/api/secret?code=${functions.default}`)).toBe(200);
  expect(await statusOf(`${host.url}/admin/host/status`)).toBe(200);

  const own = await fetch(`${host.url}/admin/functions/secret/keys?code=${master}`);
  expect(await own.json()).toEqual({ keys: [{ name: 'default', value: byFunction['secret']?.default }], links: [] });
  const started = await fetch(`${host.url}/api/begin`);
  const { statusQueryGetUri } = (await started.json()) as { statusQueryGetUri: string };
  expect(statusQueryGetUri).toContain(`code=${system.durabletask_extension}`);
  expect([200, 202]).toContain(await statusOf(statusQueryGetUri));

  await host.close();
  const again = await runApp(app, { env, dataDir, asksForKeys: true });
  expect(await statusOf(`${again.url}/api/secret?code=${byFunction['secret']?.default}`)).toBe(200);
});

it('lets pages of the given origins read its answers, and no others', async () => {
  const host = await runApp(app, { env, cors: { origins: ['https://shop.example'], credentials: true } });
  const ask = (origin: string, init: RequestInit = {}, headers: Record<string, string> = {}) =>
    fetch(`${host.url}/api/greetings/Ada`, { ...init, headers: { origin, ...headers } });
  const allowed = await ask('https://shop.example');
  expect(allowed.headers.get('access-control-allow-origin')).toBe('https://shop.example');
  expect(allowed.headers.get('access-control-allow-credentials')).toBe('true');
  expect(await allowed.text()).toBe('hello Ada');
  const preflight = await ask(
    'https://shop.example',
    { method: 'OPTIONS' },
    {
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'x-one',
    },
  );
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-headers')).toBe('x-one');
  expect(preflight.headers.get('access-control-allow-methods')).toContain('PUT');
  expect((await ask('https://other.example')).headers.get('access-control-allow-origin')).toBeNull();

  const open = await runApp(app, { env, cors: { origins: ['*'], credentials: false } });
  const toAll = await fetch(`${open.url}/api/greetings/Ada`, { headers: { origin: 'https://any.example' } });
  expect(toAll.headers.get('access-control-allow-origin')).toBe('*');
});
