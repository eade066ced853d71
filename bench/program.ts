import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A program under test, in a process of its own. */
export interface Program {
  readonly url: string;
  /** Megabytes; undefined where there is no /proc. */
  readonly memory: () => { readonly now: number; readonly peak: number } | undefined;
  /** Seconds of processor time, all threads; undefined where there is no /proc. */
  readonly processorTime: () => number | undefined;
  /** Ends it by SIGTERM, and resolves when it is gone. */
  readonly stop: () => Promise<void>;
}

export interface ProgramOptions {
  readonly script: string;
  readonly args: readonly string[];
  readonly profileDir: string | undefined;
}

/** Resolves when the program has printed its URL. Of the settings around, it gets none: they could lead it to real services. */
export async function startProgram({ script, args, profileDir }: ProgramOptions): Promise<Program> {
  const profiling = profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args], {
    env: { PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'], NODE_OPTIONS: profiling.join(' ') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const killed = (): void => void child.kill('SIGKILL');
  process.once('exit', killed);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      process.off('exit', killed);
      resolve();
    });
  });
  const ready = Promise.withResolvers<string>();
  createInterface(child.stdout).on('line', (line) => {
    const url = /(?:Listening|ready) on (http:\S+)/.exec(line)?.[1];
    if (url !== undefined) ready.resolve(url);
  });
  void ended.then(() => ready.reject(new Error(`${script} ended before it was ready; its messages are above`)));
  const { pid } = child;
  return {
    url: await ready.promise,
    memory: () => readMemory(pid),
    processorTime: () => readProcessorTime(pid),
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

function readMemory(pid: number | undefined): ReturnType<Program['memory']> {
  const status = readProc(pid, 'status');
  const megabytes = (field: string): number => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status ?? '')?.[1]) / 1024;
  return status === undefined ? undefined : { now: megabytes('VmRSS'), peak: megabytes('VmHWM') };
}

/** The kernel counts in hundredths of a second towards programs (USER_HZ), whatever it uses itself. */
const ticksPerSecond = 100;

function readProcessorTime(pid: number | undefined): number | undefined {
  // proc_pid_stat(5): the name in brackets may contain spaces; utime and stime are fields 14 and 15.
  const fields = readProc(pid, 'stat')?.split(') ').at(-1)?.split(' ');
  return fields && (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

function readProc(pid: number | undefined, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}
