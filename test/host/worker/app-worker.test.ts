import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { AppSettings } from '../../../src/host/app-settings.ts';
import { systemClock } from '../../../src/host/clock.ts';
import { computeRestartDelay, createAppWorker, type AppWorker } from '../../../src/host/worker/app-worker.ts';
import type { Invocation, TypedData } from '../../../src/host/worker/contract.ts';
import { makeApp, makeFolder, until, type LogLine } from '../run-app.ts';

type Files = Readonly<Record<string, string | object>>;

async function startApp(files: Files, env: AppSettings = {}) {
  const lines: LogLine[] = [];
  const worker = await createAppWorker({
    appDir: makeApp(files),
    env,
    clock: systemClock,
    log: (level, category, message) => lines.push({ level, category, message }),
  });
  onTestFinished(() => worker.stop());
  return { worker, lines };
}

let last = 0;
function call(worker: AppWorker, functionName: string, input?: TypedData, more: Partial<Invocation> = {}) {
  const trigger = worker.functions
    .find(({ name }) => name === functionName)
    ?.bindings.find(({ type }) => type.endsWith('Trigger'));
  const inputs = new Map(input === undefined ? [] : [[trigger?.name ?? '', input]]);
  return worker.invoke({ functionName, invocationId: `i${++last}`, inputs, ...more });
}

const generic = (name: string, handler: string) =>
  `app.generic('${name}', { trigger: { type: 'activityTrigger', name: 'in' }, handler: ${handler} });\n`;

const commonJs = `const { app } = require('@azure/functions');\n`;

it('loads CommonJS, ES modules and every file of a pattern', async () => {
  const cjs = await startApp({ 'index.js': commonJs + generic('a', '() => 1') });
  expect(cjs.worker.functions).toMatchObject([{ id: 'a', name: 'a', bindings: [{ name: 'in', direction: 'in' }] }]);
  const esm = `import { app } from '@azure/functions';\nawait null;\n${generic('b', '() => 2')}`;
  const module = await startApp({ 'package.json': { type: 'module', main: './dist/main.js' }, 'dist/main.js': esm });
  expect(await call(module.worker, 'b')).toMatchObject({ ok: true, returnValue: { int: 2 } });
  const pattern = await startApp({
    'package.json': { main: 'src/{main.cjs,functions/*.{js,mjs}}' },
    'src/main.cjs': commonJs + generic('main', '() => {}'),
    'src/functions/c.js': commonJs + generic('c', '() => {}'),
    'src/functions/d.mjs': `import { app } from '@azure/functions';\n${generic('d', '() => {}')}`,
    'src/functions/not.txt': '',
  });
  expect(pattern.worker.functions.map(({ name }) => name).sort()).toEqual(['c', 'd', 'main']);
});

it.each<[string, Files, RegExp]>([
  ['without main', { 'package.json': {} }, /has no "main"/],
  ['with a main that is not there', { 'package.json': { main: 'dist/*.js' } }, /"dist\/\*\.js", which matches no file/],
  ['that throws', { 'index.js': 'throw new TypeError("mine")' }, /^mine$/],
  ['that ends its thread', { 'index.js': 'process.exit(3)' }, /exit code 3/],
  [
    'whose appStart hook fails',
    { 'index.js': `${commonJs}app.hook.appStart(() => { throw new Error('hook') })` },
    /^hook$/,
  ],
  [
    'with a name twice',
    { 'index.js': commonJs + generic('a', '1') + generic('a', '1') },
    /"a" has already been registered/,
  ],
])('refuses an app %s', async (_, files, message) => {
  await expect(startApp(files)).rejects.toThrow(message);
});

it("gives the app's own stack when the app does not load", async () => {
  const error: unknown = await startApp({ 'index.js': '\nthrow new TypeError("mine")' }).catch(
    (error: unknown) => error,
  );
  expect((error as Error).stack).toMatch(/^TypeError: mine\n\s+at .*index\.js:2/);
});

