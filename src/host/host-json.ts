import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { logLevels, type LogFilter } from './log.ts';
import { createSettingsReader, type SettingsReader } from './settings-reader.ts';

export interface ServiceBusSettings {
  readonly maxConcurrentCalls: number;
  readonly autoCompleteMessages: boolean;
  /** Milliseconds. */
  readonly maxAutoLockRenewalDuration: number;
}

export interface DurableTaskSettings {
  readonly hubName: string;
  readonly storeInputsInOrchestrationHistory: boolean;
  readonly maxConcurrentActivityFunctions: number;
  readonly maxConcurrentOrchestratorFunctions: number;
  readonly maxConcurrentEntityFunctions: number;
  readonly overridableExistingInstanceStates: 'NonRunningStates' | 'AnyState';
  readonly defaultVersion: string | undefined;
  readonly versionMatchStrategy: 'None' | 'Strict' | 'CurrentOrOlder';
  readonly versionFailureStrategy: 'Reject' | 'Fail';
}

/** host.json, with the defaults of Functions. */
export interface HostJson {
  readonly routePrefix: string;
  readonly logLevel: LogFilter;
  readonly serviceBus: ServiceBusSettings;
  readonly durableTask: DurableTaskSettings;
  /** What the file says and this host does not do, one sentence each. */
  readonly warnings: readonly string[];
}

/** Settings of Azure, its tools or its storage that change nothing an app could see on one machine. */
const withoutMeaningHere = [
  '$schema',
  'aggregator',
  'extensionBundle',
  'healthMonitor',
  'managedDependency',
  'sendCanceledInvocationsToWorker',
  'singleton',
  'telemetryMode',
  'watchDirectories',
  'watchFiles',
  'logging.applicationInsights',
  'logging.console',
  'logging.fileLoggingMode',
  'extensions.serviceBus.prefetchCount',
  'extensions.durableTask.extendedSessionIdleTimeoutInSeconds',
  'extensions.durableTask.extendedSessionsEnabled',
  'extensions.durableTask.storageProvider',
  'extensions.durableTask.tracing',
  'extensions.durableTask.useGracefulShutdown',
];

function readServiceBus(settings: SettingsReader): ServiceBusSettings {
  const at = (name: string) => `extensions.serviceBus.${name}`;
  return {
    maxConcurrentCalls: settings.wholeNumber(at('maxConcurrentCalls'), 1) ?? 16,
    autoCompleteMessages: settings.flag(at('autoCompleteMessages')) ?? true,
    maxAutoLockRenewalDuration: settings.timeSpan(at('maxAutoLockRenewalDuration')) ?? 5 * 60_000,
  };
}

function readDurableTask(
  settings: SettingsReader,
  env: Readonly<Record<string, string | undefined>>,
): DurableTaskSettings {
  const at = (name: string) => `extensions.durableTask.${name}`;
  const concurrent = (name: string) => settings.wholeNumber(at(name), 1) ?? 10;
  return {
    hubName: resolveSettings(settings.text(at('hubName')) ?? 'TestHubName', env),
    storeInputsInOrchestrationHistory: settings.flag(at('storeInputsInOrchestrationHistory')) ?? false,
    maxConcurrentActivityFunctions: concurrent('maxConcurrentActivityFunctions'),
    maxConcurrentOrchestratorFunctions: concurrent('maxConcurrentOrchestratorFunctions'),
    maxConcurrentEntityFunctions: concurrent('maxConcurrentEntityFunctions'),
    overridableExistingInstanceStates:
      settings.oneOf(at('overridableExistingInstanceStates'), ['NonRunningStates', 'AnyState']) ?? 'NonRunningStates',
    defaultVersion: settings.text(at('defaultVersion')),
    versionMatchStrategy:
      settings.oneOf(at('versionMatchStrategy'), ['None', 'Strict', 'CurrentOrOlder']) ?? 'CurrentOrOlder',
    versionFailureStrategy: settings.oneOf(at('versionFailureStrategy'), ['Reject', 'Fail']) ?? 'Reject',
  };
}

/**
 * Puts app settings in the place of their names: `%QUEUE_NAME%`.
 *
 * @throws for a name that has no setting.
 */
export function resolveSettings(text: string, env: Readonly<Record<string, string | undefined>>): string {
  return text.replaceAll(/%([^%]+)%/g, (whole, name: string) => {
    const value = env[name];
    if (value === undefined) throw new Error(`${whole} names the app setting "${name}", which is not set.`);
    return value;
  });
}

/** @throws for a value that is not of its setting's kind. */
export function parseHostJson(document: unknown, env: Readonly<Record<string, string | undefined>>): HostJson {
  const settings = createSettingsReader('host.json', document);
  settings.oneOf('version', ['2.0']);
  settings.ignore(...withoutMeaningHere);
  const parsed = {
    routePrefix: (settings.text('extensions.http.routePrefix') ?? 'api').replaceAll(/^\/+|\/+$/g, ''),
    logLevel: settings.namesWithChoice('logging.logLevel', [...logLevels, 'none']),
    serviceBus: readServiceBus(settings),
    durableTask: readDurableTask(settings, env),
  };
  const warnings = settings
    .unread()
    .map((path) => `host.json: "${path}" is not supported here, or misspelt; it has no effect.`);
  return { ...parsed, warnings };
}

/** @throws for a file that is missing, or is not JSON, or has a value of the wrong kind. */
export function readHostJson(appDir: string, env: Readonly<Record<string, string | undefined>>): HostJson {
  const file = join(appDir, 'host.json');
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const problem = cause instanceof SyntaxError ? `is not JSON (${cause.message})` : 'cannot be read';
    throw new Error(`${file} ${problem}. A Functions app needs one; {"version":"2.0"} will do.`, { cause });
  }
  return parseHostJson(document, env);
}
