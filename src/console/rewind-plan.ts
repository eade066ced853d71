import type { SagaView } from '../ops/saga-view.ts';

export interface RewindChoice {
  readonly action: string;
  readonly label: string;
  /** What will happen, in a sentence. */
  readonly effect: string;
  /** Steps or undos that run, as far as they are known. */
  readonly runs: readonly string[];
  /** Takes the output of the step that is left out. */
  readonly takesData: boolean;
}

type Line = SagaView['compensation'][number];

/** What each action of a rewind would do here; nothing where a rewind is not possible. */
export function computeRewindPlan(saga: SagaView): RewindChoice[] {
  const { rewindable, phase, compensation } = saga;
  if (!rewindable.yes) return [];
  if (rewindable.actions === undefined) {
    return [
      choice('retry', 'Go on', 'The saga goes on where its code failed. Steps that succeeded are not run again.', []),
    ];
  }
  const failed = failedStep(saga);
  const pending = compensation
    .filter(({ undo }) => undo === 'pending' || undo === 'failed')
    .toReversed()
    .map(stepOf);
  return rewindable.actions.map((action) =>
    choiceFor(action, phase, { failed, pending, upToFailed: upTo(failed, compensation.map(stepOf)) }),
  );
}

interface Steps {
  readonly failed: string;
  readonly pending: readonly string[];
  /** Behind them in the ledger is what was done about the failure. */
  readonly upToFailed: readonly string[];
}

function choiceFor(action: string, phase: string, { failed, pending, upToFailed }: Steps): RewindChoice {
  const undoing = phase === 'compensation_failed';
  switch (action) {
    case 'retry':
      if (undoing)
        return choice(
          action,
          'Try the undo again',
          'The undo that failed runs again, then those that are left.',
          pending,
        );
      if (phase === 'held') {
        return choice(
          action,
          'Try the step again',
          `${failed} runs again, then the steps after it. What succeeded is kept.`,
          [failed],
        );
      }
      return choice(
        action,
        'Run again from the top',
        'Everything was undone, so every step runs again, as a new execution.',
        upToFailed,
      );
    case 'skip':
      return undoing
        ? choice(
            action,
            'Leave the undo out',
            'The effect that could not be undone stays. The undos that are left run.',
            pending.slice(1),
          )
        : {
            ...choice(action, 'Leave the step out', `${failed} counts as done with the output that you give.`, []),
            takesData: true,
          };
    case 'compensate':
      return choice(action, 'Undo everything', 'What was done is undone, newest first. Then the saga fails.', pending);
    case 'abort':
      return choice(action, 'Give up', 'Nothing runs and nothing is undone. The saga stays failed.', []);
    default:
      return choice(action, action, 'The saga decides what this does.', []);
  }
}

const choice = (action: string, label: string, effect: string, runs: readonly string[]): RewindChoice => ({
  action,
  label,
  effect,
  runs,
  takesData: false,
});

const stepOf = ({ step }: Line): string => step;

const failedStep = ({ compensation, step }: SagaView): string =>
  step ?? compensation.findLast(({ outcome }) => outcome !== 'succeeded')?.step ?? 'the step that failed';

const upTo = (step: string, steps: readonly string[]): readonly string[] =>
  steps.includes(step) ? steps.slice(0, steps.indexOf(step) + 1) : steps;
