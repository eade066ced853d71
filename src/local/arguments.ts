import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { ServiceName } from './local-services.ts';

export interface StartArguments {
  readonly port: number;
  readonly dataDir: string;
  readonly servicePorts: Partial<Record<ServiceName, number>>;
}

export const usage = `Usage: npm start -- [options]
  --port N               where the app listens (PORT; default 7071; 0 takes a free one)
  --data DIR             where everything is kept (DATA_DIR; default .data)
  --blob-port N          ports of the local services; free ones unless given
  --cosmos-port N
  --service-bus-port N
  --trade-port N
  --help                 this`;

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws Error that names the argument and its value */
export function parseStartArguments(args: readonly string[], environment: Environment): StartArguments | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: environment['PORT'] ?? '7071' },
      data: { type: 'string', default: environment['DATA_DIR'] ?? '.data' },
      'blob-port': { type: 'string' },
      'cosmos-port': { type: 'string' },
      'service-bus-port': { type: 'string' },
      'trade-port': { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return 'help';
  const given = (name: 'blob-port' | 'cosmos-port' | 'service-bus-port' | 'trade-port', service: ServiceName) =>
    values[name] === undefined ? {} : { [service]: parsePort(`--${name}`, values[name]) };
  return {
    port: parsePort('--port', values.port),
    dataDir: resolve(values.data),
    servicePorts: {
      ...given('blob-port', 'blob'),
      ...given('cosmos-port', 'cosmos'),
      ...given('service-bus-port', 'serviceBus'),
      ...given('trade-port', 'trade'),
    },
  };
}

function parsePort(name: string, value: string): number {
  const port = Number(value);
  if (value.trim() !== '' && Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`${name} is '${value}'; give a number from 0 to 65535`);
}
