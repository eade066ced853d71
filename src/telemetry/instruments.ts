// What is counted, kept in memory: an addition costs a look-up, whether or not anything is exported. Every exporter reads the same
// numbers. They are of this process alone and begin with it; whoever collects them adds up.

export type Labels = Readonly<Record<string, string>>;

export interface InstrumentOptions {
  /** Dotted, as the semantic conventions of OpenTelemetry name things. */
  readonly name: string;
  readonly description: string;
  /** UCUM: `s`, `{token}`. */
  readonly unit: string;
}

export interface Counter {
  add(value: number, labels: Labels): void;
}

export interface Histogram {
  record(value: number, labels: Labels): void;
}

export interface CounterPoint {
  readonly labels: Labels;
  readonly value: number;
}

export interface HistogramPoint {
  readonly labels: Labels;
  readonly count: number;
  readonly sum: number;
  /** How many values lie in each interval, the last one being above all bounds. */
  readonly buckets: readonly number[];
}

export type Reading = InstrumentOptions &
  (
    | { readonly kind: 'counter'; readonly points: readonly CounterPoint[] }
    | { readonly kind: 'histogram'; readonly bounds: readonly number[]; readonly points: readonly HistogramPoint[] }
  );

export interface Instruments {
  counter(options: InstrumentOptions): Counter;
  /** `bounds` ascend; a value belongs to the first that is not below it. */
  histogram(options: InstrumentOptions, bounds: readonly number[]): Histogram;
  /** All that has been counted since the start, in the order of declaration. */
  read(): Reading[];
}

export function createInstruments(): Instruments {
  const readers: (() => Reading)[] = [];
  return {
    counter(options) {
      const points = createPoints(() => ({ value: 0 }));
      readers.push(() => ({ ...options, kind: 'counter', points: points.read() }));
      return {
        add(value, labels) {
          points.at(labels).value += value;
        },
      };
    },
    histogram(options, bounds) {
      const points = createPoints(() => ({ count: 0, sum: 0, buckets: Array<number>(bounds.length + 1).fill(0) }));
      readers.push(() => ({
        ...options,
        kind: 'histogram',
        bounds,
        points: points.read().map((point) => ({ ...point, buckets: [...point.buckets] })),
      }));
      return {
        record(value, labels) {
          const point = points.at(labels);
          const found = bounds.findIndex((bound) => value <= bound);
          const bucket = found === -1 ? bounds.length : found;
          point.count++;
          point.sum += value;
          point.buckets[bucket] = (point.buckets[bucket] ?? 0) + 1;
        },
      };
    },
    read: () => readers.map((reader) => reader()),
  };
}

/** One point for each set of labels; an instrument is always given the same labels in the same order. */
function createPoints<P extends object>(empty: () => P) {
  const points = new Map<string, P & { readonly labels: Labels }>();
  return {
    at(labels: Labels): P {
      const key = JSON.stringify(labels);
      const known = points.get(key);
      if (known !== undefined) return known;
      const point = { ...empty(), labels };
      points.set(key, point);
      return point;
    },
    read: () => [...points.values()].map((point) => ({ ...point })),
  };
}
