import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { formatJsonLine, type Host, type Log, startHost } from '../host/index.ts';
import type { StartArguments } from './arguments.ts';
import { formatOperatorLine } from './format-operator-line.ts';
import { startServicesInThread } from './start-services.ts';

export interface ProgramOptions extends StartArguments {
  /** Settings that are given lead to real services; what is not given is local. */
  readonly settings: Readonly<Record<string, string | undefined>>;
  readonly onCrash: (error: Error) => void;
  readonly log?: Log;
}

export interface Program {
  readonly host: Host;
  close(): Promise<void>;
}

/** The whole program on this machine: the local services, the embedded host, and the app that it loads. */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const { port, dataDir, servicePorts, settings, onCrash, log } = options;
  const packageFile = findPackageJSON('..', import.meta.url);
  if (packageFile === undefined) throw new Error('invariant: this module lies in a package');
  const services = await startServicesInThread({ dataDir: join(dataDir, 'services'), ports: servicePorts }, onCrash);
  const host = await startHost({
    appDir: dirname(packageFile),
    dataDir: join(dataDir, 'host'),
    port,
    redirects: { '/console': '/api/console' },
    env: { DEV_FAULTS: 'on', ...services.environment, ...settings },
    formatLine: settings['LOG_FORMAT'] === 'json' ? formatJsonLine : formatOperatorLine,
    ...(log !== undefined && { log }),
  });
  return {
    host,
    async close() {
      await host.close();
      await services.close();
    },
  };
}
