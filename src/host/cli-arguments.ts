import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { CorsSettings } from './http/cors.ts';
import { parsePort } from './parse-port.ts';

export const usage = `Usage: durable-saga host [--app DIR] [--port N] [--data DIR] [--keys] [--cors ORIGINS] [--log text|json]
  --app   the folder with the app's package.json and host.json (here)
  --port  on 127.0.0.1, 0 for any free one (that of local.settings.json, or 7071)
  --data  where everything durable is kept (.host-data in the app's folder)
  --keys  asks for function keys, as Azure does; they are in keys.json of the data folder
  --cors  origins whose pages may call, with commas between; * for all
  --log   json: each line of the log is one object (text, as Core Tools writes it)
  --help  this`;

export interface CliArguments {
  readonly appDir: string;
  readonly dataDir: string;
  readonly port: number | undefined;
  readonly asksForKeys: boolean;
  readonly cors: CorsSettings | undefined;
  readonly logFormat: 'text' | 'json';
}

/** @throws naming the argument that cannot be used. */
export function parseCliArguments(args: readonly string[]): CliArguments | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      app: { type: 'string', default: '.' },
      port: { type: 'string' },
      data: { type: 'string' },
      keys: { type: 'boolean', default: false },
      cors: { type: 'string' },
      log: { type: 'string', default: 'text' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return 'help';
  if (positionals.length !== 1 || positionals[0] !== 'host') {
    throw new TypeError(`The command is "${positionals.join(' ')}"; expected "host".`);
  }
  const port = parsePort(values.port);
  if (values.port !== undefined && port === undefined) {
    throw new TypeError(`--port is "${values.port}"; expected a number from 0 to 65535.`);
  }
  if (values.log !== 'text' && values.log !== 'json') {
    throw new TypeError(`--log is "${values.log}"; expected text or json.`);
  }
  const appDir = resolve(values.app);
  return {
    appDir,
    port,
    dataDir: resolve(values.data ?? join(appDir, '.host-data')),
    asksForKeys: values.keys,
    logFormat: values.log,
    cors: values.cors === undefined ? undefined : { origins: values.cors.split(','), credentials: false },
  };
}
