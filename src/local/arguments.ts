import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { ServiceName } from './local-services.ts';

export interface ServicesArguments {
  readonly dataDir: string;
  readonly servicePorts: Partial<Record<ServiceName, number>>;
}

export interface StartArguments extends ServicesArguments {
  readonly port: number;
}

const servicesUsage = `  --data DIR             where everything is kept (DATA_DIR; default .data)
  --blob-port N          ports of the local services; free ones unless given
  --cosmos-port N
  --service-bus-port N
  --trade-port N
  --help                 this`;

export const startUsage = `Usage: npm start -- [options]
  --port N               where the app listens (PORT; default 7071; 0 takes a free one)
${servicesUsage}`;

export const servicesOnlyUsage = `Usage: npm run --silent services -- [options] > local.settings.json
${servicesUsage}`;

type Environment = Readonly<Record<string, string | undefined>>;

const servicesOptions = (environment: Environment) =>
  ({
    data: { type: 'string', default: environment['DATA_DIR'] ?? '.data' },
    'blob-port': { type: 'string' },
    'cosmos-port': { type: 'string' },
    'service-bus-port': { type: 'string' },
    'trade-port': { type: 'string' },
  }) as const;

type ServicesValues = { readonly data: string } & {
  readonly [name in 'blob-port' | 'cosmos-port' | 'service-bus-port' | 'trade-port']?: string | undefined;
};

function readServicesValues(values: ServicesValues): ServicesArguments {
  const given = (name: Exclude<keyof ServicesValues, 'data'>, service: ServiceName) =>
    values[name] === undefined ? {} : { [service]: parsePort(`--${name}`, values[name]) };
  return {
    dataDir: resolve(values.data),
    servicePorts: {
      ...given('blob-port', 'blob'),
      ...given('cosmos-port', 'cosmos'),
      ...given('service-bus-port', 'serviceBus'),
      ...given('trade-port', 'trade'),
    },
  };
}

/** @throws Error that names the argument and its value */
export function parseStartArguments(args: string[], environment: Environment): StartArguments {
  const port = { type: 'string', default: environment['PORT'] ?? '7071' } as const;
  const { values } = parseArgs({ args, options: { port, ...servicesOptions(environment) } });
  return { port: parsePort('--port', values.port), ...readServicesValues(values) };
}

/** @throws Error that names the argument and its value */
export function parseServicesArguments(args: string[], environment: Environment): ServicesArguments {
  return readServicesValues(parseArgs({ args, options: servicesOptions(environment) }).values);
}

function parsePort(name: string, value: string): number {
  const port = Number(value);
  if (value.trim() !== '' && Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`${name} is '${value}'; give a number from 0 to 65535`);
}
