import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { startHost, type Host, type HostOptions, type LogLevel } from '../../src/host/index.ts';

export interface LogLine {
  readonly level: LogLevel;
  readonly category: string;
  readonly message: string;
}

export interface RunningApp extends Host {
  readonly dataDir: string;
  readonly lines: readonly LogLine[];
}

/** A new folder that goes away with the test. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'host-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An app of these files, which finds the project's packages. `index.js` is its main unless package.json is given. */
export function makeApp(files: Readonly<Record<string, string | object>>): string {
  const folder = makeFolder();
  const all = { 'host.json': { version: '2.0' }, 'package.json': { main: 'index.js' }, ...files };
  for (const [name, content] of Object.entries(all)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** Starts an app; the host is closed when the test ends, or before by the test itself. */
export async function runApp(
  app: string | Readonly<Record<string, string | object>>,
  options: Partial<HostOptions> = {},
): Promise<RunningApp> {
  const appDir = typeof app === 'string' ? app : makeApp(app);
  const dataDir = options.dataDir ?? makeFolder();
  const lines: LogLine[] = [];
  const host = await startHost({
    appDir,
    dataDir,
    port: 0,
    env: {},
    log: (level, category, message) => lines.push({ level, category, message }),
    ...options,
  });
  onTestFinished(() => host.close(1_000));
  return { ...host, dataDir, lines };
}

/** Asks again and again until it is so. The test's own timeout is the limit. */
export async function until<T>(ask: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((wake) => setTimeout(wake, 10));
  }
}
