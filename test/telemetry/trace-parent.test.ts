import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findParent } from '../../src/telemetry/find-parent.ts';
import { formatTraceParent, parseTraceParent } from '../../src/telemetry/trace-parent.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const sampled = `00-${traceId}-${spanId}-01`;

const hex = (length: number) =>
  fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`)).filter((text) => /[1-9a-f]/.test(text));

describe('a traceparent', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(hex(32), hex(16), fc.boolean(), (traceId, spanId, isSampled) => {
        const place = { traceId, spanId, isSampled };
        expect(parseTraceParent(formatTraceParent(place))).toEqual(place);
      }),
    );
  });

  it.each([
    undefined,
    null,
    '',
    'yes',
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `ff-${traceId}-${spanId}-01`,
    `${sampled}-more`,
    `${sampled}\n`,
  ])('that is %j counts as none', (text) => {
    expect(parseTraceParent(text)).toBeUndefined();
  });

  it('of a later version may say more', () => {
    expect(parseTraceParent(`01-${traceId}-${spanId}-03-more`)).toEqual({ traceId, spanId, isSampled: true });
  });
});

const parentOf = (traceParent: string | undefined, sent: string | undefined) =>
  findParent(traceParent === undefined ? {} : { traceContext: { traceParent } }, sent);

describe('an invocation goes on from', () => {
  const host = `00-${traceId}-aaaaaaaaaaaaaaaa-01`;
  it('the span that the host records for it', () => {
    expect(parentOf(host, sampled)).toEqual({ parent: host, hostTells: true });
  });

  it('what was sent, where the host records nothing or only hands it on', () => {
    const unrecorded = `00-${traceId}-aaaaaaaaaaaaaaaa-00`;
    for (const context of [undefined, unrecorded, sampled])
      expect(parentOf(context, sampled)).toEqual({ parent: sampled, hostTells: false });
  });

  it('nothing, where nothing was sent', () => {
    expect(parentOf(undefined, undefined)).toEqual({ parent: undefined, hostTells: false });
  });
});
