import { CronExpressionParser } from 'cron-parser';
import { z } from 'zod';
import { createSigner } from './audit/signature.ts';
import {
  blobService,
  complain,
  type Connection,
  cosmosService,
  type Environment,
  readConnection,
  type Service,
  serviceBusService,
  storageAccount,
} from './connections.ts';
import type { Access } from './http/caller.ts';
import { roles } from './http/roles.ts';

export const faultNames = [
  'extraction',
  'persistence',
  'notification',
  'inventory',
  'payments',
  'fraud',
  'shipping',
] as const;
export type FaultName = (typeof faultNames)[number];

export interface Config {
  readonly storage: Connection;
  /** Without it, records are kept in blob storage. */
  readonly cosmos: Connection | undefined;
  readonly cosmosDatabase: string;
  /** Without it, uploads start their sagas directly and events are not published. */
  readonly serviceBus: Connection | undefined;
  /** Without it, the offline extractor reads the documents. */
  readonly claude:
    { readonly apiKey: string; readonly baseUrl: string | undefined; readonly model: string } | undefined;
  /** A field that is less sure than this, 0 to 1, goes to review. */
  readonly reviewThreshold: number;
  /** How an operator's decision reaches a failed saga; `event` for a Durable back end that has no rewind. */
  readonly gateMode: 'rewind' | 'event';
  /** Bytes. */
  readonly maxDocumentBytes: number;
  /** The systems that orders need; without all of them, orders are not taken. */
  readonly trade: TradeConfig | undefined;
  /** A fraud score over this, 0 to 100, goes to review. */
  readonly fraudThreshold: number;
  /** A private Ed25519 key (PKCS#8 PEM) that signs audit trails. */
  readonly auditSigningKey: string | undefined;
  /** How callers are known, and what a function key opens. */
  readonly access: Access;
  /** Without it, ended instances stay. */
  readonly retention: RetentionConfig | undefined;
  /** Without it, traces and logs are not sent, and what sends them is not loaded. */
  readonly telemetry: TelemetryConfig | undefined;
  /** How sagas write their log lines. */
  readonly logFormat: 'text' | 'json';
  /** What is switched off from the start, to try failure. */
  readonly faults: readonly FaultName[];
  /** Serves `/api/dev/faults`. */
  readonly devFaults: boolean;
}

export interface TradeConfig {
  readonly inventory: string;
  readonly payments: string;
  readonly fraud: string;
  readonly shipping: string;
  readonly notifications: string;
  /** For one request to one of them, in milliseconds. */
  readonly timeoutMs: number;
}

export interface ApplicationInsights {
  readonly connectionString: string;
  /** Enters with the app's identity, for a resource that does not let everybody send. */
  readonly identity: { readonly clientId: string | undefined } | undefined;
}

export interface TelemetryConfig {
  /** To a collector, at the addresses of OTEL_EXPORTER_OTLP_*, which the exporters read. */
  readonly otlp: boolean;
  readonly applicationInsights: ApplicationInsights | undefined;
  readonly metricIntervalMs: number;
}

export interface RetentionConfig {
  /** How long an instance stays after its end. */
  readonly days: number;
  /** NCRONTAB. */
  readonly schedule: string;
}

const switchSchema = z.enum(['on', 'off']).default('on');

const otlpEndpoint = z.url({ protocol: /^https?$/, error: 'it should look like http://localhost:4318' }).optional();

