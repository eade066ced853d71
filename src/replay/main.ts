import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readCommandLine } from '../command-line.ts';
import { readLocalSettings } from '../host/local-settings.ts';
import { startInProcessApp } from '../host/worker/in-process-app.ts';
import { appSettings } from './app-settings.ts';
import { describeReplay } from './describe-replay.ts';
import { openApp } from './open-app.ts';
import { parseRecordedHistory } from './recorded-history.ts';
import { type RunOrchestrator, replayHistory } from './replay-history.ts';

// `npm run replay`: whether today's sagas do what instances did before. Exits with 0 only if all of them do.

const usage = `Usage: npm run replay -- HISTORY.json [more…] [--app FOLDER]
  HISTORY.json  what GET /api/sagas/{id}/history answered
  --app FOLDER  a built app of its own (default: this one, from its sources)`;

const withoutStorage =
  'it refers to values that were too large for it: set AzureWebJobsStorage to the storage account of the app that kept them';

const { files, app } = readCommandLine(usage, parse);
try {
  process.exitCode = await main();
} catch (error) {
  complain(error);
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const hasStorage = app !== undefined || namesStorage(process.env);
  const run = await open(app);
  let failures = 0;
  for (const file of files) {
    const isSame = await replayFile(file, run, hasStorage);
    if (!isSame) failures++;
  }
  return failures === 0 ? 0 : 1;
}

function namesStorage(environment: NodeJS.ProcessEnv): boolean {
  return Object.keys(environment).some((name) => /^(AzureWebJobsStorage|DOCUMENT_STORAGE)/.test(name));
}

function parse(args: string[]) {
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options: { app: { type: 'string' } } });
  if (positionals.length === 0) throw new Error('No history was given.');
  return { files: positionals, app: values.app };
}

function open(folder: string | undefined): Promise<RunOrchestrator> {
  const settings = folder === undefined ? appSettings : readLocalSettings(folder).values;
  process.env = { ...settings, ...process.env };
  return openApp(startInProcessApp, folder === undefined ? () => import('../main.ts') : resolve(folder));
}

async function replayFile(file: string, run: RunOrchestrator, hasStorage: boolean): Promise<boolean> {
  try {
    const text = await readFile(file, 'utf8');
    if (!hasStorage && text.includes('$claim')) throw new Error(withoutStorage);
    const recorded = parseRecordedHistory(JSON.parse(text));
    const replay = await replayHistory(recorded, run);
    process.stdout.write(`${file}: ${describeReplay(recorded, replay)}\n`);
    return replay.kind === 'same';
  } catch (error) {
    complain(`${file} cannot be replayed: ${textOf(error)}`);
    return false;
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function complain(error: unknown): void {
  process.stderr.write(`${textOf(error)}\n`);
}
