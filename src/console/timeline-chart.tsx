import type { Bar, Marker, Row, Timeline } from './compute-timeline.ts';
import { formatDuration, parseStepId } from './format.ts';
import { createTimeScale, type TimeScale } from './time-scale.ts';

interface ChartProps {
  readonly timeline: Timeline;
  readonly mode: 'legible' | 'true';
  /** Sequence of the entry that is pointed at, here or in the story. */
  readonly pointed: number | undefined;
  readonly onPoint: (sequence: number | undefined) => void;
}

/** Attempts and waits along time, undos mirrored below what they undo. The story says the same in words. */
export function TimelineChart({ timeline, mode, pointed, onPoint }: ChartProps) {
  const { rows, markers, start, end } = timeline;
  const bars = rows.flatMap((row) => row.bars);
  const times = [start, end, ...bars.flatMap((bar) => [bar.start, bar.end]), ...markers.map(({ at }) => at)];
  const scale = createTimeScale(times, mode);
  const label = `Timeline of ${rows.length} steps over ${formatDuration(end - start)}; the list below says the same in words`;
  return (
    <div class="chart-frame">
      <div class="chart" role="img" aria-label={label} onMouseLeave={() => onPoint(undefined)}>
        <div class="chart-markers">
          {markers.map((marker) => (
            <MarkerLine key={marker.sequence} marker={marker} scale={scale} />
          ))}
        </div>
        {rows.map((row) => (
          <ChartRow key={row.step} row={row} scale={scale} pointed={pointed} onPoint={onPoint} />
        ))}
        <div class="chart-axis">
          {withoutRepeats(scale.ticks).map(({ at, elapsed, isAtEnd }) => (
            <span key={at} class={isAtEnd ? 'is-last' : ''} style={{ left: `${at}%` }}>
              {formatDuration(elapsed)}
            </span>
          ))}
        </div>
      </div>
      <Legend rows={rows} />
    </div>
  );
}

const withoutRepeats = (ticks: TimeScale['ticks']): TimeScale['ticks'] =>
  ticks.filter(({ elapsed }, n) => n === 0 || formatDuration(elapsed) !== formatDuration(ticks[n - 1]?.elapsed ?? 0));

interface ChartRowProps extends Pick<ChartProps, 'pointed' | 'onPoint'> {
  readonly row: Row;
  readonly scale: TimeScale;
}

function ChartRow({ row: { step, isReview, bars }, scale, pointed, onPoint }: ChartRowProps) {
  const { name, execution, scope } = parseStepId(step);
  const hasUndo = bars.some(({ kind }) => kind === 'undo');
  return (
    <div class={`chart-row ${hasUndo ? 'has-undo' : ''}`}>
      <span class="chart-label" title={step}>
        {isReview && 'review '}
        {name} <small>{[execution, scope].filter((part) => part !== '').join(' ')}</small>
      </span>
      <span class="chart-lane">
        {bars.map((bar) => (
          <span
            key={`${bar.sequence}`}
            class={`bar bar-${bar.kind} outcome-${bar.outcome} ${bar.sequence === pointed ? 'is-pointed' : ''}`}
            style={{
              left: `${scale.position(bar.start)}%`,
              width: `${scale.position(bar.end) - scale.position(bar.start)}%`,
            }}
            title={titleOf(bar, name)}
            onMouseEnter={() => onPoint(bar.sequence)}
          />
        ))}
      </span>
    </div>
  );
}

function titleOf({ kind, attempt, outcome, start, end }: Bar, name: string): string {
  const took = formatDuration(end - start);
  if (kind === 'wait') return `${name}: waits ${took} before the next attempt`;
  if (kind === 'review') return `${name}: ${outcome === 'open' ? 'open for' : `${outcome} after`} ${took}`;
  return `${kind === 'undo' ? 'undo of ' : ''}${name}, attempt ${attempt ?? 1}: ${outcome}, ${took}`;
}

const markerLooks: Partial<Record<Marker['kind'], { readonly text: string; readonly tone: string }>> = {
  'gate-failed': { text: 'failed', tone: 'bad' },
  rewound: { text: 'rewound', tone: 'busy' },
  'gate-decided': { text: 'decided', tone: 'busy' },
  'cancel-requested': { text: 'cancel', tone: 'warn' },
  suspended: { text: 'suspended', tone: 'calm' },
  resumed: { text: 'resumed', tone: 'calm' },
  terminated: { text: 'killed', tone: 'bad' },
};

function MarkerLine({ marker: { kind, at }, scale }: { readonly marker: Marker; readonly scale: TimeScale }) {
  const { text = kind, tone = 'calm' } = markerLooks[kind] ?? {};
  const place = scale.position(at);
  return (
    <span class={`marker tone-${tone} ${place > 88 ? 'is-last' : ''}`} style={{ left: `${place}%` }}>
      <b>{text}</b>
    </span>
  );
}

function Legend({ rows }: { readonly rows: readonly Row[] }) {
  const bars = rows.flatMap((row) => row.bars);
  const has = (isSo: (bar: Bar) => boolean): boolean => bars.some(isSo);
  const items = [
    [
      'attempt outcome-succeeded',
      'succeeded',
      has(({ kind, outcome }) => kind === 'attempt' && outcome === 'succeeded'),
    ],
    ['attempt outcome-failed', 'failed', has(({ outcome }) => outcome === 'failed')],
    ['attempt outcome-unknown', 'outcome unknown', has(({ outcome }) => outcome === 'unknown')],
    ['attempt outcome-running', 'runs', has(({ outcome }) => outcome === 'running')],
    ['wait', 'waits', has(({ kind }) => kind === 'wait')],
    ['review', 'asks a person', has(({ kind }) => kind === 'review')],
    ['undo outcome-succeeded', 'undo', has(({ kind }) => kind === 'undo')],
  ] as const;
  return (
    <ul class="legend" aria-hidden="true">
      {items
        .filter(([, , isThere]) => isThere)
        .map(([look, label]) => (
          <li key={label}>
            <span class={`bar bar-${look}`} /> {label}
          </li>
        ))}
    </ul>
  );
}
