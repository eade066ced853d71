/** Both ends belong to it; where one is missing, it is open. */
export interface TimeRange {
  readonly from: Date | undefined;
  readonly to: Date | undefined;
}

const secondMs = 1_000;

/**
 * Two halves of a range, which share the time between them: the engine knows times more finely than milliseconds.
 * @param sample times within the range, cut to whole seconds, as the extension shows them
 * @throws Error for what cannot be split any further
 */
export function splitRange({ from, to }: TimeRange, sample: readonly Date[]): readonly [TimeRange, TimeRange] {
  const between = new Date(findMiddle(from?.getTime(), to?.getTime(), sample));
  return [
    { from, to: between },
    { from: between, to },
  ];
}

function findMiddle(from = -Infinity, to = Infinity, sample: readonly Date[]): number {
  if (to - from < 2) throw new Error(`too many instances were started at ${new Date(from).toISOString()} to list them`);
  if (to - from <= 2 * secondMs) return Math.floor((from + to) / 2);
  const times = sample.map((time) => time.getTime()).sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)];
  if (median === undefined) throw new Error('invariant: a range is split because there are instances in it');
  return Math.max(from + secondMs, Math.min(to - secondMs, median));
}
