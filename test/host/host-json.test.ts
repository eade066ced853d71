import { describe, expect, it } from 'vitest';
import { parseHostJson, readHostJson } from '../../src/host/host-json.ts';
import { makeApp } from './run-app.ts';

const withExtension = (name: string, settings: object) => ({ version: '2.0', extensions: { [name]: settings } });

describe('host.json', () => {
  it('has the defaults of Functions', () => {
    const { routePrefix, functionTimeout, serviceBus, durableTask, warnings } = parseHostJson({ version: '2.0' }, {});
    expect(routePrefix).toBe('api');
    expect(functionTimeout).toBe(1_800_000);
    expect(serviceBus).toEqual({
      maxConcurrentCalls: 16,
      autoCompleteMessages: true,
      maxAutoLockRenewalDuration: 300_000,
      maxConcurrentSessions: 8,
      sessionIdleTimeout: 1_000,
      minMessageBatchSize: 1,
      maxMessageBatchSize: 1_000,
      maxBatchWaitTime: 30_000,
    });
    expect(durableTask).toMatchObject({
      hubName: 'TestHubName',
      overridableExistingInstanceStates: 'NonRunningStates',
    });
    expect(warnings).toEqual([]);
  });

  it('is read', () => {
    const document = {
      version: '2.0',
      logging: { logLevel: { default: 'Warning', 'Function.Mine': 'none' } },
      extensions: {
        http: {
          routePrefix: '',
          customHeaders: { 'X-One': '1' },
          maxConcurrentRequests: 3,
          maxOutstandingRequests: -1,
        },
        blobs: { poisonBlobThreshold: 2 },
        cosmosDB: { connectionMode: 'Gateway' },
        serviceBus: { maxConcurrentCalls: 2, autoCompleteMessages: false, maxAutoLockRenewalDuration: '00:10:00' },
        durableTask: { hubName: '%HUB%', overridableExistingInstanceStates: 'AnyState', defaultVersion: '2.0' },
      },
    };
    expect(parseHostJson(document, { HUB: 'Mine' })).toMatchObject({
      routePrefix: '',
      http: { customHeaders: { 'X-One': '1' }, maxConcurrentRequests: 3, maxOutstandingRequests: Infinity },
      blobs: { poisonBlobThreshold: 2 },
      warnings: [],
      logLevel: { default: 'warning', 'Function.Mine': 'none' },
      serviceBus: { maxConcurrentCalls: 2, autoCompleteMessages: false, maxAutoLockRenewalDuration: 600_000 },
      durableTask: { hubName: 'Mine', overridableExistingInstanceStates: 'AnyState', defaultVersion: '2.0' },
    });
  });

  it('names what is not supported or misspelt, and is silent about what has no meaning here', () => {
    const document = {
      version: '2.0',
      extensionBundle: { id: 'x', version: '[4.*, 5.0.0)' },
      logging: { applicationInsights: { samplingSettings: { isEnabled: true } }, logLevl: { default: 'Error' } },
      extensions: {
        http: { routPrefix: 'x' },
        queues: { batchSize: 1 },
        durableTask: { storageProvider: { type: 'x' } },
      },
    };
    expect(parseHostJson(document, {}).warnings.map((warning) => /"(.*?)"/.exec(warning)?.[1])).toEqual([
      'logging.logLevl.default',
      'extensions.http.routPrefix',
      'extensions.queues.batchSize',
    ]);
  });

  it('takes settings of any case, texts for flags and numbers, and overrides from app settings', () => {
    const document = withExtension('DurableTask', { hubname: 'Mine', maxConcurrentActivityFunctions: '3' });
    const env = {
      AzureFunctionsJobHost__extensions__durableTask__hubName: 'Theirs',
      AzureFunctionsJobHost__extensions__serviceBus__autoCompleteMessages: 'false',
      AzureFunctionsJobHost__extensions__durableTask__httpSettings__defaultAsyncRequestSleepTimeMilliseconds: '500',
      'AzureFunctionsJobHost:logging:logLevel:default': 'Error',
    };
    expect(parseHostJson(document, env)).toMatchObject({
      logLevel: { default: 'error' },
      serviceBus: { autoCompleteMessages: false },
      durableTask: { hubName: 'Theirs', maxConcurrentActivityFunctions: 3, httpSleepTime: 500 },
      warnings: [],
    });
  });

  it('takes lists from app settings item by item, as Core Tools set them', () => {
    const env = { AzureFunctionsJobHost__functions__0: 'one', AzureFunctionsJobHost__functions__1: 'two' };
    expect(parseHostJson({ version: '2.0' }, env).functions).toEqual(['one', 'two']);
    expect(parseHostJson({ version: '2.0', functions: ['a', 'b', 'c'] }, env).functions).toEqual(['one', 'two', 'c']);
  });

  it.each([
    ['00:00:30', 30_000],
    ['1.00:00:00', 86_400_000],
    ['-1', undefined],
    [-1, undefined],
  ])('takes functionTimeout %s', (functionTimeout, milliseconds) => {
    expect(parseHostJson({ version: '2.0', functionTimeout }, {}).functionTimeout).toBe(milliseconds);
  });

  it.each([
    [{ version: '2.0', functionTimeout: '00:00:00' }, '"functionTimeout" is less than a second; expected a time span'],
    [{ version: '1.0' }, '"version" is "1.0"; expected one of 2.0.'],
    [withExtension('http', { routePrefix: 5 }), '"extensions.http.routePrefix" is 5; expected a text.'],
    [withExtension('serviceBus', { maxConcurrentCalls: 0 }), 'expected a whole number of at least 1.'],
    [withExtension('serviceBus', { autoCompleteMessages: 'yes' }), 'expected true or false.'],
    [withExtension('serviceBus', { maxAutoLockRenewalDuration: '5 min' }), 'expected a time span such as "00:05:00".'],
    [withExtension('durableTask', { hubName: '%HUB%' }), '%HUB% names the app setting "HUB", which is not set.'],
    [{ version: '2.0', logging: { logLevel: { default: 'Loud' } } }, '"default": "Loud"; expected one of trace'],
  ])('refuses %j: %s', (document, message) => {
    expect(() => parseHostJson(document, {})).toThrow(message);
  });

  it('may have comments and a byte order mark', () => {
    const text =
      '\uFEFF{ // why\n "version": "2.0", /* not\n"1.0" */ "extensions": { "http": { "routePrefix": "a//b\\"/*" } } }';
    expect(readHostJson(makeApp({ 'host.json': text }), {}).routePrefix).toBe('a//b"/*');
  });

  it('must be there, and be JSON', () => {
    expect(() => readHostJson(makeApp({ 'host.json': '{"version":' }), {})).toThrow(/host\.json is not JSON/);
    expect(() => readHostJson('/nowhere', {})).toThrow('/nowhere/host.json cannot be read');
  });
});
