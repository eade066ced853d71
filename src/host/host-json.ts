import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { resolveSettings, type AppSettings } from './app-settings.ts';
import type { RequestLimits } from './http/limit-requests.ts';
import { overrideHostJson } from './host-json-overrides.ts';
import { logLevels, type LogFilter } from './log.ts';
import { parseSettingsFile } from './parse-settings-file.ts';
import { createSettingsReader, type SettingsReader } from './settings-reader.ts';

export interface ServiceBusSettings {
  readonly maxConcurrentCalls: number;
  readonly autoCompleteMessages: boolean;
  /** Milliseconds, as all times here. */
  readonly maxAutoLockRenewalDuration: number;
  readonly maxConcurrentSessions: number;
  readonly sessionIdleTimeout: number;
  readonly maxMessageBatchSize: number;
  /** A batch that has fewer waits for more, but not for longer than `maxBatchWaitTime`. */
  readonly minMessageBatchSize: number;
  readonly maxBatchWaitTime: number;
}

export interface BlobSettings {
  readonly maxDegreeOfParallelism: number;
  /** After so many failures of its function a blob is left alone. */
  readonly poisonBlobThreshold: number;
}

export interface DurableTaskSettings {
  readonly hubName: string;
  /** The name that the storage connection has in links. */
  readonly connectionName: string;
  readonly storeInputsInOrchestrationHistory: boolean;
  readonly maxConcurrentActivityFunctions: number;
  readonly maxConcurrentOrchestratorFunctions: number;
  readonly maxConcurrentEntityFunctions: number;
  readonly maxEntityOperationBatchSize: number;
  /** Milliseconds until callHttp asks again where an answer does not say it. */
  readonly httpSleepTime: number;
  readonly overridableExistingInstanceStates: 'NonRunningStates' | 'AnyState';
  readonly defaultVersion: string | undefined;
  readonly versionMatchStrategy: 'None' | 'Strict' | 'CurrentOrOlder';
  readonly versionFailureStrategy: 'Reject' | 'Fail';
}

export interface HttpSettings extends RequestLimits {
  /** Of all answers. */
  readonly customHeaders: Readonly<Record<string, string>>;
}

/** host.json, with the defaults of Functions. */
export interface HostJson {
  readonly routePrefix: string;
  /** The names of those that run; undefined for all. */
  readonly functions: readonly string[] | undefined;
  /** Milliseconds; undefined for no limit. */
  readonly functionTimeout: number | undefined;
  readonly http: HttpSettings;
  readonly logLevel: LogFilter;
  readonly serviceBus: ServiceBusSettings;
  readonly blobs: BlobSettings;
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
  'extensions.http.dynamicThrottlesEnabled',
  'extensions.http.hsts',
  'extensions.cosmosDB.connectionMode',
  'extensions.cosmosDB.userAgentSuffix',
  'extensions.serviceBus.prefetchCount',
  'extensions.durableTask.appLeaseOptions',
  'extensions.durableTask.entityMessageReorderWindowInMinutes',
  'extensions.durableTask.extendedSessionIdleTimeoutInSeconds',
  'extensions.durableTask.extendedSessionsEnabled',
  'extensions.durableTask.grpcHttpClientTimeout',
  'extensions.durableTask.localRpcEndpointEnabled',
  'extensions.durableTask.maxGrpcMessageSizeInBytes',
  'extensions.durableTask.rollbackEntityOperationsOnExceptions',
  'extensions.durableTask.storageProvider',
  'extensions.durableTask.tracing',
  'extensions.durableTask.useAppLease',
  'extensions.durableTask.useGracefulShutdown',
];

/** @throws for one of less than a second. */
function readFunctionTimeout(settings: SettingsReader): number | undefined {
  const timeout = settings.timeSpan('functionTimeout') ?? 30 * 60_000;
  // "-1", which is a TimeSpan of so many days.
  if (timeout === -86_400_000) return undefined;
  if (timeout >= 1_000) return timeout;
  throw new Error('host.json: "functionTimeout" is less than a second; expected a time span, or "-1" for no limit.');
}

function readHttp(settings: SettingsReader): HttpSettings {
  const limit = (name: string) => {
    const value = settings.wholeNumber(`extensions.http.${name}`, -1) ?? -1;
    return value <= 0 ? Infinity : value;
  };
  return {
    customHeaders: settings.texts('extensions.http.customHeaders'),
    maxConcurrentRequests: limit('maxConcurrentRequests'),
    maxOutstandingRequests: limit('maxOutstandingRequests'),
  };
}

