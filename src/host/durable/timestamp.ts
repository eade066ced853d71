import type { Clock } from '../clock.ts';

/**
 * A point in UTC as .NET writes it into the history: up to seven fractional digits, trailing zeros cut off.
 * Arithmetic keeps the digits below the millisecond, because a retry's due time is computed from a recorded one.
 */
export type Timestamp = string;

const ticksPerMillisecond = 10_000;

function formatTimestamp(milliseconds: number, ticks: number): Timestamp {
  const whole = new Date(milliseconds).toISOString();
  const fraction = `${whole.slice(20, 23)}${String(ticks).padStart(4, '0')}`.replace(/0+$/, '');
  return fraction === '' ? `${whole.slice(0, 19)}Z` : `${whole.slice(0, 19)}.${fraction}Z`;
}

function splitTimestamp(timestamp: Timestamp): { milliseconds: number; ticks: number } {
  const fraction = (/\.(\d+)Z$/.exec(timestamp)?.[1] ?? '').padEnd(7, '0');
  return {
    milliseconds: Date.parse(`${timestamp.slice(0, 19)}.${fraction.slice(0, 3)}Z`),
    ticks: Number(fraction.slice(3, 7)),
  };
}

export function addMilliseconds(timestamp: Timestamp, added: number): Timestamp {
  const { milliseconds, ticks } = splitTimestamp(timestamp);
  const allTicks = ticks + Math.round((added % 1) * ticksPerMillisecond);
  const carried = Math.floor(allTicks / ticksPerMillisecond);
  return formatTimestamp(milliseconds + Math.floor(added) + carried, allTicks - carried * ticksPerMillisecond);
}

/** The first whole millisecond that is not before the timestamp: what a timer waits for, so that it never fires early. */
export function dueMilliseconds(timestamp: Timestamp): number {
  const { milliseconds, ticks } = splitTimestamp(timestamp);
  return ticks > 0 ? milliseconds + 1 : milliseconds;
}

/** Milliseconds from `earlier` to `later`, the part below the millisecond included. */
export function millisecondsBetween(earlier: Timestamp, later: Timestamp): number {
  const from = splitTimestamp(earlier);
  const to = splitTimestamp(later);
  return to.milliseconds - from.milliseconds + (to.ticks - from.ticks) / ticksPerMillisecond;
}

/** The same instant in the one form that the history knows, or undefined when `text` is not a date. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) return undefined;
  const ticks = Number((/\.\d{3}(\d{1,4})/.exec(text)?.[1] ?? '').padEnd(4, '0'));
  return formatTimestamp(milliseconds, ticks);
}

/** Answers the time of each call, one tick (100 ns) later than the call before where the clock stood still: events keep their order. */
export function createStamp(clock: Clock): () => Timestamp {
  let lastMilliseconds = 0;
  let ticks = 0;
  return () => {
    const now = Math.max(Math.floor(clock.now()), lastMilliseconds);
    ticks = now === lastMilliseconds ? ticks + 1 : 0;
    lastMilliseconds = ticks === ticksPerMillisecond ? now + 1 : now;
    if (ticks === ticksPerMillisecond) ticks = 0;
    return formatTimestamp(lastMilliseconds, ticks);
  };
}
