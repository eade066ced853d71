import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseHostJson, readHostJson } from '../host/host-json.ts';
import { startHttpServer } from '../host/http/http-server.ts';
import type { Clock, Log } from '../host/index.ts';
import type { HostParts } from '../host/host-parts.ts';
import type { TestHostOptions } from './create-test-host.ts';
import { startInProcessApp } from './load-in-process.ts';
import { useSettings } from './use-settings.ts';

function readSettings({ appDir, hostJson, settings = {} }: TestHostOptions) {
  if (hostJson !== undefined || appDir === undefined) return parseHostJson(hostJson ?? { version: '2.0' }, settings);
  return readHostJson(appDir, settings);
}

function sourceOf({ register, appDir }: TestHostOptions): string | (() => unknown) {
  if (register !== undefined && appDir === undefined) return register;
  if (appDir !== undefined && register === undefined) return resolve(appDir);
  throw new TypeError('createTestHost takes either "register" or "appDir".');
}

function createIds(): () => string {
  let last = 0;
  return () => `00000000-0000-4000-8000-${String(++last).padStart(12, '0')}`;
}

/** What a host is made of, with the app in this thread; all of it goes with the answer's `close`. */
export async function openHostParts(options: TestHostOptions, clock: Clock, log: Log) {
  const { settings: env = {}, inMemory = false } = options;
  const source = sourceOf(options);
  const settings = readSettings(options);
  await using opened = new AsyncDisposableStack();
  opened.defer(useSettings(env));
  const dataDir = mkdtempSync(join(tmpdir(), 'test-host-'));
  opened.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const main = await startHttpServer({ host: '127.0.0.1', port: 0, log });
  opened.defer(() => main.close(0));
  const rpc = await startHttpServer({ host: '127.0.0.1', port: 0, log });
  opened.defer(() => rpc.close(0));
  const loadApp = () => startInProcessApp({ source, log });
  const worker = await loadApp();
  const parts: HostParts = {
    main,
    rpc,
    worker,
    settings,
    dataDir,
    env,
    clock,
    newId: createIds(),
    log,
    ...(inMemory && { durableDatabase: ':memory:' }),
  };
  const toClose = opened.move();
  return { parts, loadApp, close: () => toClose.disposeAsync() };
}
