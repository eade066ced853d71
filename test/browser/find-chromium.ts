import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** A Chromium, or a browser made of it. */
    chromiumPath: string;
  }
}

const run = promisify(execFile);

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

/** Finds the browser, and installs Debian's where there is none and that is possible. */
export default async function findChromium(project: TestProject): Promise<void> {
  const given = process.env['CHROMIUM_PATH'];
  const found = (await firstThere(given === undefined ? places : [given])) ?? (await install(given));
  project.provide('chromiumPath', found);
}

async function firstThere(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}

async function install(given: string | undefined): Promise<string> {
  if (given !== undefined)
    throw new Error(`CHROMIUM_PATH is '${given}', where no program is: correct it, or leave it out.`);
  const remedy = 'install Chromium, or set CHROMIUM_PATH to a browser made of it';
  if (process.getuid?.() !== 0)
    throw new Error(`The browser tests need Chromium, and only root can install it: ${remedy}.`);
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update'], { env });
    await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], {
      env,
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (cause) {
    throw new Error(`The browser tests need Chromium, and apt-get could not install it: ${remedy}.`, { cause });
  }
  const installed = await firstThere(places);
  if (installed === undefined)
    throw new Error(`apt-get installed chromium, but not to ${places.join(', ')}: ${remedy}.`);
  return installed;
}
