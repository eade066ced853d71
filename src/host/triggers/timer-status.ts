import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Schedule } from './schedule.ts';

/** What is kept of a monitored timer, in epoch milliseconds. */
export interface TimerStatus {
  /** The occurrence that ran last; absent before the first. */
  readonly last?: number;
  readonly next: number;
  readonly lastUpdated: number;
}

/** Undefined where there is none, or none that can be read: then the schedule starts anew. */
export function readTimerStatus(file: string): TimerStatus | undefined {
  try {
    const status = JSON.parse(readFileSync(file, 'utf8')) as Partial<TimerStatus>;
    const { last, next, lastUpdated } = status;
    if (typeof next !== 'number' || typeof lastUpdated !== 'number') return undefined;
    return { next, lastUpdated, ...(typeof last === 'number' && { last }) };
  } catch {
    return undefined;
  }
}

/** Whole or not at all, whenever the process ends. */
export function writeTimerStatus(file: string, status: TimerStatus): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(status));
  renameSync(`${file}.new`, file);
}

/** The occurrence that was missed while no host ran, by the schedule as it is now; undefined where none was. */
export function computeMissedOccurrence(
  schedule: Schedule,
  status: TimerStatus | undefined,
  now: number,
): number | undefined {
  if (!status) return undefined;
  const due = schedule.next(status.lastUpdated);
  return due <= now ? due : undefined;
}
