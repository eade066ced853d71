import type { Instrumenter, TracingSpan } from '@azure/core-tracing';
import {
  type Attributes,
  type AttributeValue,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { traceParentIn, withTraceParent } from './otel-context.ts';

const spanKinds = {
  client: SpanKind.CLIENT,
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const;

/**
 * Has the Azure SDKs tell their calls as spans: requests to Blob Storage, Cosmos DB and Entra ID, and what Service Bus sends and
 * settles, with the trace handed on in `traceparent` headers and `Diagnostic-Id` properties. Their contexts are OpenTelemetry's.
 */
export const azureInstrumenter: Instrumenter = {
  startSpan(name, { packageName, packageVersion, spanKind, spanLinks = [], spanAttributes = {}, tracingContext }) {
    const parent = tracingContext ?? context.active();
    const links = spanLinks.flatMap((link) => trace.getSpanContext(link.tracingContext) ?? []);
    const span = trace.getTracer(packageName, packageVersion).startSpan(
      name,
      {
        kind: spanKind === undefined ? SpanKind.INTERNAL : spanKinds[spanKind],
        attributes: attributesIn(spanAttributes),
        links: links.map((linked) => ({ context: linked })),
      },
      parent,
    );
    return { span: forAzure(span), tracingContext: trace.setSpan(parent, span) };
  },
  withContext: (tracingContext, callback, ...args) => context.with(tracingContext, callback, undefined, ...args),
  parseTraceparentHeader: (header) => withTraceParent(ROOT_CONTEXT, header),
  createRequestHeaders(tracingContext): Record<string, string> {
    const traceparent = traceParentIn(tracingContext ?? context.active());
    return traceparent === undefined ? {} : { traceparent };
  },
};

const forAzure = (span: Span): TracingSpan => ({
  setStatus(status) {
    if (status.status === 'success') return;
    if (status.error !== undefined) span.recordException(status.error);
    span.setStatus({
      code: SpanStatusCode.ERROR,
      ...(status.error !== undefined && { message: String(status.error) }),
    });
  },
  setAttribute: (name, value) => void span.setAttributes(attributesIn({ [name]: value })),
  end: () => span.end(),
  recordException: (exception) => span.recordException(exception),
  isRecording: () => span.isRecording(),
  addEvent: (name, { attributes = {}, startTime } = {}) =>
    void span.addEvent(name, attributesIn(attributes), startTime),
});

/** The SDKs' attributes are of any type. */
const attributesIn = (values: Readonly<Record<string, unknown>>): Attributes =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, AttributeValue] => isPlain(entry[1])));

const isPlain = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);
