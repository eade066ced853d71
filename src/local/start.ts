import { dirname, join } from 'node:path';
import { findPackageJSON } from 'node:module';
import { type Host, startHost } from '../host/index.ts';
import { parseStartArguments, type StartArguments, usage } from './arguments.ts';
import type { LocalServices } from './local-services.ts';
import { startServicesInThread } from './start-services.ts';

// `npm start`: the app on this machine, with the services it needs.

const print = (line: string): void => void process.stdout.write(`${line}\n`);

try {
  await start(readArguments(), process.env);
} catch (error) {
  fail(error);
}

async function start({ port, dataDir, servicePorts }: StartArguments, settings: NodeJS.ProcessEnv): Promise<void> {
  const packageFile = findPackageJSON('..', import.meta.url);
  if (packageFile === undefined) throw new Error('invariant: this module lies in a package');
  const services = await startServicesInThread({ dataDir: join(dataDir, 'services'), ports: servicePorts }, fail);
  const host = await startHost({
    appDir: dirname(packageFile),
    dataDir: join(dataDir, 'host'),
    port,
    // Settings that are given lead to real services; what is not given is local.
    env: { DEV_FAULTS: 'on', ...services.environment, ...settings },
  });
  closeOnSignal(host, services);
  welcome(host, dataDir);
}

function welcome({ url, functions }: Host, dataDir: string): void {
  for (const { name, fault } of functions) {
    if (fault !== undefined) print(`${name} does not run: ${fault}`);
  }
  print('');
  print(`  durable-saga is ready on ${url}`);
  print('');
  print(`  put a document in   curl --data-binary @invoice.pdf '${url}/api/documents?name=invoice.pdf'`);
  print(`  documents           ${url}/api/documents`);
  print(`  sagas               ${url}/api/sagas`);
  print(`  open reviews        ${url}/api/reviews`);
  print(`  health              ${url}/api/health/ready`);
  print(`  data                ${dataDir}`);
  print('');
}

/** The first signal lets work under way end; the second ends everything at once: nothing is lost either way. */
function closeOnSignal(host: Host, services: LocalServices): void {
  let closing = false;
  const onSignal = (): void => {
    if (closing) process.exit(130);
    closing = true;
    print('Stopping; once more to stop at once.');
    host
      .close()
      .then(() => services.close())
      .then(() => process.exit(0), fail);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

function readArguments(): StartArguments {
  try {
    return parseStartArguments(process.argv.slice(2), process.env);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${usage}`, { cause: error });
  }
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
