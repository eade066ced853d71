import { context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import { type Logger, SeverityNumber } from '@opentelemetry/api-logs';
import { traceParentIn, withTraceParent } from './otel-context.ts';
import type { PresetIds } from './preset-ids.ts';
import type { Attributes, LiveSpan, LogRecord, Recorder, SpanStart } from './recorder.ts';
import { parseTraceParent } from './trace-parent.ts';

const spanKinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const satisfies Record<SpanStart['kind'], SpanKind>;

const severities = {
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
} as const satisfies Record<LogRecord['level'], SeverityNumber>;

/** Records with OpenTelemetry. `ids` is what the tracer takes its ids from. */
export function createOtelRecorder(tracer: Tracer, logger: Logger, ids: PresetIds): Omit<Recorder, 'close'> {
  return {
    isRecording: true,
    within({ name, kind, parent, attributes }, work) {
      const around = withTraceParent(ROOT_CONTEXT, parent) ?? context.active();
      const span = tracer.startSpan(name, { kind: spanKinds[kind], attributes: definedIn(attributes) }, around);
      return context.with(trace.setSpan(around, span), () => runWithin(span, work));
    },
    record({ name, traceparent, parentSpanId, startedAt, endedAt, attributes, failure }) {
      const place = parseTraceParent(traceparent);
      if (place === undefined) throw new Error(`invariant: '${traceparent}' is a traceparent`);
      const parent = parentSpanId === undefined ? undefined : traceparent.replace(place.spanId, parentSpanId);
      const around = withTraceParent(ROOT_CONTEXT, parent) ?? ROOT_CONTEXT;
      const options = { startTime: startedAt, attributes: definedIn(attributes) };
      const span = ids.withIds(place, () => tracer.startSpan(name, options, around));
      if (failure !== undefined) fail(span, failure);
      span.end(endedAt);
    },
    log({ level, text, at, traceparent, attributes }) {
      logger.emit({
        timestamp: at,
        severityNumber: severities[level],
        severityText: level.toUpperCase(),
        body: text,
        attributes: definedIn(attributes),
        context: withTraceParent(ROOT_CONTEXT, traceparent) ?? ROOT_CONTEXT,
      });
    },
  };
}

async function runWithin<T>(span: Span, work: (span: LiveSpan) => Promise<T>): Promise<T> {
  try {
    return await work({
      traceparent: traceParentIn(trace.setSpan(ROOT_CONTEXT, span)),
      note: (attributes) => void span.setAttributes(definedIn(attributes)),
      fail: (message) => fail(span, message),
    });
  } catch (error) {
    if (error instanceof Error) span.recordException(error);
    fail(span, String(error));
    throw error;
  } finally {
    span.end();
  }
}

const fail = (span: Span, message: string): void => void span.setStatus({ code: SpanStatusCode.ERROR, message });

const definedIn = (attributes: Attributes): Record<string, string | number | boolean> =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
