import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { makeApp, makeFolder, runApp } from './run-app.ts';

const app = {
  'index.js': `
    const { app } = require('@azure/functions');
    app.http('hello', { methods: ['GET'], handler: () => ({ body: 'hello' }) });
    app.storageQueue('onQueue', { queueName: 'q', connection: 'c', handler() {} });
    app.storageBlob('sdk', { path: 'a/{name}', connection: 'c', sdkBinding: true, name: 'blob', handler() {} });
    app.http('writes', { extraOutputs: [{ type: 'queue', name: 'out', queueName: 'x' }], handler() {} });`,
};

it('runs what it can and names what it cannot', async () => {
  const { functions, lines, url } = await runApp(app);
  expect(functions.map(({ name, fault }) => [name, fault?.split('.', 1)[0]])).toEqual([
    ['hello', undefined],
    ['onQueue', 'this host has no "queueTrigger"'],
    ['sdk', expect.stringContaining('has sdkBinding') as string],
    ['writes', 'this host has no output binding of type "queue"'],
  ]);
  expect(lines.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual([
    expect.stringContaining('Function "onQueue" does not run'),
    expect.stringContaining('Function "sdk" does not run'),
    expect.stringContaining('Function "writes" does not run'),
  ]);
  expect(await (await fetch(`${url}/api/hello`)).text()).toBe('hello');
});

it('sends short paths to where they lead, with what stands below and behind them', async () => {
  const { url } = await runApp(app, { redirects: { '/hi': '/api/hello' } });
  const at = async (path: string) => (await fetch(`${url}${path}`, { redirect: 'manual' })).headers.get('location');
  expect(await at('/hi')).toBe('/api/hello');
  expect(await at('/hi/there?a=1')).toBe('/api/hello/there?a=1');
  expect(await at('/high')).toBeNull();
  expect(await (await fetch(`${url}/hi`)).text()).toBe('hello');
});

it('shares its data folder with no other host', async () => {
  const first = await runApp(app);
  await expect(runApp(app, { dataDir: first.dataDir })).rejects.toThrow('is in use by another program');
  await first.close();
  const second = await runApp(app, { dataDir: first.dataDir });
  expect(second.functions).toHaveLength(4);
});

it('closes everything when it cannot start', async () => {
  const dataDir = makeFolder();
  await expect(runApp({ 'index.js': 'throw new Error("no")' }, { dataDir })).rejects.toThrow('no');
  const host = await runApp(app, { dataDir });
  await Promise.all([host.close(), host.close()]);
});

it('leaves nothing behind that keeps a process alive', async () => {
  const script = `
    import { startHost } from './src/host/index.ts';
    const [appDir, dataDir] = process.argv.slice(1);
    const host = await startHost({ appDir, dataDir, port: 0, env: {}, log() {} });
    await (await fetch(host.url + '/api/hello')).text();
    await host.close();`;
  const program = spawn(process.execPath, ['--input-type=module', '-e', script, makeApp(app), makeFolder()]);
  onTestFinished(() => void program.kill('SIGKILL'));
  const [code] = (await once(program, 'exit')) as [number];
  expect(code).toBe(0);
});
