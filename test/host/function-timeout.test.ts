import { expect, it } from 'vitest';
import { runApp, until, type RunningApp } from './run-app.ts';

const app = {
  'host.json': { version: '2.0', functionTimeout: '00:00:01' },
  'index.js': `
    const df = require('durable-functions');
    const { app } = require('@azure/functions');
    const { threadId } = require('node:worker_threads');
    df.app.activity('spins', { handler: () => { for (;;); } });
    df.app.activity('dawdles', { handler: () => new Promise((done) => setTimeout(done, 2_000, 'late')) });
    df.app.activity('thread', { handler: () => threadId });
    df.app.orchestration('catches', function* (context) {
      const before = yield context.df.callActivity('thread');
      try { yield context.df.callActivity(context.df.getInput()); }
      catch (error) { return { before, error: error.message, after: yield context.df.callActivity('thread') }; }
    });
    df.app.entity('sleeper', () => new Promise(() => {}));
    df.app.orchestration('calls an entity', function* (context) {
      try { return yield context.df.callEntity(new df.EntityId('sleeper', 'one'), 'sleep'); }
      catch (error) { return error.message; }
    });
    df.app.orchestration('hangs', function* (context) { for (;;); });
    df.app.orchestration('hangs later', function* (context) {
      context.df.setCustomStatus('seen last');
      yield context.df.callActivity('thread');
      for (;;);
    });
    app.http('hangs over http', { route: 'hang', methods: ['GET'], handler: () => new Promise(() => {}) });
  `,
};

async function run(host: RunningApp, name: string, input: unknown = null) {
  const webhooks = `${host.url}/runtime/webhooks/durabletask`;
  await fetch(`${webhooks}/orchestrators/${name}/${name}`, { method: 'POST', body: JSON.stringify(input) });
  return until(async () => {
    const response = await fetch(`${webhooks}/instances/${name}`);
    return response.status === 200 ? ((await response.json()) as Record<string, unknown>) : undefined;
  });
}

const message = (name: string) => `Timeout value of 00:00:01 was exceeded by function: Functions.${name}`;

it('fails an activity that runs for too long, and goes on in a new thread when it does not end', async () => {
  const host = await runApp(app);
  const { output } = await run(host, 'catches', 'spins');
  const { before, error, after } = output as { before: number; error: string; after: number };
  expect(error).toContain(
    `Activity function 'spins' failed: ${message('spins')} \n {"$type":"Microsoft.Azure.WebJobs.Host.F`,
  );
  expect(after).not.toBe(before);
  const lines = host.lines.map((line) => line.message);
  expect(lines).toContainEqual(
    expect.stringMatching(/^Timeout value of 00:00:01 exceeded by function 'Functions\.spins' \(Id: '.*'\)\. Init/),
  );
  expect(lines).toContainEqual(
    expect.stringMatching(/^Executed 'Functions\.spins' \(Failed, Id=.*, Duration=1\d{3}ms\)$/),
  );
  expect(lines).toContainEqual(expect.stringMatching(/^A function timeout has occurred\. Restarting worker process/));
});

it('lets a function that ends a little late keep its thread', async () => {
  const { output } = await run(await runApp(app), 'catches', 'dawdles');
  const { before, error, after } = output as { before: number; error: string; after: number };
  expect(error).toContain(message('dawdles'));
  expect(after).toBe(before);
});

it.each([
  ['hangs', null],
  ['hangs later', 'seen last'],
])('fails an orchestrator that %s, with the status that was seen last', async (name, customStatus) => {
  expect(await run(await runApp(app), name)).toMatchObject({
    runtimeStatus: 'Failed',
    customStatus,
    output: `Orchestrator function '${name}' failed: ${message(name)}`,
  });
});

it('fails the operations of an entity that does not answer', async () => {
  const { output } = await run(await runApp(app), 'calls an entity');
  expect(output).toBe(message('sleeper'));
});

it('answers 500 for an HTTP function that does not answer', async () => {
  const host = await runApp(app);
  expect((await fetch(`${host.url}/api/hang`)).status).toBe(500);
});
