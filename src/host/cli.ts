/** Runs a Functions app on this machine: `node cli.ts --app DIR [--port N] [--data DIR]`. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readLocalSettings } from './app-settings.ts';
import { startHost, type Host } from './host.ts';
import { AppLoadError } from './worker/worker-errors.ts';

const usage = `Usage: --app DIR [--port N] [--data DIR]
  --app   the folder with the app's package.json and host.json (here)
  --port  on 127.0.0.1, 0 for any free one (7071)
  --data  where everything durable is kept (.host-data in the app's folder)`;

function readArguments() {
  const { values } = parseArgs({
    options: {
      app: { type: 'string', default: '.' },
      port: { type: 'string', default: '7071' },
      data: { type: 'string' },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new TypeError(`--port is "${values.port}"; expected a number from 0 to 65535.`);
  }
  const appDir = resolve(values.app);
  return { appDir, port, dataDir: resolve(values.data ?? join(appDir, '.host-data')) };
}

/** The first signal lets work under way end; the second ends everything at once. */
function closeOnSignal(host: Host): void {
  let closing = false;
  const onSignal = () => {
    if (closing) process.exit(130);
    closing = true;
    process.stdout.write('Stopping; once more to stop at once.\n');
    host.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

/** An app that does not load is told by its own stack; ours would say nothing about it. */
function fail(error: unknown): never {
  const text = error instanceof AppLoadError ? `The app does not load.\n${error.stack}` : (error as Error).message;
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

function readArgumentsOrExplain() {
  try {
    return readArguments();
  } catch (error) {
    return fail(new Error(`${(error as Error).message}\n${usage}`));
  }
}

async function run(): Promise<void> {
  const { appDir, port, dataDir } = readArgumentsOrExplain();
  const env = { ...readLocalSettings(appDir), ...process.env };
  // The worker of Azure runs in the app's folder, and so relative paths in apps begin there.
  if (existsSync(appDir)) process.chdir(appDir);
  const host = await startHost({ appDir, dataDir, port, env });
  closeOnSignal(host);
  for (const { name, trigger } of host.functions.filter(({ fault }) => fault === undefined)) {
    process.stdout.write(`  ${name}: ${trigger}\n`);
  }
  process.stdout.write(`Listening on ${host.url}\n`);
}

run().catch(fail);
