import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createDurableClient, type DurableClient } from './durable-client.ts';
import { type Program, startProgram } from './program.ts';
import type { Setting } from './workload.ts';

export interface BenchHost extends Program {
  readonly client: DurableClient;
}

const root = join(import.meta.dirname, '..');

export const builtFile = (path: string): string => join(root, 'dist', path);

/** The embedded host with the app of this folder; what it keeps lies in `data` of the workload's folder. */
export async function startBenchHost({ folder, profileDir }: Setting): Promise<BenchHost> {
  const program = await startProgram({
    script: builtFile('src/host/cli.js'),
    args: ['host', '--app', join(import.meta.dirname, 'app'), '--port', '0', '--data', join(folder, 'data')],
    profileDir,
  });
  return { ...program, client: createDurableClient(program.url) };
}

/** Bytes of all files below. */
export const measureFolder = (folder: string): number =>
  globSync('**/*', { cwd: folder })
    .map((file) => statSync(join(folder, file)))
    .reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
