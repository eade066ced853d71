import { type Episode, moveEpisode } from './episodes.ts';
import { type Difference, findDifferences } from './find-differences.ts';
import type { Asked, RecordedHistory } from './recorded-history.ts';

/** What code that replays has asked for, given when the episodes began. */
export interface Fit<Course> {
  readonly episodes: readonly Episode[];
  readonly course: Course;
  readonly divergence: Divergence | undefined;
}

/** The first thing that is not what was recorded. */
export interface Divergence {
  /** From 0. */
  readonly place: number;
  readonly differences: readonly Difference[];
}

interface Asking {
  readonly tasks: readonly { readonly asked: Asked }[];
}

/**
 * Moves episodes, the latest ones first, for as long as that takes differences in time away.
 * @param courseIn runs the code with these episodes
 */
export async function fitTimes<Course extends Asking>(
  recorded: RecordedHistory,
  begun: readonly Episode[],
  courseIn: (episodes: readonly Episode[]) => Promise<Course>,
): Promise<Fit<Course>> {
  const fitIn = async (episodes: readonly Episode[]): Promise<Fit<Course>> => {
    const course = await courseIn(episodes);
    return { episodes, course, divergence: findDivergence(recorded, course) };
  };
  let fit = await fitIn(begun);
  for (;;) {
    const better = await findBetter(fit, fitIn);
    if (better === undefined) return fit;
    fit = better;
  }
}

async function findBetter<Course>(
  { episodes, divergence }: Fit<Course>,
  fitIn: (episodes: readonly Episode[]) => Promise<Fit<Course>>,
): Promise<Fit<Course> | undefined> {
  if (divergence === undefined || divergence.differences.some(({ shiftMs }) => shiftMs === undefined)) return undefined;
  for (const shiftMs of new Set(divergence.differences.map((difference) => difference.shiftMs ?? 0))) {
    for (let place = episodes.length - 1; place >= 0; place--) {
      const moved = moveEpisode(episodes, place, shiftMs);
      const fit = moved && (await fitIn(moved));
      if (fit !== undefined && isBetter(fit.divergence, divergence)) return fit;
    }
  }
  return undefined;
}

const isBetter = (one: Divergence | undefined, other: Divergence): boolean =>
  one === undefined ||
  one.place > other.place ||
  (one.place === other.place && one.differences.length < other.differences.length);

/** What was asked for beyond the record is for the end of the replay to judge: the record may end before. */
function findDivergence({ scheduled }: RecordedHistory, { tasks }: Asking): Divergence | undefined {
  for (const [place, recorded] of scheduled.slice(0, tasks.length).entries()) {
    const now = tasks[place]?.asked;
    const differences = now === undefined ? [] : findDifferences(recorded, now);
    if (differences.length > 0) return { place, differences };
  }
  return undefined;
}
