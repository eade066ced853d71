import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../src/config.ts';

const storage = 'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=a2V5;EndpointSuffix=core.windows.net';
const least = { AzureWebJobsStorage: storage };

describe('settings', () => {
  it('need no more than a storage account', () => {
    expect(parseConfig(least)).toEqual({
      storage: { kind: 'connection-string', value: storage },
      cosmos: undefined,
      cosmosDatabase: 'durable-saga',
      serviceBus: undefined,
      claude: undefined,
      reviewThreshold: 0.8,
      maxDocumentBytes: 50 * 1024 * 1024,
      trade: undefined,
      fraudThreshold: 70,
      gateMode: 'rewind',
      auditSigningKey: undefined,
      access: { trustsPrincipal: false, keyRole: 'operator' },
      retention: undefined,
      telemetry: undefined,
      logFormat: 'text',
      faults: [],
      devFaults: false,
    });
  });

  it('send telemetry where a collector or Application Insights is named, unless all is switched off', () => {
    const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://localhost:4318';
    const APPLICATIONINSIGHTS_CONNECTION_STRING = 'InstrumentationKey=k;IngestionEndpoint=https://i.example.org/';
    expect(parseConfig({ ...least, OTEL_EXPORTER_OTLP_ENDPOINT }).telemetry).toEqual({
      otlp: true,
      applicationInsights: undefined,
      metricIntervalMs: 60_000,
    });
    expect(parseConfig({ ...least, APPLICATIONINSIGHTS_CONNECTION_STRING }).telemetry).toMatchObject({
      otlp: false,
      applicationInsights: { connectionString: APPLICATIONINSIGHTS_CONNECTION_STRING, identity: undefined },
    });
    const APPLICATIONINSIGHTS_AUTHENTICATION_STRING = 'Authorization=AAD;ClientId=id-1';
    const withIdentity = { APPLICATIONINSIGHTS_CONNECTION_STRING, APPLICATIONINSIGHTS_AUTHENTICATION_STRING };
    expect(parseConfig({ ...least, ...withIdentity }).telemetry?.applicationInsights?.identity).toEqual({
      clientId: 'id-1',
    });
    expect(parseConfig({ ...least, OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED: 'true' }).telemetry).toBeUndefined();
    expect(() => parseConfig({ ...least, OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318' })).toThrow(
      'OTEL_EXPORTER_OTLP_ENDPOINT is "localhost:4318": it should look like http://localhost:4318',
    );
    expect(complaintsAbout({ ...least, APPLICATIONINSIGHTS_CONNECTION_STRING: 'the-key-alone' })).toEqual([
      expect.stringMatching(/^APPLICATIONINSIGHTS_CONNECTION_STRING: it should look like InstrumentationKey=/),
    ]);
  });

  it('lead to services by connection string, or by endpoint and identity', () => {
    const cosmos = 'AccountEndpoint=https://c.documents.azure.com:443/;AccountKey=a2V5;';
    const bus = 'Endpoint=sb://b.servicebus.windows.net/;SharedAccessKeyName=n;SharedAccessKey=a2V5';
    expect(parseConfig({ ...least, COSMOS_CONNECTION: cosmos, SERVICE_BUS_CONNECTION: bus })).toMatchObject({
      cosmos: { kind: 'connection-string', value: cosmos },
      serviceBus: { kind: 'connection-string', value: bus },
    });
    expect(
      parseConfig({
        AzureWebJobsStorage__accountName: 'a',
        COSMOS_CONNECTION__accountEndpoint: 'https://c.documents.azure.com:443/',
        SERVICE_BUS_CONNECTION__fullyQualifiedNamespace: 'b.servicebus.windows.net',
      }),
    ).toMatchObject({
      storage: { kind: 'identity', endpoint: 'https://a.blob.core.windows.net' },
      cosmos: { kind: 'identity', endpoint: 'https://c.documents.azure.com:443/' },
      serviceBus: { kind: 'identity', endpoint: 'b.servicebus.windows.net' },
    });
  });

  it('keep documents apart from the host where DOCUMENT_STORAGE is set', () => {
    const blobServiceUri = 'https://documents.blob.core.windows.net';
    expect(parseConfig({ ...least, DOCUMENT_STORAGE__blobServiceUri: blobServiceUri }).storage).toEqual({
      kind: 'identity',
      endpoint: blobServiceUri,
    });
  });

  it('keep ended instances for a time, and sign their trails, where they say so', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    expect(parseConfig({ ...least, RETENTION_DAYS: '90', AUDIT_SIGNING_KEY: key })).toMatchObject({
      retention: { days: 90, schedule: '0 30 3 * * *' },
      auditSigningKey: key,
    });
    expect(complaintsAbout({ ...least, RETENTION_DAYS: '0', AUDIT_SIGNING_KEY: 'secret' })).toEqual([
      expect.stringMatching(/^RETENTION_DAYS is "0"/),
      expect.stringMatching(/^AUDIT_SIGNING_KEY: the key cannot be read \((?!.*secret)/),
    ]);
  });

  it.each([
    [{ KEY_ROLE: 'viewer' }, { trustsPrincipal: false, keyRole: 'viewer' }],
    [{ AUTH: 'entra' }, { trustsPrincipal: true, keyRole: undefined }],
    [
      { AUTH: 'entra', KEY_ROLE: 'operator' },
      { trustsPrincipal: true, keyRole: 'operator' },
    ],
    [
      { AUTH: 'entra', WEBSITE_AUTH_ENABLED: 'True' },
      { trustsPrincipal: true, keyRole: undefined },
    ],
  ])('%o let in as %o', (settings, access) => {
    expect(parseConfig({ ...least, ...settings }).access).toEqual(access);
  });

  it('let nobody say to be anybody, and do not shut out everybody', () => {
    expect(complaintsAbout({ ...least, AUTH: 'entra', WEBSITE_AUTH_ENABLED: 'False' })).toEqual([
      expect.stringContaining('switch on App Service authentication'),
    ]);
    expect(complaintsAbout({ ...least, KEY_ROLE: 'none' })).toEqual([expect.stringContaining('set AUTH to entra')]);
    expect(complaintsAbout({ ...least, AUTH: 'none', KEY_ROLE: 'admin' })).toEqual([
      expect.stringMatching(/^AUTH is "none"/),
      expect.stringMatching(/^KEY_ROLE is "admin"/),
    ]);
  });

  it.each(['at night', '0 3 * *', '0 61 3 * * *', '0 0 25 * * *'])(
    'name a schedule that no timer can keep: %s',
    (schedule) => {
      expect(complaintsAbout({ ...least, RETENTION_DAYS: '1', RETENTION_SCHEDULE: schedule })).toEqual([
        expect.stringContaining(`RETENTION_SCHEDULE is "${schedule}"`),
      ]);
    },
  );

  it.each(['0 30 3 * * *', '30 3 * * 1-5', '*/5 * * * * *', '1.00:00:00', '0 0 3 1 Jan Mon'])(
    'take a schedule as a timer does: %s',
    (schedule) => {
      expect(parseConfig({ ...least, RETENTION_DAYS: '1', RETENTION_SCHEDULE: schedule })).toMatchObject({
        retention: { schedule },
      });
    },
  );

  it('that are empty count as not set', () => {
    expect(parseConfig({ ...least, REVIEW_THRESHOLD: '', MAX_DOCUMENT_MB: ' ', COSMOS_CONNECTION: '' })).toEqual(
      parseConfig(least),
    );
  });

  it('switch parts off from the start', () => {
    expect(parseConfig({ ...least, EXTRACTION: 'off', NOTIFICATION: 'off', PERSISTENCE: 'on' }).faults).toEqual([
      'extraction',
      'notification',
    ]);
  });
});

function complaintsAbout(environment: Record<string, string>): string[] {
  try {
    parseConfig(environment);
  } catch (error) {
    return (error as Error).message.split('\n- ').slice(1);
  }
  throw new Error('nothing was refused');
}

describe('settings that cannot be used', () => {
  it('are all listed in one error, each with its name, its value and the remedy', () => {
    const complaints = complaintsAbout({
      ANTHROPIC_BASE_URL: 'localhost',
      REVIEW_THRESHOLD: '80',
      MAX_DOCUMENT_MB: 'many',
      EXTRACTION: 'Off',
      DEV_FAULTS: 'yes',
      COSMOS_CONNECTION__accountEndpoint: 'c.documents.azure.com',
      SERVICE_BUS_CONNECTION__fullyQualifiedNamespace: 'sb://b.servicebus.windows.net/',
    });
    for (const wanted of [
      /^ANTHROPIC_BASE_URL is "localhost": .*URL/,
      /^REVIEW_THRESHOLD is "80": .*<=1/,
      /^MAX_DOCUMENT_MB is "many": .*number/,
      /^EXTRACTION is "Off": .*"on"\|"off"/,
      /^DEV_FAULTS is "yes": .*"on"\|"off"/,
      /^COSMOS_CONNECTION__accountEndpoint is "c.documents.azure.com": .*https:/,
      /^SERVICE_BUS_CONNECTION__fullyQualifiedNamespace is "sb:.*": .*without sb:/,
      /^AzureWebJobsStorage is missing: set it/,
    ]) {
      expect(complaints).toContainEqual(expect.stringMatching(wanted));
    }
    expect(complaints).toHaveLength(8);
  });

  it('are not shown where they may hold a key', () => {
    const complaints = complaintsAbout({
      AzureWebJobsStorage: 'secret-1',
      COSMOS_CONNECTION: 'AccountEndpoint=https://c/;secret-2',
      SERVICE_BUS_CONNECTION: 'secret-3',
    });
    expect(complaints).toHaveLength(3);
    expect(complaints.join()).not.toContain('secret');
    expect(complaints.join()).toMatch(/AzureWebJobsStorage is no connection string.*COSMOS_CONNECTION.*SERVICE_BUS/);
  });

  it('may not be some of the systems that orders need without the others', () => {
    expect(complaintsAbout({ ...least, INVENTORY_URL: 'http://i', FRAUD_URL: 'http://f' })).toEqual([
      'PAYMENTS_URL, SHIPPING_URL, NOTIFICATIONS_URL are missing: orders need all of these systems; set them too, or none',
    ]);
  });
});
