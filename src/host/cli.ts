#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
/** Runs a Functions app on this machine: `durable-saga host --app DIR [--port N] [--data DIR]`. */
import { statSync } from 'node:fs';
import { parseCliArguments, usage, type CliArguments } from './cli-arguments.ts';
import { readHostJson } from './host-json.ts';
import { startHost, type Host } from './host.ts';
import { readLocalSettings } from './local-settings.ts';
import { createConsoleLog, formatCoreToolsLine, formatJsonLine } from './log.ts';
import { AppLoadError } from './worker/worker-errors.ts';

const print = (text: string) => void process.stdout.write(text);

/** The first signal lets work under way end; the second ends everything at once. */
function closeOnSignal(host: Host): void {
  let closing = false;
  const onSignal = () => {
    if (closing) process.exit(130);
    closing = true;
    print('Stopping; once more to stop at once.\n');
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

function readArgumentsOrExplain(): CliArguments {
  try {
    const given = parseCliArguments(process.argv.slice(2));
    if (given !== 'help') return given;
  } catch (error) {
    return fail(new Error(`${(error as Error).message}\n${usage}`));
  }
  print(`${usage}\n`);
  process.exit(0);
}

/**
 * The worker of Azure runs in the app's folder, and so relative paths in apps begin there.
 *
 * @throws naming the option when there is no such folder.
 */
function enterApp(appDir: string): void {
  if (!statSync(appDir, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(
      `--app is "${appDir}", which is no folder; give the one with the app's package.json and host.json.`,
    );
  }
  process.chdir(appDir);
}

/** The list that Core Tools prints. */
function printFunctions({ functions, url }: Host): void {
  print('\nFunctions:\n');
  for (const { name, trigger, methods, url: address, fault, isDisabled } of functions) {
    if (fault !== undefined) continue;
    const what = isDisabled ? 'disabled' : address === undefined ? trigger : `[${methods?.join(',')}] ${address}`;
    print(`\n\t${name}: ${what}\n`);
  }
  print(`\nListening on ${url}\n`);
}

async function run(): Promise<void> {
  const given = readArgumentsOrExplain();
  const { appDir, dataDir, asksForKeys } = given;
  enterApp(appDir);
  const local = readLocalSettings(appDir);
  const env = { ...local.values, ...process.env };
  const cors = given.cors ?? local.cors;
  const port = given.port ?? local.port ?? 7071;
  const formatLine = given.logFormat === 'json' ? formatJsonLine : formatCoreToolsLine;
  const log = createConsoleLog(readHostJson(appDir, env).logLevel, print, formatLine);
  const host = await startHost({ appDir, dataDir, port, asksForKeys, env, log, ...(cors && { cors }) });
  closeOnSignal(host);
  printFunctions(host);
}

run().catch(fail);
