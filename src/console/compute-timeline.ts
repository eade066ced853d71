import type { Entry } from '../audit/entry.ts';

export interface Bar {
  readonly kind: 'attempt' | 'undo' | 'wait' | 'review';
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly end: number;
  readonly outcome: string;
  readonly attempt: number | undefined;
  /** Of the entry that tells of it. */
  readonly sequence: number;
}

export interface Row {
  readonly step: string;
  readonly isReview: boolean;
  readonly bars: readonly Bar[];
}

/** An instant that concerns the whole instance. */
export interface Marker {
  readonly kind: Entry['kind'];
  readonly at: number;
  readonly sequence: number;
}

export interface Timeline {
  readonly rows: readonly Row[];
  readonly markers: readonly Marker[];
  readonly start: number;
  readonly end: number;
}

const markerKinds: ReadonlySet<Entry['kind']> = new Set([
  'gate-failed',
  'rewound',
  'gate-decided',
  'cancel-requested',
  'suspended',
  'resumed',
  'terminated',
]);

/**
 * Rows of what was done, in the order in which it began.
 * @param until how far the picture goes: now for an instance that runs, its end for one that has ended
 */
export function computeTimeline(entries: readonly Entry[], until: number): Timeline {
  const rows = new Map<string, Bar[]>();
  const reviews = new Set<string>();
  for (const entry of entries) {
    const bar = barOf(entry, entries, until);
    if (bar === undefined || entry.step === undefined) continue;
    if (bar.kind === 'review') reviews.add(entry.step);
    rows.set(entry.step, [...(rows.get(entry.step) ?? []), bar]);
  }
  const begun = [...rows].map(([step, bars]) => ({ step, isReview: reviews.has(step), bars }));
  const times = entries.flatMap(({ time, startedAt = time }) => [Date.parse(time), Date.parse(startedAt)]);
  return {
    rows: begun.sort((a, b) => startOf(a) - startOf(b)),
    markers: entries
      .filter(({ kind }) => markerKinds.has(kind))
      .map(({ kind, time, sequence }) => ({ kind, at: Date.parse(time), sequence })),
    start: Math.min(...times, until),
    end: Math.max(...times, ...begun.flatMap(({ bars }) => bars.map(({ end }) => end))),
  };
}

const startOf = ({ bars }: Row): number => Math.min(...bars.map(({ start }) => start));

/** Nothing for what has no length. */
function barOf(entry: Entry, entries: readonly Entry[], until: number): Bar | undefined {
  const { attempt, sequence, outcome = '' } = entry;
  const kind = barKinds[entry.kind];
  if (kind === undefined) return undefined;
  const time = Date.parse(entry.time);
  const start = entry.startedAt === undefined ? time : Date.parse(entry.startedAt);
  const bar = { kind, start, attempt, sequence, outcome };
  switch (kind) {
    case 'attempt':
    case 'undo':
      return { ...bar, end: outcome === 'running' ? Math.max(start, until) : time };
    case 'wait':
      return { ...bar, end: Math.max(start, Math.min(entry.due === undefined ? time : Date.parse(entry.due), until)) };
    case 'review': {
      const decided = entries.find((other) => isDecisionOf(other, entry));
      const end = decided === undefined ? until : Date.parse(decided.time);
      return { ...bar, end: Math.max(start, end), outcome: decided?.action ?? 'open' };
    }
  }
}

const barKinds: Partial<Record<Entry['kind'], Bar['kind']>> = {
  attempt: 'attempt',
  'sub-saga': 'attempt',
  undo: 'undo',
  wait: 'wait',
  'review-opened': 'review',
};

const isDecisionOf = (entry: Entry, opened: Entry): boolean =>
  entry.kind === 'review-decided' && entry.step === opened.step && entry.sequence > opened.sequence;
