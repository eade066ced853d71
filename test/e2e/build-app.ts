import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { buildConsole } from '../../src/console/build-console.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder with the built app, as it would be deployed. */
    appDir: string;
  }
}

/** Builds the app once for all files of a run, into a folder of its own: a program that runs from `dist` meanwhile is not disturbed. */
export default async function buildApp(project: TestProject): Promise<() => Promise<void>> {
  const appDir = await mkdtemp(join(tmpdir(), 'app-'));
  const outDir = join(appDir, 'dist');
  const compiler = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', outDir];
  // Types are checked by `npm run types`.
  await promisify(execFile)(process.execPath, [...compiler, '--noCheck']);
  await buildConsole(join(outDir, 'console'));
  for (const file of ['package.json', 'host.json']) await cp(file, join(appDir, file));
  await symlink(resolve('node_modules'), join(appDir, 'node_modules'));
  project.provide('appDir', appDir);
  return () => rm(appDir, { recursive: true, force: true });
}
