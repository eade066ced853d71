import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addMilliseconds,
  createStamp,
  dueMilliseconds,
  millisecondsBetween,
  parseTimestamp,
} from '../../../src/host/durable/timestamp.ts';

test.each([
  ['2026-11-21T03:59:05.9143900Z', '2026-11-21T03:59:05.91439Z'],
  ['2026-11-21T03:59:05.100Z', '2026-11-21T03:59:05.1Z'],
  ['2026-11-21T03:59:05Z', '2026-11-21T03:59:05Z'],
  ['2026-11-21T04:59:05.5+01:00', '2026-11-21T03:59:05.5Z'],
])('%s is written as .NET writes it', (text, written) => {
  expect(parseTimestamp(text)).toBe(written);
});

test('what is not a date is none', () => {
  expect(parseTimestamp('notadate')).toBeUndefined();
});

test('a delay keeps the digits below the millisecond, as the recorded retry timers do', () => {
  expect(addMilliseconds('2026-11-21T03:59:12.9165182Z', 1000)).toBe('2026-11-21T03:59:13.9165182Z');
});

test('a timer is due at the first millisecond that is not before its time', () => {
  expect(dueMilliseconds('1970-01-01T00:00:01.0000001Z')).toBe(1001);
  expect(dueMilliseconds('1970-01-01T00:00:01Z')).toBe(1000);
});

test('adding and measuring are inverse', () => {
  const time = fc.integer({ min: 0, max: 4e12 }).map((ms) => parseTimestamp(new Date(ms).toISOString()) ?? '');
  fc.assert(
    fc.property(time, fc.integer({ min: 0, max: 1e10 }), fc.integer({ min: 0, max: 9999 }), (start, ms, ticks) => {
      const added = ms + ticks / 10_000;
      expect(millisecondsBetween(start, addMilliseconds(start, added))).toBeCloseTo(added, 4);
    }),
  );
});

test('stamps grow even when the clock stands still or goes back', () => {
  const times = [1000, 1000, 1000, 990, 1001];
  const stamp = createStamp({ now: () => times.shift() ?? 1001, at: () => () => undefined });
  const stamps = Array.from({ length: 20_000 }, stamp);
  const gaps = stamps.slice(1).map((at, index) => millisecondsBetween(stamps[index] ?? '', at));
  expect(Math.min(...gaps)).toBeGreaterThan(0);
});
