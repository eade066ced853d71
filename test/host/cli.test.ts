import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeApp, makeFolder, until } from './run-app.ts';

/** The program of its own process, with what it prints. */
function runCli(...args: string[]) {
  const program = spawn(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    'src/host/cli.ts',
    'host',
    ...args,
  ]);
  onTestFinished(() => void program.kill('SIGKILL'));
  const exited = once(program, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  let output = '';
  for (const stream of [program.stdout, program.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  return {
    program,
    exited,
    output: () => output,
    url: () => until(() => /Listening on (\S+)/.exec(output)?.[1]),
  };
}

const hello = `
  const { app } = require('@azure/functions');
  app.http('hello', { methods: ['GET'], handler: (_, context) => { context.log('greeting'); return { body: 'hello ' + process.env.WHO }; } });
  app.http('slow', { methods: ['GET'], handler: async (_, context) => { context.log('slow begins'); await new Promise(() => {}); } });`;

it('runs an app until it is told to stop', async () => {
  const app = makeApp({ 'index.js': hello, 'local.settings.json': { Values: { WHO: 'settings' } } });
  const host = runCli('--app', app, '--port', '0', '--data', makeFolder());
  const response = await fetch(`${await host.url()}/api/hello`);
  expect(await response.text()).toBe('hello settings');
  await until(() => /^\[[\d-]+T[\d:.]+Z\] greeting$/m.test(host.output()));
  expect(host.output()).toContain(`Functions:\n\n\thello: [GET] ${await host.url()}/api/hello\n\n\tslow: [GET] `);
  expect(host.output()).toMatch(/Executing 'Functions.hello' \(Reason='This function was .*', Id=.*\)/);
  expect(host.output()).toMatch(/Executed 'Functions.hello' \(Succeeded, Id=.*, Duration=\d+ms\)/);
  host.program.kill('SIGTERM');
  expect(await host.exited).toBe(0);
});

it('ends at once at the second signal', async () => {
  const host = runCli('--app', makeApp({ 'index.js': hello }), '--port', '0');
  fetch(`${await host.url()}/api/slow`).catch(() => {});
  await until(() => host.output().includes('slow begins'));
  host.program.kill('SIGINT');
  await until(() => host.output().includes('once more to stop at once'));
  host.program.kill('SIGINT');
  expect(await host.exited).toBe(130);
});

it("prints the app's own error when the app does not load", async () => {
  const host = runCli('--app', makeApp({ 'index.js': '\nthrow new TypeError("mine")' }), '--port', '0');
  expect(await host.exited).toBe(1);
  expect(host.output()).toMatch(/^The app does not load\.\nTypeError: mine\n\s+at .*index\.js:2/);
});

it('explains itself when it is asked to', async () => {
  for (const ask of ['--help', '-h']) {
    const host = runCli(ask);
    expect(await host.exited).toBe(0);
    expect(host.output()).toMatch(/^Usage: durable-saga host \[--app DIR\]/);
  }
});

it('shows the message alone of an error that has no stack', async () => {
  const unset = `throw Object.assign(new Error('STORE is missing: set it'), { stack: undefined });`;
  const host = runCli('--app', makeApp({ 'index.js': unset }), '--port', '0');
  expect(await host.exited).toBe(1);
  expect(host.output()).toBe('The app does not load.\nSTORE is missing: set it\n');
});

it('says what is wrong with its arguments, its app and its port', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void taken.close());
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const app = makeApp({ 'index.js': hello });
  for (const [args, message] of [
    [['--port', 'x'], /^--port is "x"; expected a number from 0 to 65535\.\nUsage:/],
    [['guest'], /^The command is "host guest"; expected "host"\.\nUsage:/],
    [['--nonsense'], /--nonsense.*\n(?:.*\n)*Usage:/],
    [['--app', makeFolder()], /host\.json cannot be read/],
    [
      ['--app', join(app, 'nowhere')],
      /^--app is ".*nowhere", which is no folder; give the one with the app's package\.json/,
    ],
    [['--app', join(app, 'index.js')], /^--app is ".*index\.js", which is no folder/],
    [
      ['--app', app, '--port', '0', '--data', join(app, 'index.js', 'data')],
      /^The data folder .*data cannot be used: EEXIST.*\. Give another one with --data\.\n$/,
    ],
    [['--app', app, '--port', '0', '--data', '/proc/data'], /^The data folder \/proc\/data cannot be used: /],
    [['--app', makeApp({ 'package.json': {} }), '--port', '0'], /has no "main"/],
    [
      ['--app', app, '--port', `${port}`],
      new RegExp(`^Port ${port} of 127.0.0.1 cannot be opened: another program uses it`),
    ],
  ] as const) {
    const host = runCli(...args);
    expect(await host.exited).toBe(1);
    expect(host.output()).toMatch(message);
  }
});

const durable = `
  const df = require('durable-functions');
  const { appendFileSync } = require('node:fs');
  df.app.activity('step', { handler: async (n) => { appendFileSync(process.env.TRACE, n + '\\n'); await new Promise((done) => setTimeout(done, 20)); return n; } });
  df.app.orchestration('steps', function* (context) {
    const done = [];
    for (let n = 1; n <= 10; n += 1) done.push(yield context.df.callActivity('step', n));
    return done;
  });`;

it('loses nothing and repeats at most the running activity when it is killed', async () => {
  const trace = join(makeFolder(), 'trace');
  appendFileSync(trace, '');
  const steps = () => readFileSync(trace, 'utf8').trim().split('\n').filter(Boolean).map(Number);
  const settings = { Values: { TRACE: trace } };
  const app = makeApp({ 'index.js': durable, 'local.settings.json': settings });
  const data = makeFolder();
  let killed = 0;
  let host = runCli('--app', app, '--port', '0', '--data', data);
  const management = async () => `${await host.url()}/runtime/webhooks/durabletask`;
  const started = await fetch(`${await management()}/orchestrators/steps/one`, { method: 'POST', body: 'null' });
  expect(started.status).toBe(202);
  for (const reached of [3, 7]) {
    await until(() => steps().includes(reached));
    host.program.kill('SIGKILL');
    await host.exited;
    killed += 1;
    host = runCli('--app', app, '--port', '0', '--data', data);
  }
  const status = await until(async () => {
    const response = await fetch(`${await management()}/instances/one`);
    return response.status === 200 ? ((await response.json()) as object) : undefined;
  });
  expect(status).toMatchObject({ runtimeStatus: 'Completed', output: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] });
  expect([...new Set(steps())]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(steps().length).toBeLessThanOrEqual(10 + killed);
  expect(existsSync(join(data, 'durable.db'))).toBe(true);
});
