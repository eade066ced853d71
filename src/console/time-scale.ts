export interface Tick {
  /** Percent of the width. */
  readonly at: number;
  /** Milliseconds since the start. */
  readonly elapsed: number;
  /** Its label stands on the left: there is no room on the right. */
  readonly isAtEnd: boolean;
}

export interface TimeScale {
  /** Percent of the width. */
  readonly position: (time: number) => number;
  readonly ticks: readonly Tick[];
}

/** Of a stretch in which nothing begins or ends, in which a wait of days must not hide steps of milliseconds. */
const legibleWidth = (ms: number): number => Math.log1p(ms / 15) ** 1.4 + (ms > 0 ? 0.4 : 0);

/** Percent of the width. */
const labelWidth = 9;

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

/** The first and the last time always have one; of the others those that have room. */
function ticksAtEvents(points: readonly number[], percent: readonly number[]): Tick[] {
  const ticks: Tick[] = [];
  const isTaken = (tick: Tick): boolean => ticks.length > 0 && labelStart(tick) < labelEnd(ticks.at(-1));
  for (const [n, point] of points.entries()) {
    const tick = createTick(percent[n] ?? 0, point - (points[0] ?? 0));
    if (n === points.length - 1) while (isTaken(tick)) ticks.pop();
    if (!isTaken(tick)) ticks.push(tick);
  }
  return ticks;
}

const createTick = (at: number, elapsed: number): Tick => ({ at, elapsed, isAtEnd: at > 100 - labelWidth });

const labelStart = ({ at, isAtEnd }: Tick): number => (isAtEnd ? at - labelWidth : at);
const labelEnd = (tick: Tick | undefined): number => (tick === undefined ? 0 : labelStart(tick) + labelWidth);

const evenTicks = (first: number, last: number): Tick[] =>
  [0, 20, 40, 60, 80, 100].map((at) => createTick(at, ((last - first) * at) / 100));
