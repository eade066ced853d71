import { describe, expect, it } from 'vitest';
import type { Entry } from '../../src/audit/entry.ts';
import { computeTimeline } from '../../src/console/compute-timeline.ts';

const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000).toISOString();
const ms = (seconds: number): number => Date.parse(at(seconds));

/** Entries with their numbers and sentences. */
const trail = (...entries: Omit<Entry, 'sequence' | 'summary'>[]): Entry[] =>
  entries.map((entry, n) => ({ ...entry, sequence: n + 1, summary: '' }));

describe('the timeline of a trail', () => {
  it('has a row for each step in the order in which they began, undos in the row of what they undo', () => {
    const { rows, markers, start, end } = computeTimeline(
      trail(
        { kind: 'started', time: at(0) },
        { kind: 'attempt', step: 'main/a#1', time: at(2), startedAt: at(1), outcome: 'succeeded' },
        { kind: 'attempt', step: 'main/b#1', time: at(4), startedAt: at(3), outcome: 'failed' },
        { kind: 'undo', step: 'main/a#1', time: at(6), startedAt: at(5), outcome: 'succeeded' },
        { kind: 'gate-failed', time: at(7) },
        { kind: 'ended', time: at(8), outcome: 'Failed' },
      ),
      ms(8),
    );
    expect(rows.map(({ step, bars }) => [step, bars.map((bar) => bar.kind)])).toEqual([
      ['main/a#1', ['attempt', 'undo']],
      ['main/b#1', ['attempt']],
    ]);
    expect(markers).toEqual([{ kind: 'gate-failed', at: ms(7), sequence: 5 }]);
    expect([start, end]).toEqual([ms(0), ms(8)]);
  });

  it('lets what is not over go on until now', () => {
    const { rows } = computeTimeline(
      trail(
        { kind: 'attempt', step: 'main/a#1', time: at(1), startedAt: at(1), outcome: 'running' },
        { kind: 'wait', step: 'main/b#1', time: at(2), due: at(90) },
        { kind: 'review-opened', step: 'check', time: at(3), due: at(500) },
      ),
      ms(10),
    );
    expect(rows.map(({ isReview, bars: [bar] }) => [isReview, bar?.start, bar?.end, bar?.outcome])).toEqual([
      [false, ms(1), ms(10), 'running'],
      [false, ms(2), ms(10), ''],
      [true, ms(3), ms(10), 'open'],
    ]);
  });

  it('ends a review at its decision, and a wait when it is due', () => {
    const { rows } = computeTimeline(
      trail(
        { kind: 'wait', step: 'main/a#1', time: at(1), due: at(3) },
        { kind: 'review-opened', step: 'check', time: at(4), due: at(500) },
        { kind: 'review-decided', step: 'check', time: at(9), action: 'approve', actor: 'Kim' },
      ),
      ms(20),
    );
    expect(rows.flatMap(({ bars }) => bars.map(({ end, outcome }) => [end, outcome]))).toEqual([
      [ms(3), ''],
      [ms(9), 'approve'],
    ]);
  });
});
