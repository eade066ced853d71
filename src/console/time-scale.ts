export interface Tick {
  /** Percent of the width. */
  readonly at: number;
  /** Milliseconds since the start. */
  readonly elapsed: number;
}

export interface TimeScale {
  /** Percent of the width. */
  readonly position: (time: number) => number;
  readonly ticks: readonly Tick[];
}

/** Of a stretch in which nothing begins or ends, in which a wait of days must not hide steps of milliseconds. */
const legibleWidth = (ms: number): number => Math.log1p(ms / 15) ** 1.4 + (ms > 0 ? 0.4 : 0);

const leastTickDistance = 9;

/**
 * Maps times to places. `legible` gives stretches between two events the logarithm of their length, `true` their length.
 * @param times at which something begins or ends, in any order
 */
export function createTimeScale(times: readonly number[], mode: 'legible' | 'true'): TimeScale {
  const points = [...new Set(times)].toSorted((a, b) => a - b);
  const first = points[0] ?? 0;
  const widthOf = mode === 'legible' ? legibleWidth : (ms: number): number => ms;
  const places = [0];
  for (const [n, point] of points.entries()) {
    const before = points[n - 1];
    if (before !== undefined) places.push((places.at(-1) ?? 0) + widthOf(point - before));
  }
  const total = places.at(-1) || 1;
  const percent = places.map((place) => (place / total) * 100);
  const position = (time: number): number => interpolate(points, percent, time);
  return {
    position,
    ticks: mode === 'legible' ? ticksAtEvents(points, percent) : evenTicks(first, points.at(-1) ?? first),
  };
}

function interpolate(points: readonly number[], percent: readonly number[], time: number): number {
  const after = points.findIndex((point) => point >= time);
  if (after === -1) return 100;
  const [to = 0, toPercent = 0] = [points[after], percent[after]];
  const [from, fromPercent] = [points[after - 1], percent[after - 1]];
  if (from === undefined || fromPercent === undefined || to === from) return toPercent;
  return fromPercent + ((time - from) / (to - from)) * (toPercent - fromPercent);
}

function ticksAtEvents(points: readonly number[], percent: readonly number[]): Tick[] {
  const ticks: Tick[] = [];
  for (const [n, point] of points.entries()) {
    const at = percent[n] ?? 0;
    const last = ticks.at(-1);
    if (last !== undefined && at - last.at < leastTickDistance) continue;
    ticks.push({ at, elapsed: point - (points[0] ?? 0) });
  }
  return ticks;
}

const evenTicks = (first: number, last: number): Tick[] =>
  [0, 20, 40, 60, 80, 100].map((at) => ({ at, elapsed: ((last - first) * at) / 100 }));
