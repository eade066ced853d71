import type { LogRecordExporter } from '@opentelemetry/sdk-logs';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import { DefaultAzureCredential } from '@azure/identity';
import type { ApplicationInsights, TelemetryConfig } from '../config.ts';

export interface Exporters {
  readonly spans: SpanExporter;
  readonly metrics: PushMetricExporter;
  /** Absent where log lines arrive by another way. */
  readonly logs?: LogRecordExporter;
}

/** One for each destination; only what is configured is loaded. */
export async function openExporters({ otlp, applicationInsights }: TelemetryConfig): Promise<Exporters[]> {
  return [
    ...(otlp ? [await openOtlp()] : []),
    ...(applicationInsights === undefined ? [] : [await openAzureMonitor(applicationInsights)]),
  ];
}

/** OTLP over HTTP with JSON bodies. */
async function openOtlp(): Promise<Exporters> {
  const [{ OTLPTraceExporter }, { OTLPMetricExporter }, { OTLPLogExporter }] = await Promise.all([
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/exporter-metrics-otlp-http'),
    import('@opentelemetry/exporter-logs-otlp-http'),
  ]);
  return { spans: new OTLPTraceExporter(), metrics: new OTLPMetricExporter(), logs: new OTLPLogExporter() };
}

/** Without logs: the Functions host sends the app's log lines to the same place. */
async function openAzureMonitor({ connectionString, identity }: ApplicationInsights): Promise<Exporters> {
  const { AzureMonitorTraceExporter, AzureMonitorMetricExporter } =
    await import('@azure/monitor-opentelemetry-exporter');
  const options = { connectionString, ...(identity !== undefined && { credential: credentialOf(identity) }) };
  return {
    spans: new AzureMonitorTraceExporter(options),
    metrics: new AzureMonitorMetricExporter(options),
  };
}

const credentialOf = ({ clientId }: NonNullable<ApplicationInsights['identity']>): DefaultAzureCredential =>
  new DefaultAzureCredential(clientId === undefined ? {} : { managedIdentityClientId: clientId });
