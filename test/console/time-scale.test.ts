import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTimeScale } from '../../src/console/time-scale.ts';

const times = fc.array(fc.integer({ min: 0, max: 300_000_000 }), { minLength: 1, maxLength: 40 });
const mode = fc.constantFrom('legible' as const, 'true' as const);

describe('a time scale', () => {
  it('keeps every time in the picture, and in order', () => {
    fc.assert(
      fc.property(times, mode, fc.integer({ min: 0, max: 300_000_000 }), (points, chosen, other) => {
        const { position, ticks } = createTimeScale(points, chosen);
        const sorted = [...points, other].toSorted((a, b) => a - b).map(position);
        expect(sorted.every((place) => place >= 0 && place <= 100)).toBe(true);
        expect(sorted).toEqual(sorted.toSorted((a, b) => a - b));
        expect(ticks.every(({ at, elapsed }) => at >= 0 && at <= 100 && elapsed >= 0)).toBe(true);
      }),
    );
  });

  it('has labels that do not stand on each other, the whole length among them', () => {
    fc.assert(
      fc.property(times, mode, (points, chosen) => {
        const { ticks } = createTimeScale(points, chosen);
        const starts = ticks.map(({ at, isAtEnd }) => (isAtEnd ? at - 9 : at));
        for (const [n, start] of starts.entries()) expect(start - (starts[n - 1] ?? -9)).toBeGreaterThan(8.999);
        expect(ticks.at(-1)?.elapsed).toBe(Math.max(...points) - Math.min(...points));
      }),
    );
  });

  it('is even in true time', () => {
    const { position } = createTimeScale([0, 10, 1_000], 'true');
    expect([position(0), position(10), position(500), position(1_000)]).toEqual([0, 1, 50, 100]);
  });

  it('leaves steps of milliseconds visible beside a wait of three days', () => {
    const { position } = createTimeScale([0, 40, 80, 3 * 86_400_000], 'legible');
    expect(position(40)).toBeGreaterThan(2);
    expect(createTimeScale([0, 40, 80, 3 * 86_400_000], 'true').position(40)).toBeLessThan(0.001);
  });
});
