import type { ActivityCall } from '../activity-faults.ts';

type Certainty = 'yes' | 'no' | 'maybe';

/** What the calls of one step have come to, seen where they reach its activity: lost answers are known here. */
export interface TrackedStep {
  readonly id: string;
  readonly activity: string;
  readonly done: Certainty;
  readonly undone: Certainty;
  /** The effect is there. */
  readonly inForce: Certainty;
  readonly calls: readonly ActivityCall[];
}

export function trackSteps(calls: readonly ActivityCall[]): ReadonlyMap<string, TrackedStep> {
  const ids = new Set(calls.map(({ step }) => step));
  return new Map(
    [...ids].map((id) => {
      const own = calls.filter(({ step }) => step === id);
      const done = computeCertainty(own.filter(({ direction }) => direction === 'do'));
      const undone = computeCertainty(own.filter(({ direction }) => direction === 'undo'));
      const inForce = done === 'no' || undone === 'yes' ? 'no' : done === 'yes' && undone === 'no' ? 'yes' : 'maybe';
      return [id, { id, activity: own[0]?.activity ?? '', done, undone, inForce, calls: own }];
    }),
  );
}

function computeCertainty(calls: readonly ActivityCall[]): Certainty {
  if (calls.some(({ reply }) => reply?.ok === true)) return 'yes';
  const isUnsure = calls.some(({ reply }) => reply === undefined || (!reply.ok && reply.error.outcome === 'unknown'));
  return isUnsure ? 'maybe' : 'no';
}