const settingsSchema = z.object({
  COSMOS_DATABASE: z.string().min(1).default('durable-saga'),
  ANTHROPIC_API_KEY: z.string().min(1).optional(),
  ANTHROPIC_BASE_URL: z.url().optional(),
  ANTHROPIC_MODEL: z.string().min(1).default('claude-sonnet-5-5'),
  REVIEW_THRESHOLD: z.coerce.number().min(0).max(1).default(0.8),
  MAX_DOCUMENT_MB: z.coerce.number().positive().max(100).default(50),
  SAGA_GATE: z.enum(['rewind', 'event']).default('rewind'),
  EXTRACTION: switchSchema,
  PERSISTENCE: switchSchema,
  NOTIFICATION: switchSchema,
  INVENTORY: switchSchema,
  PAYMENTS: switchSchema,
  FRAUD: switchSchema,
  SHIPPING: switchSchema,
  INVENTORY_URL: z.url().optional(),
  PAYMENTS_URL: z.url().optional(),
  FRAUD_URL: z.url().optional(),
  SHIPPING_URL: z.url().optional(),
  NOTIFICATIONS_URL: z.url().optional(),
  TRADE_TIMEOUT_SECONDS: z.coerce.number().positive().max(50).default(30),
  FRAUD_THRESHOLD: z.coerce.number().min(0).max(100).default(70),
  AUDIT_SIGNING_KEY: z.string().optional(),
  RETENTION_DAYS: z.coerce.number().positive().optional(),
  RETENTION_SCHEDULE: z.string().default('0 30 3 * * *'),
  OTEL_SDK_DISABLED: z.string().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: otlpEndpoint,
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: otlpEndpoint,
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: otlpEndpoint,
  OTEL_METRIC_EXPORT_INTERVAL: z.coerce.number().int().min(100).max(3_600_000).default(60_000),
  APPLICATIONINSIGHTS_CONNECTION_STRING: z
    .string()
    .regex(/InstrumentationKey=/i, 'it should look like InstrumentationKey=…;IngestionEndpoint=https://…')
    .optional(),
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: z
    .string()
    .regex(
      /^Authorization=AAD(;ClientId=[\w-]+)?;?$/i,
      'it should look like Authorization=AAD, with ;ClientId=… for a user-assigned identity',
    )
    .optional(),
  LOG_FORMAT: z.enum(['text', 'json']).default('text'),
  AUTH: z.enum(['keys', 'entra']).default('keys'),
  KEY_ROLE: z.enum([...roles, 'none']).optional(),
  DEV_FAULTS: z.enum(['on', 'off']).default('off'),
});

/**
 * Reads the app's settings.
 * @throws Error that lists every setting that is missing or wrong, with the value and the remedy
 */
export function parseConfig(environment: Environment): Config {
  const set = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const problems: string[] = [];
  const settings = settingsSchema.safeParse(set);
  if (!settings.success) {
    problems.push(...settings.error.issues.map((issue) => complain(String(issue.path[0]), set, issue.message)));
  }
  problems.push(
    ...missingTradeSystems(set),
    ...unusableSigningKey(set),
    ...unusableSchedule(set),
    ...untrustedPrincipal(set),
  );
  const connection = (name: string, service: Service) => readConnection(set, name, service, problems);
  const storage =
    connection('DOCUMENT_STORAGE', blobService) ??
    connection('AzureWebJobsStorage', blobService) ??
    storageAccount(set);
  const cosmos = connection('COSMOS_CONNECTION', cosmosService);
  const serviceBus = connection('SERVICE_BUS_CONNECTION', serviceBusService);
  if (storage === undefined) {
    problems.push(
      'AzureWebJobsStorage is missing: set it (or DOCUMENT_STORAGE) to a storage connection string, or AzureWebJobsStorage__blobServiceUri to the blob endpoint; on your own machine, `npm run services` starts a storage and prints the settings',
    );
  }
  if (!settings.success || storage === undefined || problems.length > 0) {
    throw withoutStack(new Error(`The app cannot start:\n- ${problems.join('\n- ')}`));
  }
  const { data } = settings;
  return {
    storage,
    cosmos,
    cosmosDatabase: data.COSMOS_DATABASE,
    serviceBus,
    claude:
      data.ANTHROPIC_API_KEY === undefined
        ? undefined
        : { apiKey: data.ANTHROPIC_API_KEY, baseUrl: data.ANTHROPIC_BASE_URL, model: data.ANTHROPIC_MODEL },
    reviewThreshold: data.REVIEW_THRESHOLD,
    gateMode: data.SAGA_GATE,
    maxDocumentBytes: data.MAX_DOCUMENT_MB * 1024 * 1024,
    trade: tradeConfig(data),
    fraudThreshold: data.FRAUD_THRESHOLD,
    auditSigningKey: data.AUDIT_SIGNING_KEY,
    access: accessConfig(data),
    retention:
      data.RETENTION_DAYS === undefined ? undefined : { days: data.RETENTION_DAYS, schedule: data.RETENTION_SCHEDULE },
    telemetry: telemetryConfig(data),
    logFormat: data.LOG_FORMAT,
    faults: faultNames.filter((name) => data[faultSetting(name)] === 'off'),
    devFaults: data.DEV_FAULTS === 'on',
  };
}

/** Whoever reads this has to change a setting, not the code. */
function withoutStack(error: Error): Error {
  delete error.stack;
  return error;
}

const faultSetting = (name: FaultName): Uppercase<FaultName> => name.toUpperCase() as Uppercase<FaultName>;

