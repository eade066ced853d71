import type { EndedSpan, LogRecord, Recorder, SpanStart } from '../../src/telemetry/recorder.ts';
import { formatTraceParent, parseTraceParent, type TracePlace } from '../../src/telemetry/trace-parent.ts';

/** A span as it was recorded, whether it was live or had its identity before. */
export interface RecordedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly failure: string | undefined;
  readonly seconds: number | undefined;
}

export interface RecordedSpans extends Recorder {
  readonly spans: readonly RecordedSpan[];
  readonly logs: readonly LogRecord[];
}

/** A recorder that keeps what it is told; its live spans are numbered. */
export function recordSpans(): RecordedSpans {
  const spans: RecordedSpan[] = [];
  const logs: LogRecord[] = [];
  let begun = 0;
  return {
    isRecording: true,
    spans,
    logs,
    async within({ name, parent }: SpanStart, work) {
      const { traceId, spanId: parentSpanId } = place(parent);
      const spanId = (++begun).toString(16).padStart(16, '0');
      let failure: string | undefined;
      const span = { traceparent: formatTraceParent({ traceId, spanId, isSampled: true }), note: () => {} };
      const result = await work({ ...span, fail: (message) => void (failure = message) });
      spans.push({ name, traceId, spanId, parentSpanId, failure, seconds: undefined });
      return result;
    },
    record({ name, traceparent, parentSpanId, failure, startedAt, endedAt }: EndedSpan) {
      const seconds = (endedAt.getTime() - startedAt.getTime()) / 1000;
      spans.push({ ...place(traceparent), name, parentSpanId, failure, seconds });
    },
    log: (record) => void logs.push(record),
    close: async () => {},
  };
}

function place(traceparent: string | undefined): TracePlace {
  const found = parseTraceParent(traceparent);
  if (found === undefined) throw new Error(`'${traceparent}' is no traceparent`);
  return found;
}