it('says which ES module has a syntax error', async () => {
  const files = {
    'package.json': { type: 'module', main: 'index.js' },
    'index.js': 'import "./bad.js"',
    'bad.js': 'const = 1',
  };
  const error: unknown = await startApp(files).catch((error: unknown) => error);
  expect((error as Error).stack).toMatch(/^file:.*bad\.js\nSyntaxError: Unexpected token '='/);
});

const inputs: readonly (readonly [TypedData, unknown])[] = [
  [undefined, ['undefined', undefined]],
  [{ string: '{"a":1}' }, ['object', { a: 1 }]],
  [{ string: '"text"' }, ['string', 'text']],
  [{ string: 'text' }, ['string', 'text']],
  [{ string: '12' }, ['number', 12]],
  [{ string: 'True' }, ['string', 'True']],
  [{ json: '[1]' }, ['object', [1]]],
  [{ int: 3 }, ['number', 3]],
  [{ double: 1.5 }, ['number', 1.5]],
  [{ bytes: Buffer.from('hi') }, ['object', { type: 'Buffer', data: [104, 105] }]],
];

it('makes inputs of typed data, as the library does', async () => {
  const { worker } = await startApp({ 'index.js': commonJs + generic('kind', '(value) => [typeof value, value]') });
  for (const [input, expected] of inputs) {
    expect(await call(worker, 'kind', input)).toMatchObject({ returnValue: { json: JSON.stringify(expected) } });
  }
});

it('makes of what a function returns typed data, as the worker does', async () => {
  const returned = `(key) => ({ undef: undefined, nul: null, num: 42, float: 1.5, bool: true, str: 'text', obj: { a: [1] }, bytes: Buffer.from('hi') })[key]`;
  const { worker } = await startApp({ 'index.js': commonJs + generic('kinds', returned) });
  const value = async (key: string) => {
    const result = await call(worker, 'kinds', { string: key });
    return result.ok ? result.returnValue : result;
  };
  expect(await value('undef')).toBeUndefined();
  expect(await value('nul')).toBeUndefined();
  expect(await value('num')).toEqual({ int: 42 });
  expect(await value('float')).toEqual({ double: 1.5 });
  expect(await value('bool')).toEqual({ json: 'true' });
  expect(await value('str')).toEqual({ string: 'text' });
  expect(await value('obj')).toEqual({ json: '{"a":[1]}' });
  expect(await value('bytes')).toEqual({ bytes: new Uint8Array([104, 105]) });
});

it('tells of what a function throws, error or not', async () => {
  const { worker } = await startApp({
    'index.js':
      commonJs + generic('fails', '(what) => { throw what.text ?? (what.object ? { a: 1 } : new RangeError("bad")); }'),
  });
  const thrown = async (what: object) => {
    const result = await call(worker, 'fails', { json: JSON.stringify(what) });
    return result.ok ? undefined : result.exception;
  };
  const error = await thrown({});
  expect(error?.message).toBe('bad');
  expect(error?.stackTrace).toMatch(/^RangeError: bad\n.*index\.js/);
  expect(await thrown({ text: 'just text' })).toMatchObject({ message: 'just text' });
  expect(await thrown({ object: true })).toMatchObject({ message: '{"a":1}' });
});