function tradeConfig(data: z.infer<typeof settingsSchema>): TradeConfig | undefined {
  const { INVENTORY_URL, PAYMENTS_URL, FRAUD_URL, SHIPPING_URL, NOTIFICATIONS_URL, TRADE_TIMEOUT_SECONDS } = data;
  if (!INVENTORY_URL || !PAYMENTS_URL || !FRAUD_URL || !SHIPPING_URL || !NOTIFICATIONS_URL) return undefined;
  return {
    inventory: INVENTORY_URL,
    payments: PAYMENTS_URL,
    fraud: FRAUD_URL,
    shipping: SHIPPING_URL,
    notifications: NOTIFICATIONS_URL,
    timeoutMs: TRADE_TIMEOUT_SECONDS * 1000,
  };
}

/** The one variable of the standard that switches all off is honoured too. */
function telemetryConfig(data: z.infer<typeof settingsSchema>): TelemetryConfig | undefined {
  const otlp = [
    data.OTEL_EXPORTER_OTLP_ENDPOINT,
    data.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT,
    data.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT,
    data.OTEL_EXPORTER_OTLP_LOGS_ENDPOINT,
  ].some((endpoint) => endpoint !== undefined);
  const applicationInsights = applicationInsightsConfig(data);
  if (data.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || (!otlp && applicationInsights === undefined))
    return undefined;
  return { otlp, applicationInsights, metricIntervalMs: data.OTEL_METRIC_EXPORT_INTERVAL };
}

function applicationInsightsConfig(data: z.infer<typeof settingsSchema>): ApplicationInsights | undefined {
  const connectionString = data.APPLICATIONINSIGHTS_CONNECTION_STRING;
  const authentication = data.APPLICATIONINSIGHTS_AUTHENTICATION_STRING;
  if (connectionString === undefined) return undefined;
  const clientId = /ClientId=([\w-]+)/i.exec(authentication ?? '')?.[1];
  return { connectionString, identity: authentication === undefined ? undefined : { clientId } };
}

const tradeSystems = ['INVENTORY_URL', 'PAYMENTS_URL', 'FRAUD_URL', 'SHIPPING_URL', 'NOTIFICATIONS_URL'] as const;

function missingTradeSystems(set: Environment): string[] {
  const missing = tradeSystems.filter((name) => set[name] === undefined);
  if (missing.length === 0 || missing.length === tradeSystems.length) return [];
  return [`${missing.join(', ')} are missing: orders need all of these systems; set them too, or none`];
}

/** People who sign in need no key, and one who holds a key could leave the sign-in out: so keys open nothing then, unless told to. */
function accessConfig({ AUTH, KEY_ROLE }: z.infer<typeof settingsSchema>): Access {
  const keyRole = KEY_ROLE ?? (AUTH === 'entra' ? 'none' : 'operator');
  return { trustsPrincipal: AUTH === 'entra', keyRole: keyRole === 'none' ? undefined : keyRole };
}

/** App Service says whether its authentication is on. Where it is off, anybody could send a principal. */
function untrustedPrincipal({ AUTH, KEY_ROLE, WEBSITE_AUTH_ENABLED }: Environment): string[] {
  if (AUTH === 'entra' && WEBSITE_AUTH_ENABLED?.toLowerCase() === 'false') {
    return ['AUTH is "entra": switch on App Service authentication first, or anybody could say to be anybody'];
  }
  if (AUTH !== 'entra' && KEY_ROLE === 'none')
    return ['KEY_ROLE is "none": nobody could call anything; set AUTH to entra'];
  return [];
}

/** A schedule that cannot be read would fail the timer when the host starts it, and nothing would ever be archived. */
function unusableSchedule({ RETENTION_SCHEDULE }: Environment): string[] {
  const fields = RETENTION_SCHEDULE?.trim().split(/\s+/) ?? [];
  const isSpan = /^(\d+\.)?\d{1,2}:\d{2}:\d{2}$/.test(RETENTION_SCHEDULE ?? '');
  if (RETENTION_SCHEDULE === undefined || isSpan) return [];
  try {
    if (fields.length !== 5 && fields.length !== 6) throw new Error('it has neither five fields nor six');
    CronExpressionParser.parse(fields.join(' '));
    return [];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [
      `RETENTION_SCHEDULE is ${JSON.stringify(RETENTION_SCHEDULE)}: ${why}; give an NCRONTAB expression such as 0 30 3 * * *`,
    ];
  }
}

/** The complaint does not show the key. */
function unusableSigningKey({ AUDIT_SIGNING_KEY }: Environment): string[] {
  try {
    if (AUDIT_SIGNING_KEY !== undefined) createSigner(AUDIT_SIGNING_KEY);
    return [];
  } catch (error) {
    return [`AUDIT_SIGNING_KEY: ${error instanceof Error ? error.message : String(error)}`];
  }
}
