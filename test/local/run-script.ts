import { spawnSync } from 'node:child_process';

/** Runs a script of this project as a process of its own, as npm does. */
export function runScript(script: string, ...args: readonly string[]) {
  const command = ['--disable-warning=ExperimentalWarning', script, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  return { status, stdout, stderr };
}