it('gives context, extra inputs and trigger metadata, and takes extra outputs', async () => {
  const { worker } = await startApp({
    'index.js': `${commonJs}
      app.generic('all', {
        trigger: { type: 'queueTrigger', name: 'in' },
        extraInputs: [{ type: 'durableClient', name: 'client' }],
        extraOutputs: [{ type: 'queue', name: 'out' }],
        retry: { strategy: 'exponentialBackoff', maxRetryCount: 4, minimumInterval: { seconds: 2 }, maximumInterval: 60000 },
        handler(input, context) {
          context.extraOutputs.set('out', { sent: input });
          const { invocationId, functionName, triggerMetadata, retryContext, traceContext } = context;
          return { invocationId, functionName, triggerMetadata, retryContext, trace: traceContext?.traceParent, client: context.extraInputs.get('client') };
        },
      });`,
  });
  expect(worker.functions[0]?.retry).toEqual({
    strategy: 'exponentialBackoff',
    maxRetryCount: 4,
    minimum: 2000,
    maximum: 60_000,
  });
  const exception = { message: 'before', stackTrace: '', source: '' };
  const result = await worker.invoke({
    functionName: 'all',
    invocationId: 'the-id',
    inputs: new Map<string, TypedData>([
      ['client', { string: '{"taskHubName":"hub"}' }],
      ['in', { string: 'message' }],
    ]),
    triggerMetadata: new Map<string, TypedData>([['DeliveryCount', { int: 2 }]]),
    retryContext: { retryCount: 1, maxRetryCount: 4, exception },
    traceParent: '00-a-b-01',
  });
  expect(result).toMatchObject({ ok: true, outputs: new Map([['out', { json: '{"sent":"message"}' }]]) });
  const { returnValue } = result as { returnValue: { json: string } };
  expect(JSON.parse(returnValue.json)).toEqual({
    invocationId: 'the-id',
    functionName: 'all',
    triggerMetadata: { deliveryCount: 2 },
    retryContext: { retryCount: 1, maxRetryCount: 4, exception },
    trace: '00-a-b-01',
    client: { taskHubName: 'hub' },
  });
});

it('logs what the app logs, by level and origin, and prints', async () => {
  const { worker, lines } = await startApp({
    'index.js':
      commonJs +
      generic(
        'logs',
        '(_, context) => { context.log("in", { a: 1 }); context.warn("warn"); context.error("err"); context.debug("dbg"); context.trace("trc"); console.log("out"); console.error("to stderr"); }',
      ),
  });
  await call(worker, 'logs');
  await until(
    () => lines.some(({ message }) => message === 'out') && lines.some(({ message }) => message === 'to stderr'),
  );
  expect(lines).toEqual(
    expect.arrayContaining([
      { level: 'information', category: 'Function.logs.User', message: 'in { a: 1 }' },
      { level: 'warning', category: 'Function.logs.User', message: 'warn' },
      { level: 'error', category: 'Function.logs.User', message: 'err' },
      { level: 'debug', category: 'Function.logs.User', message: 'dbg' },
      { level: 'trace', category: 'Function.logs.User', message: 'trc' },
      { level: 'information', category: 'Host.Function.Console', message: 'out' },
      { level: 'warning', category: 'Host.Function.Console', message: 'to stderr' },
    ]),
  );
});

it('runs hooks around the app, its invocations and its log', async () => {
  const { worker, lines } = await startApp({
    'index.js': `${commonJs}
      app.hook.appStart((context) => { context.hookData.from = 'start'; });
      app.hook.appTerminate((context) => { console.log('terminate after ' + context.hookData.from); });
      app.hook.preInvocation((context) => {
        context.hookData.seen = context.invocationContext.functionName;
        context.inputs[0] = context.inputs[0] + ' changed';
        const callback = context.functionHandler;
        context.functionHandler = async (...args) => 'wrapped ' + (await callback(...args));
      });
      app.hook.postInvocation((context) => { context.result = [context.hookData.seen, context.result]; });
      app.hook.postInvocation((context) => { if (context.error) { context.error = null; context.result = 'mended'; } });
      const disposable = app.hook.preInvocation(() => { throw new Error('must not run'); });
      disposable.dispose();
      app.hook.log((context) => { context.level = 'warning'; context.message = context.message.toUpperCase(); });
      ${generic('echo', '(input, context) => { context.log("hi"); return input; }')}
      ${generic('fails', '() => { throw new Error("x"); }')}`,
  });
  expect(await call(worker, 'echo', { string: 'in' })).toMatchObject({
    returnValue: { json: '["echo","wrapped in changed"]' },
  });
  expect(await call(worker, 'fails')).toMatchObject({ ok: true, returnValue: { string: 'mended' } });
  expect(lines).toContainEqual({ level: 'warning', category: 'Function.echo.User', message: 'HI' });
  await worker.stop();
  await until(() => lines.some(({ message }) => message === 'terminate after start'));
});

