import { assert, constantFrom, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../../src/host/triggers/schedule.ts';

const from = Date.UTC(2026, 10, 21, 10, 0, 0); // a Saturday

function occurrences(schedule: string, count: number, timeZone = 'UTC'): string[] {
  const parsed = parseSchedule(schedule, timeZone);
  const found: string[] = [];
  for (let at = from; found.length < count; found.push(new Date(at).toISOString().slice(0, 19))) at = parsed.next(at);
  return found;
}

describe('schedules', () => {
  it.each([
    ['*/20 * * * * *', ['2026-11-21T10:00:20', '2026-11-21T10:00:40', '2026-11-21T10:01:00']],
    ['0 */5 * * * *', ['2026-11-21T10:05:00', '2026-11-21T10:10:00']],
    ['*/5 * * * *', ['2026-11-21T10:05:00', '2026-11-21T10:10:00']],
    ['0 30 9 * * Mon-Fri', ['2026-11-23T09:30:00', '2026-11-24T09:30:00']],
    ['0 0 0 1 Jan,Jul *', ['2027-01-01T00:00:00', '2027-07-01T00:00:00']],
    ['0 0 0 13 * 5', ['2027-08-13T00:00:00', '2028-10-13T00:00:00']],
    ['0 0 12 * * 0', ['2026-11-22T12:00:00', '2026-11-29T12:00:00']],
    ['00:00:10', ['2026-11-21T10:00:10', '2026-11-21T10:00:20']],
    ['1.12:00', ['2026-11-22T22:00:00', '2026-11-24T10:00:00']],
  ])('%s fires at %j', (schedule, expected) => expect(occurrences(schedule, expected.length)).toEqual(expected));

  it('keeps to the time zone', () => {
    expect(occurrences('0 0 9 * * *', 1, 'Europe/Berlin')).toEqual(['2026-11-22T08:00:00']);
  });

  it.each([
    ['every day', 'neither a TimeSpan (hh:mm:ss) nor a cron expression of 5 or 6 fields'],
    ['0 61 * * * *', 'is not valid'],
    ['00:00:00', 'longer than nothing'],
  ])('refuses %s', (schedule, message) => expect(() => parseSchedule(schedule, 'UTC')).toThrow(message));

  it('refuses an unknown time zone', () => {
    expect(() => parseSchedule('0 0 9 * * *', 'Middle Earth')).toThrow('is not valid');
  });

  it('is always later than the time asked for, and skips nothing', () => {
    const schedules = constantFrom('*/7 * * * * *', '0 3 */4 * * 1-5', '0 0 0 13 * 5', '5 4 3 2 * *');
    assert(
      property(schedules, integer({ min: 0, max: 4e12 }), (schedule, at) => {
        const parsed = parseSchedule(schedule, 'UTC');
        const first = parsed.next(at);
        expect(first).toBeGreaterThan(at);
        expect(parsed.next(first - 1)).toBe(first);
      }),
      { numRuns: 50 },
    );
  });
});
