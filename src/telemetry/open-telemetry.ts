import { useInstrumenter } from '@azure/core-tracing';
import { context, diag, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { TelemetryConfig } from '../config.ts';
import { azureInstrumenter } from './azure-instrumenter.ts';
import { openExporters } from './exporters.ts';
import type { Instruments } from './instruments.ts';
import { createMetricProducer, temporalityOf } from './metric-producer.ts';
import { createPresetIds } from './preset-ids.ts';
import { reportTrouble } from './report-trouble.ts';
import { createOtelRecorder } from './otel-recorder.ts';
import type { Recorder } from './recorder.ts';

// The only door to OpenTelemetry's SDK, entered when a destination is configured. The SDK itself reads what else the standard
// names: OTEL_EXPORTER_OTLP_* (addresses, headers, time-outs, certificates), OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES,
// OTEL_TRACES_SAMPLER, OTEL_BSP_* and OTEL_BLRP_*.

const scope = { name: 'durable-saga' };

export interface TelemetrySurroundings {
  readonly now: () => Date;
  /** Told what could not be sent, and why. */
  readonly report: (trouble: string) => void;
}

/** Starts what sends traces, metrics and logs, and joins the Azure SDKs' own spans to the traces. */
export async function openTelemetry(
  config: TelemetryConfig,
  instruments: Instruments,
  { now, report }: TelemetrySurroundings,
): Promise<Recorder> {
  reportTrouble(report);
  const exporters = await openExporters(config);
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': 'durable-saga' }))
    .merge(detectResources({ detectors: [envDetector] }));
  const ids = createPresetIds();
  const traces = new BasicTracerProvider({
    resource,
    idGenerator: ids,
    spanProcessors: exporters.map(({ spans }) => new BatchSpanProcessor(spans)),
  });
  const logs = new LoggerProvider({
    resource,
    processors: exporters.flatMap(({ logs: exporter }) =>
      exporter === undefined ? [] : [new BatchLogRecordProcessor({ exporter })],
    ),
  });
  const metrics = new MeterProvider({
    resource,
    readers: exporters.map(({ metrics: exporter }) => {
      const temporality = temporalityOf(exporter);
      return new PeriodicExportingMetricReader({
        exporter,
        exportIntervalMillis: config.metricIntervalMs,
        metricProducers: [createMetricProducer({ instruments, resource, scope, temporality, now })],
      });
    }),
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(traces);
  useInstrumenter(azureInstrumenter);
  return {
    ...createOtelRecorder(traces.getTracer(scope.name), logs.getLogger(scope.name), ids),
    async close() {
      await Promise.allSettled([traces.shutdown(), logs.shutdown(), metrics.shutdown()]);
      trace.disable();
      context.disable();
      diag.disable();
    },
  };
}
