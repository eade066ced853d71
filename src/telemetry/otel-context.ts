import { type Context, trace, TraceFlags } from '@opentelemetry/api';
import { formatTraceParent, parseTraceParent } from './trace-parent.ts';

/** The context with the span that a `traceparent` names as the one to continue; undefined for what is none. */
export function withTraceParent(around: Context, traceparent: string | undefined): Context | undefined {
  const place = parseTraceParent(traceparent);
  if (place === undefined) return undefined;
  const { traceId, spanId, isSampled } = place;
  const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(around, { traceId, spanId, traceFlags, isRemote: true });
}

/** The `traceparent` of the context's span. */
export function traceParentIn(around: Context): string | undefined {
  const span = trace.getSpanContext(around);
  return span && formatTraceParent({ ...span, isSampled: (span.traceFlags & TraceFlags.SAMPLED) !== 0 });
}
