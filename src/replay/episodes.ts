import type { Arrival, RecordedHistory } from './recorded-history.ts';

// When the episodes of an instance began is what a shown history leaves out, and what `saga.now()`, due times and deadlines are
// made from. It is not before the arrival that an episode took in, nor after the next thing that was scheduled. Within these bounds
// it is first taken to be as early as possible, and moved to where the code asks for what was recorded: see fit-times.ts.

/** In epoch milliseconds. */
export interface Episode {
  readonly earliest: number;
  readonly latest: number;
  readonly time: number;
  /** Something that was recorded has told it. */
  readonly isTold: boolean;
}

/** Machines that share a task hub do not agree more closely about the time. */
const clockSkewMs = 100;
/** The timers of Azure Storage fire up to a second early. */
const earlyTimerMs = 1_000;

/**
 * The episode that takes in an arrival, or begins the instance.
 * @param scheduledBefore how many things the code has asked for before
 */
export function openEpisode(recorded: RecordedHistory, arrival: Arrival | undefined, scheduledBefore: number): Episode {
  const at = Date.parse(arrival?.at ?? recorded.startedAt);
  const next = recorded.scheduled[scheduledBefore] ?? recorded.end;
  const latest = next === undefined ? Infinity : Date.parse(next.at);
  // A timer that fired bears the time at which it was made.
  const due = arrival?.kind === 'timer-fired' ? Date.parse(arrival.due) : at;
  const earliest = arrival?.kind === 'timer-fired' ? due - earlyTimerMs : at - clockSkewMs;
  return { earliest, latest, time: Math.min(due, latest), isTold: false };
}

/** Undefined where the bounds do not allow it, or the time has been told. */
export function moveEpisode(episodes: readonly Episode[], place: number, shiftMs: number): Episode[] | undefined {
  const moved = episodes[place];
  if (moved === undefined || moved.isTold) return undefined;
  const time = moved.time + shiftMs;
  if (time < moved.earliest || time > moved.latest) return undefined;
  return episodes.map((episode, n) => {
    if (n === place) return { ...episode, time, isTold: true };
    return n < place && !episode.isTold ? { ...episode, time: Math.min(episode.time, time) } : episode;
  });
}
