import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, inject, onTestFinished } from 'vitest';
import { accountKey as cosmosKey } from '../../src/emulators/cosmos/account.ts';

/** The whole program as a user starts it, in a process of its own. */
export interface Program {
  readonly url: string;
  /** What leads the real SDKs to the local services. */
  readonly connections: Connections;
  /** Everything that it has printed so far. */
  readonly output: () => string;
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>;
  /** SIGTERM; answers the exit code. */
  stop(): Promise<number | null>;
}

export interface Connections {
  readonly storage: string;
  readonly cosmos: string;
  readonly serviceBus: string;
  /** Where the systems that orders need are. */
  readonly trade: string;
}

export interface ProgramOptions {
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string>>;
  /** After the ones that find a free port and the data; the last of a name counts. */
  readonly args?: readonly string[];
}

/** A folder for the tests of a file, or of one test when it is made within one. */
export async function makeDataFolder(cleanUp: typeof afterAll | typeof onTestFinished): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'e2e-'));
  cleanUp(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** A program that was started, whether it has become ready or not. */
export interface Launched {
  readonly ready: Promise<Program>;
  kill(): Promise<void>;
}

/** Starts the program on free ports. */
export function launchProgram({ dataDir, env = {}, args = [] }: ProgramOptions): Launched {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(inject('appDir'), 'dist/src/local/start.js'),
      '--port',
      '0',
      '--data',
      dataDir,
      ...args,
    ],
    { env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  const url = new Promise<string>((resolve, reject) => {
    const onOutput = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
      const found = /is ready on (http:\S+)/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', onOutput);
    child.stderr.on('data', onOutput);
    child.once('exit', (code) => reject(new Error(`the program ended with ${code} before it was ready:\n${output}`)));
  });
  const kill = async (): Promise<void> => void (await end(child, 'SIGKILL'));
  const ready = url.then(async (found) => ({
    url: found,
    connections: await readConnections(dataDir),
    output: () => output,
    kill,
    stop: () => end(child, 'SIGTERM'),
  }));
  return { ready, kill };
}

/** Starts the program and waits until it says that it is ready. */
export const startProgram = (options: ProgramOptions): Promise<Program> => launchProgram(options).ready;

/** One program for all tests of a file, in a folder of its own. */
export async function useProgram(env: Readonly<Record<string, string>> = {}): Promise<Program> {
  const dataDir = await makeDataFolder(afterAll);
  const program = await startProgram({ dataDir, env });
  afterAll(() => program.kill());
  return program;
}

async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
  return child.exitCode;
}

/** The key of every local storage emulator, published with its account. */
const storageKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

async function readConnections(dataDir: string): Promise<Connections> {
  const file = await readFile(join(dataDir, 'services', 'last-start.json'), 'utf8');
  const { ports } = JSON.parse(file) as { ports: Record<keyof Connections | 'blob', number> };
  const { blob, cosmos, serviceBus, trade } = ports;
  const account = 'devstoreaccount1';
  return {
    storage: `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${storageKey};BlobEndpoint=http://127.0.0.1:${blob}/${account};`,
    cosmos: `AccountEndpoint=http://127.0.0.1:${cosmos}/;AccountKey=${cosmosKey};`,
    serviceBus: `Endpoint=sb://localhost:${serviceBus};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;`,
    trade: `http://127.0.0.1:${trade}`,
  };
}
