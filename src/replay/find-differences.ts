import { redacted } from '../saga/operate.ts';
import type { Asked } from './recorded-history.ts';

/** One place in which what the code asks for now is not what was recorded. */
export interface Difference {
  /** `input.lines[0].sku`, `due`; empty for the thing as a whole. */
  readonly path: string;
  readonly recorded: unknown;
  readonly now: unknown;
  /** How much later the recorded one is, in milliseconds, where the two differ in a time alone. */
  readonly shiftMs?: number;
}

/** None when the code asks for what was recorded. */
export function findDifferences(recorded: Asked, now: Asked): Difference[] {
  if (recorded.kind === 'timer' && now.kind === 'timer') return findValueDifferences('due', recorded.due, now.due);
  if (recorded.kind !== now.kind || recorded.kind === 'timer' || now.kind === 'timer') return different(recorded, now);
  // Function names are compared without regard to case, as the engine does.
  if (recorded.name.toLowerCase() !== now.name.toLowerCase()) return different(recorded, now);
  const isOtherChild =
    recorded.kind === 'sub-saga' &&
    now.kind === 'sub-saga' &&
    now.instanceId !== undefined &&
    now.instanceId !== recorded.instanceId;
  if (isOtherChild) return different(recorded, now);
  return findValueDifferences('input', recorded.input, now.input);
}

const different = (recorded: Asked, now: Asked): Difference[] => [{ path: '', recorded, now }];

export function findValueDifferences(path: string, recorded: unknown, now: unknown): Difference[] {
  if (Array.isArray(recorded) && Array.isArray(now)) {
    const length = Math.max(recorded.length, now.length);
    return Array.from({ length }).flatMap((_, n) => findValueDifferences(`${path}[${n}]`, recorded[n], now[n]));
  }
  if (isRecord(recorded) && isRecord(now)) {
    const names = new Set([...Object.keys(recorded), ...Object.keys(now)]);
    return [...names].flatMap((name) => findValueDifferences(`${path}.${name}`, recorded[name], now[name]));
  }
  // What nobody may read is not compared.
  if (recorded === now || recorded === redacted) return [];
  const shiftMs = timeShift(recorded, now);
  return [{ path, recorded, now, ...(shiftMs !== undefined && { shiftMs }) }];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isoTimes = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;
/** Smaller numbers are hardly times in epoch milliseconds: this one is in 2001. */
const leastEpochMs = 1e12;

/** The one shift that makes the two equal; undefined where they differ in more than times, or by several shifts. */
function timeShift(recorded: unknown, now: unknown): number | undefined {
  if (typeof recorded === 'number' && typeof now === 'number') {
    return recorded > leastEpochMs && now > leastEpochMs ? recorded - now : undefined;
  }
  if (typeof recorded !== 'string' || typeof now !== 'string') return undefined;
  if (recorded.replaceAll(isoTimes, '') !== now.replaceAll(isoTimes, '')) return undefined;
  const [before, after] = [recorded, now].map((text) => [...text.matchAll(isoTimes)].map(([time]) => Date.parse(time)));
  const shifts = new Set(before?.map((time, n) => time - (after?.[n] ?? Number.NaN)).filter((shift) => shift !== 0));
  const [shift] = shifts;
  return shifts.size === 1 ? shift : undefined;
}
