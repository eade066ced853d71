import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export interface HostProcess {
  /** Of the management API, with a slash at the end. */
  readonly url: string;
  kill(): Promise<void>;
}

/**
 * An engine in a process of its own.
 *
 * @param fileLimit `ulimit -f`, in blocks of 512 bytes: a file that may not grow beyond it fails as a full disk does.
 */
export async function startHostProcess(databaseFile: string, fileLimit = 'unlimited'): Promise<HostProcess> {
  const script = `trap '' XFSZ; ulimit -f ${fileLimit}; exec "$@"`;
  const program = join(import.meta.dirname, 'host-process.ts');
  const args = [process.execPath, '--disable-warning=ExperimentalWarning', program, databaseFile];
  const child = spawn('sh', ['-c', script, 'sh', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    url: line.toString().trim(),
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
