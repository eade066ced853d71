import { readCommandLine } from '../command-line.ts';
import { makeDataFolder } from '../host/index.ts';
import { parseStartArguments, startUsage } from './arguments.ts';
import { type Program, startProgram } from './start-program.ts';

// `npm start`: the app on this machine, with the services it needs.

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const options = readCommandLine(startUsage, (args) => parseStartArguments(args, process.env));
try {
  makeDataFolder(options.dataDir);
  const program = await startProgram({ ...options, settings: process.env, onCrash: fail });
  closeOnSignal(program);
  welcome(program, options.dataDir);
} catch (error) {
  fail(error);
}

function welcome({ host: { url, functions } }: Program, dataDir: string): void {
  for (const { name, fault } of functions) {
    if (fault !== undefined) print(`${name} does not run: ${fault}`);
  }
  print('');
  print(`  durable-saga is ready on ${url}`);
  print('');
  print(`  put a document in   curl --data-binary @docs/invoice.pdf '${url}/api/documents?name=invoice.pdf'`);
  print(`  console             ${url}/console`);
  print(`  documents           ${url}/api/documents`);
  print(`  sagas               ${url}/api/sagas`);
  print(`  open reviews        ${url}/api/reviews`);
  print(`  health              ${url}/api/health/ready`);
  print(`  data                ${dataDir}`);
  print('');
}

/** The first signal lets work under way end; the second ends everything at once: nothing is lost either way. */
function closeOnSignal(program: Program): void {
  let closing = false;
  const onSignal = (): void => {
    if (closing) process.exit(130);
    closing = true;
    print('Stopping; once more to stop at once.');
    program.close().then(() => process.exit(0), fail);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
