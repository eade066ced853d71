import { mkdtempSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Host, startHost } from '../../src/host/host.ts';
import { createFastClock } from '../host/durable/engine-harness.ts';
import { startCalledServer } from './called-server.ts';
import { createHttpTarget } from './http-target.ts';
import { lookForRecordedApp } from './look-for-app.ts';
import type { Target } from './play-recording.ts';
import { createSuite } from './suite.ts';

let host: Host;
let server: Server;
let target: Target;

beforeAll(async () => {
  const called = await startCalledServer();
  server = called.server;
  host = await startHost({
    appDir: join(import.meta.dirname, 'app'),
    dataDir: mkdtempSync(join(tmpdir(), 'conformance-')),
    port: 0,
    env: {},
    clock: createFastClock(25),
    log: () => undefined,
  });
  target = createHttpTarget(host.url, undefined, called.url);
});

afterAll(async () => {
  server.close();
  await host.close(0);
});

const later: Target = {
  get linkBase() {
    return target.linkBase;
  },
  get calledUrl() {
    return target.calledUrl;
  },
  call: (...request) => target.call(...request),
};

test('a host is looked at first, and told how to be started where it does not run the app', async () => {
  await expect(lookForRecordedApp(target)).resolves.toBe(undefined);
  for (const url of [target.calledUrl.replace(/\/$/, ''), 'http://127.0.0.1:1']) {
    await expect(lookForRecordedApp(createHttpTarget(url, undefined, target.calledUrl))).rejects.toThrow(
      /(does not run test\/conformance\/app|^Nothing answers).*start it with `npm run host -- --app test\/conformance\/app`/,
    );
  }
});

describe.concurrent('the embedded host', () => {
  const suite = createSuite(later, { prefix: 'c', patience: 20_000, seed: 1, sequences: 12 });

  test.each(suite)('$name', async ({ name, run }) => {
    const seen = await run();
    expect(seen).toBe(name.startsWith('deviation: ') ? 'as the embedded host does' : undefined);
  });
});
