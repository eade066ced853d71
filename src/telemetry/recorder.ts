// Where spans and log records go. Nothing here needs OpenTelemetry: it is loaded by open-telemetry.ts alone, when it is switched on.

export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SpanStart {
  readonly name: string;
  readonly kind: 'server' | 'client' | 'consumer' | 'internal';
  /** A `traceparent` to continue. Without one, the span around goes on, or a trace begins. */
  readonly parent?: string | undefined;
  readonly attributes: Attributes;
}

/** A span that is under way. */
export interface LiveSpan {
  /** Its own `traceparent`, to be handed on; undefined where nothing is recorded. */
  readonly traceparent: string | undefined;
  note(attributes: Attributes): void;
  fail(message: string): void;
}

/** A span that is over, with an identity that was given to it before. */
export interface EndedSpan {
  readonly name: string;
  readonly traceparent: string;
  readonly parentSpanId: string | undefined;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly attributes: Attributes;
  readonly failure: string | undefined;
}

export interface LogRecord {
  readonly level: 'info' | 'warn' | 'error';
  readonly text: string;
  readonly at: Date;
  readonly traceparent: string;
  readonly attributes: Attributes;
}

export interface Recorder {
  /** What only a recorder needs need not be computed for one that keeps nothing. */
  readonly isRecording: boolean;
  /** Runs work within a span: what it calls in turn becomes part of it, and so does its failure. */
  within<T>(start: SpanStart, work: (span: LiveSpan) => Promise<T>): Promise<T>;
  record(span: EndedSpan): void;
  log(record: LogRecord): void;
  /** Sends what is left. */
  close(): Promise<void>;
}

/** Keeps nothing. */
export const silentRecorder: Recorder = {
  isRecording: false,
  within: (_, work) => work({ traceparent: undefined, note: () => {}, fail: () => {} }),
  record: () => {},
  log: () => {},
  close: async () => {},
};
