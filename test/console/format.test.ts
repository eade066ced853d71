import { describe, expect, it } from 'vitest';
import { formatDuration, formatName, formatRelative, parseStepId } from '../../src/console/format.ts';

describe('durations', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1_250, '1.2 s'],
    [59_999, '59 s'],
    [200_000, '3 min 20 s'],
    [7_200_000, '2 h'],
    [187_200_000, '2 d 4 h'],
  ])('of %i ms are "%s"', (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe('times beside now', () => {
  const now = new Date('2026-01-01T12:00:00Z');
  it.each([
    ['2026-01-01T12:00:01Z', 'now'],
    ['2026-01-01T11:59:48Z', '12 s ago'],
    ['2026-01-01T11:59:56Z', '4 s ago'],
    ['2026-01-01T14:30:00Z', 'in 2 h'],
    ['2026-01-04T12:00:00Z', 'in 3 d'],
  ])('%s is "%s"', (time, text) => expect(formatRelative(time, now)).toBe(text));
});

describe('names', () => {
  it.each([
    ['totalAmount', 'Total amount'],
    ['vatId', 'VAT ID'],
    ['purchase_order', 'Purchase order'],
    ['beside-its-label', 'Beside its label'],
  ])('of "%s" reads "%s"', (name, text) => expect(formatName(name)).toBe(text));

  it.each([
    ['main/extractFields#1', { name: 'extractFields', execution: '', scope: '' }],
    ['main/payment/charge#2', { name: 'charge', execution: '#2', scope: 'payment' }],
    ['extraction', { name: 'extraction', execution: '', scope: '' }],
  ])('of step "%s" are taken apart', (id, parts) => expect(parseStepId(id)).toEqual(parts));
});