it('sees the settings as its environment and nothing of the host', async () => {
  const { worker } = await startApp(
    { 'index.js': commonJs + generic('env', '() => [process.env.MINE, process.env.PATH, process.env.UNSET]') },
    { MINE: 'yes', UNSET: undefined },
  );
  expect(await call(worker, 'env')).toMatchObject({ returnValue: { json: '["yes",null,null]' } });
});

it('refuses a function that is registered after the start', async () => {
  const { worker } = await startApp({
    'index.js': commonJs + generic('late', `() => app.timer('x', { schedule: '* * * * * *', handler() {} })`),
  });
  expect(await call(worker, 'late')).toMatchObject({
    ok: false,
    exception: { message: 'A function can only be registered during app startup.' },
  });
});

it('starts the app again when it crashes, and tells those that waited', async () => {
  const { worker, lines } = await startApp({
    'index.js':
      commonJs +
      generic('crash', '() => { setTimeout(() => { throw new Error("crashed") }); return new Promise(() => {}); }') +
      generic('exit', '() => process.exit(4)') +
      generic('pid', '() => "alive"'),
  });
  const waiting = call(worker, 'crash');
  await expect(waiting).rejects.toThrow("The app's worker is gone: Error: crashed");
  expect(await call(worker, 'pid')).toMatchObject({ returnValue: { string: 'alive' } });
  await expect(call(worker, 'exit')).rejects.toThrow('exit code 4');
  expect(await call(worker, 'pid')).toMatchObject({ returnValue: { string: 'alive' } });
  const crashes = lines.filter(({ category, level }) => category === 'Host.Worker' && level === 'error');
  expect(crashes.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^The app crashed: Error: crashed\n\s+at .*index\.js/),
    expect.stringContaining('exit code 4'),
  ]);
});

it('waits ever longer before a restart, but never over half a minute', () => {
  expect([0, 1, 2, 5, 9, 1000].map(computeRestartDelay)).toEqual([100, 200, 400, 3200, 30_000, 30_000]);
});

const crashable = (state: string) =>
  `const { existsSync } = require('node:fs');
  if (existsSync(${JSON.stringify(state)})) throw new Error('cannot load now');
  ${commonJs}${generic('exit', '() => process.exit(1)')}${generic('alive', '() => "alive"')}`;

it('tries again and again when the app does not load after a crash', async () => {
  const state = join(makeFolder(), 'broken');
  const { worker, lines } = await startApp({ 'index.js': crashable(state) });
  writeFileSync(state, '');
  await expect(call(worker, 'exit')).rejects.toThrow('exit code 1');
  await expect(call(worker, 'alive')).rejects.toThrow('The app does not load any more: cannot load now');
  expect(lines.map(({ message }) => message)).toContainEqual(
    expect.stringMatching(/^The app does not load any more: Error: cannot load now\n\s+at .*index\.js/),
  );
  rmSync(state);
  await until(() =>
    call(worker, 'alive').then(
      ({ ok }) => ok,
      () => false,
    ),
  );
});

it('stops while it waits to start again, and tells those that wait with it', async () => {
  const { worker } = await startApp({ 'index.js': crashable('/nowhere') });
  await expect(call(worker, 'exit')).rejects.toThrow('exit code 1');
  const waiting = call(worker, 'alive');
  const stopped = worker.stop();
  await expect(waiting).rejects.toThrow('The host is stopping.');
  await stopped;
});
