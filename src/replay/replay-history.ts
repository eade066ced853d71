import type { OrchestratorAnswer } from '../host/durable/orchestrator-answer.ts';
import { failedGate } from '../saga/operate.ts';
import { type Course, type Ending, readCourse } from './course.ts';
import { type Episode, openEpisode } from './episodes.ts';
import { type Difference, findValueDifferences } from './find-differences.ts';
import { fitTimes } from './fit-times.ts';
import { type Delivery, renderBody } from './orchestrator-body.ts';
import type { Arrival, Asked, RecordedHistory } from './recorded-history.ts';

// A replay feeds today's code what an instance was given, arrival by arrival, and compares what it asks for with what was recorded: in
// its order, as the engine does, and with its inputs and due times, which the engine does not look at.

/** Calls the orchestrator function of this name with the body that the host would send. */
export type RunOrchestrator = (name: string, body: string) => Promise<OrchestratorAnswer>;

export type Replay =
  | {
      readonly kind: 'same';
      /** How many things the saga asked for: attempts of steps, timers, sub-sagas. */
      readonly asked: number;
      /** Of today's code; undefined where its status does not say. */
      readonly codeVersion: string | undefined;
    }
  | ({ readonly kind: 'different'; readonly codeVersion: string | undefined } & Mismatch);

/** The first thing that today's code does otherwise. */
export interface Mismatch {
  /** From 1, in the order in which the saga asks. */
  readonly place: number;
  readonly recorded: Asked | Ending;
  readonly now: Asked | Ending;
  /** Where the two are the same call, or the same ending, with other values. */
  readonly differences: readonly Difference[];
}

/** @throws Error when the code asks for what no saga asks for */
export async function replayHistory(recorded: RecordedHistory, run: RunOrchestrator): Promise<Replay> {
  const delivered: Omit<Delivery, 'time'>[] = [];
  const courseIn = async (episodes: readonly Episode[]): Promise<Course> => {
    const deliveries = delivered.map((delivery, n) => ({ ...delivery, time: episodes[n + 1]?.time ?? 0 }));
    return readCourse(await run(recorded.saga, renderBody(recorded, episodes[0]?.time ?? 0, deliveries)));
  };
  let fit = await fitTimes(recorded, [openEpisode(recorded, undefined, 0)], courseIn);
  for (const arrival of recorded.arrivals) {
    const { course, divergence, episodes } = fit;
    const sequenceNumber = findTask(recorded, arrival, course, delivered);
    if (divergence !== undefined || sequenceNumber === 'none') break;
    delivered.push({ arrival, sequenceNumber });
    fit = await fitTimes(recorded, [...episodes, openEpisode(recorded, arrival, course.tasks.length)], courseIn);
  }
  const { course, divergence } = fit;
  const mismatch =
    divergence === undefined
      ? judgeEnd(recorded, course)
      : mismatchAt(recorded, course, divergence.place, divergence.differences);
  const { codeVersion } = course;
  if (mismatch !== undefined) return { kind: 'different', codeVersion, ...mismatch };
  return { kind: 'same', asked: recorded.scheduled.length, codeVersion };
}

/** What an arrival is for: undefined for an event, `none` where the code has not asked for it. */
function findTask(
  { scheduled }: RecordedHistory,
  arrival: Arrival,
  { tasks }: Course,
  delivered: readonly Omit<Delivery, 'time'>[],
): number | undefined | 'none' {
  if (arrival.kind === 'event') return undefined;
  if (arrival.kind !== 'timer-fired') {
    const place = scheduled.indexOf(arrival.of);
    return place < tasks.length ? place : 'none';
  }
  const fired = new Set(delivered.map(({ sequenceNumber }) => sequenceNumber));
  const due = tasks.flatMap(({ asked, isCanceled }, place) =>
    asked.kind === 'timer' && asked.due === arrival.due && !fired.has(place) ? [{ place, isCanceled }] : [],
  );
  // One that was cancelled may fire all the same.
  return (due.find(({ isCanceled }) => !isCanceled) ?? due[0])?.place ?? 'none';
}

/** Everything that both asked for is the same: whether one of them asked for more, and the end. */
function judgeEnd(recorded: RecordedHistory, course: Course): Mismatch | undefined {
  const asked = course.tasks.length;
  if (asked < recorded.scheduled.length) return mismatchAt(recorded, course, asked, []);
  if (isCutShort(recorded)) return undefined;
  if (asked > recorded.scheduled.length) return mismatchAt(recorded, course, recorded.scheduled.length, []);
  const before = endingOf(recorded);
  const { ending } = course;
  const isSame = before.kind === ending.kind;
  const differences =
    before.kind === 'completed' && ending.kind === 'completed'
      ? findValueDifferences('output', before.output ?? null, ending.output ?? null)
      : [];
  return isSame && differences.length === 0 ? undefined : mismatchAt(recorded, course, asked, differences);
}

function mismatchAt(
  recorded: RecordedHistory,
  { tasks, ending }: Course,
  place: number,
  differences: readonly Difference[],
): Mismatch {
  return {
    place: place + 1,
    recorded: recorded.scheduled[place] ?? endingOf(recorded),
    now: tasks[place]?.asked ?? ending,
    differences,
  };
}

/**
 * The record ends where the code went no further for a reason that was not its own: it was suspended or terminated, or it had a bug, which
 * may be mended by now.
 */
function isCutShort({ isSuspended, end }: RecordedHistory): boolean {
  if (end === undefined) return isSuspended;
  return end.status === 'Terminated' || (end.status === 'Failed' && failedGate(end.result) === undefined);
}

function endingOf({ end }: RecordedHistory): Ending {
  if (end === undefined) return { kind: 'waiting', events: [] };
  if (end.status === 'Completed') return { kind: 'completed', output: end.result };
  return { kind: 'failed', error: typeof end.result === 'string' ? end.result : JSON.stringify(end.result ?? null) };
}
