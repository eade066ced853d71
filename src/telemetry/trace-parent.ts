/** A place in a distributed trace, as W3C Trace Context writes it. */
export interface TracePlace {
  readonly traceId: string;
  readonly spanId: string;
  readonly isSampled: boolean;
}

/** Version 00 has these four parts; a later one may have more, which an earlier reader ignores. */
const form = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-|$)/;

/** What is no `traceparent` counts as none, as the specification asks. */
export function parseTraceParent(text: string | null | undefined): TracePlace | undefined {
  const found = form.exec(text ?? '');
  const [, version, traceId, spanId, flags, rest] = found ?? [];
  if (traceId === undefined || spanId === undefined || (version === '00' && rest !== '')) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags ?? '0', 16) & 1) === 1 };
}

export const formatTraceParent = ({ traceId, spanId, isSampled }: TracePlace): string =>
  `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