function readServiceBus(settings: SettingsReader): ServiceBusSettings {
  return {
    maxConcurrentCalls: settings.wholeNumber('extensions.serviceBus.maxConcurrentCalls', 1) ?? 16,
    autoCompleteMessages: settings.flag('extensions.serviceBus.autoCompleteMessages') ?? true,
    maxAutoLockRenewalDuration: settings.timeSpan('extensions.serviceBus.maxAutoLockRenewalDuration') ?? 5 * 60_000,
    maxConcurrentSessions: settings.wholeNumber('extensions.serviceBus.maxConcurrentSessions', 1) ?? 8,
    sessionIdleTimeout: settings.timeSpan('extensions.serviceBus.sessionIdleTimeout') ?? 1_000,
    maxMessageBatchSize: settings.wholeNumber('extensions.serviceBus.maxMessageBatchSize', 1) ?? 1_000,
    minMessageBatchSize: settings.wholeNumber('extensions.serviceBus.minMessageBatchSize', 1) ?? 1,
    maxBatchWaitTime: settings.timeSpan('extensions.serviceBus.maxBatchWaitTime') ?? 30_000,
  };
}

function readDurableTask(settings: SettingsReader, env: AppSettings): DurableTaskSettings {
  const concurrent = (name: string) =>
    settings.wholeNumber(`extensions.durableTask.${name}`, 1) ?? 10 * availableParallelism();
  return {
    hubName: resolveSettings(settings.text('extensions.durableTask.hubName') ?? 'TestHubName', env),
    connectionName:
      settings.text('extensions.durableTask.storageProvider.connectionName') ??
      settings.text('extensions.durableTask.storageProvider.connectionStringName') ??
      'Storage',
    storeInputsInOrchestrationHistory:
      settings.flag('extensions.durableTask.storeInputsInOrchestrationHistory') ?? false,
    maxConcurrentActivityFunctions: concurrent('maxConcurrentActivityFunctions'),
    maxConcurrentOrchestratorFunctions: concurrent('maxConcurrentOrchestratorFunctions'),
    maxConcurrentEntityFunctions: concurrent('maxConcurrentEntityFunctions'),
    maxEntityOperationBatchSize: settings.wholeNumber('extensions.durableTask.maxEntityOperationBatchSize', 1) ?? 5_000,
    httpSleepTime:
      settings.wholeNumber('extensions.durableTask.httpSettings.defaultAsyncRequestSleepTimeMilliseconds', 0) ?? 30_000,
    overridableExistingInstanceStates:
      settings.oneOf('extensions.durableTask.overridableExistingInstanceStates', ['NonRunningStates', 'AnyState']) ??
      'NonRunningStates',
    defaultVersion: settings.text('extensions.durableTask.defaultVersion'),
    versionMatchStrategy:
      settings.oneOf('extensions.durableTask.versionMatchStrategy', ['None', 'Strict', 'CurrentOrOlder']) ??
      'CurrentOrOlder',
    versionFailureStrategy:
      settings.oneOf('extensions.durableTask.versionFailureStrategy', ['Reject', 'Fail']) ?? 'Reject',
  };
}

/** @throws for a value that is not of its setting's kind. */
export function parseHostJson(document: unknown, env: AppSettings): HostJson {
  const settings = createSettingsReader('host.json', overrideHostJson(document, env));
  settings.oneOf('version', ['2.0']);
  settings.ignore(...withoutMeaningHere);
  const parsed = {
    routePrefix: (settings.text('extensions.http.routePrefix') ?? 'api').replaceAll(/^\/+|\/+$/g, ''),
    functions: settings.list('functions'),
    functionTimeout: readFunctionTimeout(settings),
    http: readHttp(settings),
    logLevel: settings.namesWithChoice('logging.logLevel', [...logLevels, 'none']),
    serviceBus: readServiceBus(settings),
    blobs: {
      maxDegreeOfParallelism:
        settings.wholeNumber('extensions.blobs.maxDegreeOfParallelism', 1) ?? 8 * availableParallelism(),
      poisonBlobThreshold: settings.wholeNumber('extensions.blobs.poisonBlobThreshold', 1) ?? 5,
    },
    durableTask: readDurableTask(settings, env),
  };
  const warnings = settings
    .unread()
    .map((path) => `host.json: "${path}" is not supported here, or misspelt; it has no effect.`);
  return { ...parsed, warnings };
}

/** @throws for a file that is missing, or is not JSON, or has a value of the wrong kind. */
export function readHostJson(appDir: string, env: AppSettings): HostJson {
  const file = join(appDir, 'host.json');
  let document: unknown;
  try {
    document = parseSettingsFile(readFileSync(file, 'utf8'));
  } catch (cause) {
    const problem = cause instanceof SyntaxError ? `is not JSON (${cause.message})` : 'cannot be read';
    throw new Error(`${file} ${problem}. A Functions app needs one; {"version":"2.0"} will do.`, { cause });
  }
  return parseHostJson(document, env);
}
