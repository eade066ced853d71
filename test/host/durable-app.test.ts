import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runApp, until, type RunningApp } from './run-app.ts';

const app = {
  'host.json': { version: '2.0', extensions: { durableTask: { hubName: 'Mine' } } },
  'index.js': `
    const df = require('durable-functions');
    const { app } = require('@azure/functions');
    df.app.activity('greet', { handler: (name) => 'Hello ' + name });
    let broken = true;
    df.app.activity('breaks', { handler: () => { if (broken) throw new Error('not yet'); return 'mended'; } });
    app.http('mend', { methods: ['POST'], handler: () => { broken = false; } });
    df.app.activity('asks', { extraInputs: [df.input.durableClient()], handler: async (id, context) => (await df.getClient(context).getStatus(id)).name });
    df.app.orchestration('greetings', function* (context) {
      const names = context.df.getInput();
      return yield context.df.Task.all(names.map((name) => context.df.callActivity('greet', name)));
    });
    df.app.orchestration('waits', function* (context) { return yield context.df.waitForExternalEvent('go'); });
    df.app.orchestration('fragile', function* (context) { return yield context.df.callActivity('breaks'); });
    df.app.orchestration('asksItself', function* (context) { return yield context.df.callActivity('asks', context.df.instanceId); });
    df.app.client.http('start', { methods: ['POST'], route: 'start/{name}/{id}', handler: async (request, client) => {
      await client.startNew(request.params.name, { instanceId: request.params.id, input: await request.json() });
      return client.createCheckStatusResponse(request, request.params.id);
    } });
    df.app.client.http('wait', { methods: ['POST'], route: 'wait/{name}/{ms}', handler: async (request, client) => {
      const id = await client.startNew(request.params.name, { input: await request.json() });
      return client.waitForCompletionOrCreateCheckStatusResponse(request, id, { timeoutInMilliseconds: Number(request.params.ms), retryIntervalInMilliseconds: 20 });
    } });
    df.app.client.http('client', { methods: ['POST'], route: 'client/{call}/{id}', handler: async (request, client) => {
      const result = await client[request.params.call](request.params.id, ...(await request.json()));
      return { jsonBody: result ?? {} };
    } });
  `,
};

const post = (host: RunningApp, path: string, body: unknown = []) =>
  fetch(`${host.url}/api/${path}`, { method: 'POST', body: JSON.stringify(body) });

async function client(
  host: RunningApp,
  call: string,
  id: string,
  ...args: unknown[]
): Promise<Record<string, unknown>> {
  return (await (await post(host, `client/${call}/${id}`, args)).json()) as Record<string, unknown>;
}

const reaches = (host: RunningApp, id: string, status: string) =>
  until(async () => (await client(host, 'getStatus', id))['runtimeStatus'] === status);

it('runs orchestrations that functions start, and answers with links that work', async () => {
  const host = await runApp(app);
  const started = await post(host, 'start/greetings/one', ['Ada', 'Grace']);
  expect(started.status).toBe(202);
  const links = (await started.json()) as Record<string, string>;
  expect(started.headers.get('location')).toBe(links['statusQueryGetUri']);
  expect(links['statusQueryGetUri']).toBe(
    `${host.url}/runtime/webhooks/durabletask/instances/one?taskHub=Mine&connection=Storage`,
  );
  const status = await until(async () => {
    const response = await fetch(links['statusQueryGetUri'] ?? '');
    return response.status === 200 ? ((await response.json()) as object) : undefined;
  });
  expect(status).toMatchObject({ name: 'greetings', runtimeStatus: 'Completed', output: ['Hello Ada', 'Hello Grace'] });
  expect(host.lines).toContainEqual({
    level: 'information',
    category: 'Host.Triggers.DurableTask',
    message: "one: Function 'greetings (Orchestrator)' scheduled. Reason: NewInstance. HubName: Mine.",
  });
  expect((await fetch(links['purgeHistoryDeleteUri'] ?? '', { method: 'DELETE' })).status).toBe(200);
  expect((await fetch(links['statusQueryGetUri'] ?? '')).status).toBe(404);
});

it('runs the functions that host.json asks for, and no others', async () => {
  const host = await runApp({ ...app, 'host.json': { version: '2.0', functions: ['Start', 'greet', 'mend'] } });
  const running = host.functions.filter(({ isDisabled }) => !isDisabled).map(({ name }) => name);
  expect((await post(host, 'mend')).status).toBe(204);
  expect((await post(host, 'start/greetings/x', ['Ada'])).status).toBe(500);
  expect(running).toEqual(['greet', 'mend', 'start']);
});

it('shows links to where it listens, whoever asks', async () => {
  const host = await runApp(app);
  const payload = await client(host, 'createHttpManagementPayload', 'x');
  const management = `${host.url}/runtime/webhooks/durabletask/instances/x`;
  const query = 'taskHub=Mine&connection=Storage';
  expect(payload).toEqual({
    id: 'x',
    statusQueryGetUri: `${management}?${query}`,
    sendEventPostUri: `${management}/raiseEvent/{eventName}?${query}`,
    terminatePostUri: `${management}/terminate?reason={text}&${query}`,
    rewindPostUri: `${management}/rewind?reason={text}&${query}`,
    purgeHistoryDeleteUri: `${management}?${query}`,
    restartPostUri: `${management}/restart?${query}`,
    suspendPostUri: `${management}/suspend?reason={text}&${query}`,
    resumePostUri: `${management}/resume?reason={text}&${query}`,
  });
});

it('waits for completion, and answers with a link when it takes too long', async () => {
  const host = await runApp(app);
  const done = await post(host, 'wait/greetings/10000', ['Ada']);
  expect([done.status, await done.json()]).toEqual([200, ['Hello Ada']]);
  expect((await post(host, 'wait/waits/20', null)).status).toBe(202);
});

it('lets clients raise events, suspend, resume, terminate and rewind', async () => {
  const host = await runApp(app);
  await post(host, 'start/waits/event', null);
  await client(host, 'suspend', 'event', 'pause');
  await reaches(host, 'event', 'Suspended');
  await client(host, 'raiseEvent', 'event', 'go', { v: 1 });
  await client(host, 'resume', 'event', 'on');
  await reaches(host, 'event', 'Completed');
  expect(await client(host, 'getStatus', 'event')).toMatchObject({ output: { v: 1 } });

  await post(host, 'start/waits/ended', null);
  await client(host, 'terminate', 'ended', 'enough');
  await reaches(host, 'ended', 'Terminated');
  expect(await client(host, 'getStatus', 'ended')).toMatchObject({ output: 'enough' });

  await post(host, 'start/fragile/fragile', null);
  await reaches(host, 'fragile', 'Failed');
  await post(host, 'mend');
  await client(host, 'rewind', 'fragile', 'mended');
  await reaches(host, 'fragile', 'Completed');
  expect(await client(host, 'getStatus', 'fragile')).toMatchObject({ output: 'mended' });
});

it('gives activities a client too', async () => {
  const host = await runApp(app);
  await post(host, 'start/asksItself/self', null);
  await reaches(host, 'self', 'Completed');
  expect(await client(host, 'getStatus', 'self')).toMatchObject({ output: 'asksItself' });
});

it('keeps instances over a restart', async () => {
  const first = await runApp(app);
  await post(first, 'start/waits/long', null);
  await reaches(first, 'long', 'Running');
  await first.close();
  const second = await runApp(app, { dataDir: first.dataDir });
  await client(second, 'raiseEvent', 'long', 'go', 'after the restart');
  await reaches(second, 'long', 'Completed');
  expect(await client(second, 'getStatus', 'long')).toMatchObject({ output: 'after the restart' });
});

it('goes on with an orchestration when the thread that knew its history is gone', async () => {
  const host = await runApp({
    'index.js': `
      const df = require('durable-functions');
      const fs = require('node:fs');
      df.app.activity('greet', { handler: (name) => 'Hello ' + name });
      df.app.activity('diesOnce', { handler: (file) => {
        if (fs.existsSync(file)) return 'lives';
        fs.writeFileSync(file, '');
        process.exit(1);
      } });
      df.app.orchestration('goesOn', function* (context) {
        const said = [yield context.df.callActivity('greet', 'Ada')];
        said.push(yield context.df.callActivity('diesOnce', context.df.getInput()));
        return [...said, yield context.df.callActivity('greet', 'Grace')];
      });
    `,
  });
  const orchestration = `${host.url}/runtime/webhooks/durabletask/orchestrators/goesOn/one?timeout=30&pollingInterval=0.01`;
  const body = JSON.stringify(join(host.dataDir, 'has-died'));
  const answer = await fetch(orchestration, { method: 'POST', body });
  expect(await answer.json()).toEqual(['Hello Ada', 'lives', 'Hello Grace']);
  expect(host.lines.map(({ message }) => message).join('\n')).toContain('The app crashed');
});
