import type { SagaView } from '../ops/saga-view.ts';
import { computeRewindPlan } from './rewind-plan.ts';
import { shortName } from './tell-entry.ts';

export type OperationName = 'rewind' | 'cancel' | 'terminate' | 'suspend' | 'resume' | 'delete';

export interface Operation {
  readonly name: OperationName;
  readonly title: string;
  readonly button: string;
  /** What it does, and what it does not do. */
  readonly effect: string;
  readonly isDangerous: boolean;
  readonly isReasonNeeded: boolean;
}

const operation = (given: Pick<Operation, 'name' | 'title' | 'effect'> & Partial<Operation>): Operation => ({
  button: given.title,
  isDangerous: false,
  isReasonNeeded: given.isDangerous === true,
  ...given,
});

export const rewindOperation = operation({
  name: 'rewind',
  title: 'Rewind',
  effect: 'What each of them will do stands below. Those that cannot be rewound are left as they are.',
  isReasonNeeded: true,
});

/** All but the rewind, which has a dialog of its own for a single saga. */
export const operations: readonly Operation[] = [
  operation({
    name: 'suspend',
    title: 'Suspend',
    effect: 'The saga stops where it is, as soon as what runs now has ended. It goes on when it is resumed.',
  }),
  operation({ name: 'resume', title: 'Resume', effect: 'The saga goes on where it was suspended.' }),
  operation({
    name: 'cancel',
    title: 'Cancel and undo',
    effect:
      'The saga stops at its next wait, undoes what it has done, newest first, and fails. It can be rewound afterwards.',
  }),
  operation({
    name: 'terminate',
    title: 'Kill',
    button: 'Kill without undoing',
    effect:
      'The saga ends at once and nothing is undone: what it has done in other systems stays. It cannot be rewound. Prefer to cancel.',
    isDangerous: true,
  }),
  operation({
    name: 'delete',
    title: 'Delete',
    button: 'Archive and delete',
    effect:
      'The audit trail goes into the archive, then the engine forgets the saga for good: it cannot be rewound any more. What it has done in other systems stays.',
    isDangerous: true,
    isReasonNeeded: false,
  }),
];

const endedStatuses: ReadonlySet<string> = new Set(['Completed', 'Failed', 'Terminated', 'Canceled']);
export const hasEnded = ({ runtimeStatus }: SagaView): boolean => endedStatuses.has(runtimeStatus);

/** Nothing where it is possible. */
export function whyImpossible(saga: SagaView, name: OperationName): string | undefined {
  const { runtimeStatus, phase, rewindable } = saga;
  if (name === 'rewind') return rewindable.yes ? undefined : rewindable.why;
  if (name === 'delete') return hasEnded(saga) ? undefined : 'it has not ended: cancel or kill it first';
  if (hasEnded(saga)) return 'it has ended';
  if (name === 'terminate') return undefined;
  if (name === 'resume') return runtimeStatus === 'Suspended' ? undefined : 'it is not suspended';
  if (runtimeStatus === 'Suspended')
    return name === 'suspend' ? 'it is suspended already' : 'it is suspended: resume it first';
  return name === 'cancel' && phase === 'compensating' ? 'it is being undone already' : undefined;
}

export interface Forecast {
  readonly isPossible: boolean;
  /** What will happen, or why nothing will. */
  readonly text: string;
}

const impossible = (text: string): Forecast => ({ isPossible: false, text: `Not possible: ${text}` });
const possible = (text: string): Forecast => ({ isPossible: true, text });

/** What an operation would do to this saga. @param action of a rewind */
export function forecast(saga: SagaView, name: OperationName, action: string): Forecast {
  const why = whyImpossible(saga, name);
  if (why !== undefined) return impossible(why);
  switch (name) {
    case 'rewind': {
      const plan = computeRewindPlan(saga);
      const chosen = plan.find((choice) => choice.action === action);
      if (chosen === undefined) return impossible(`only ${plan.map((choice) => choice.action).join(', ')} here`);
      if (chosen.takesData) return impossible('it takes the output of the step; rewind it by itself');
      const runs = chosen.runs.map(shortName).join(' → ');
      return possible(runs === '' ? chosen.effect : `${chosen.label}: ${runs}`);
    }
    case 'cancel': {
      const undos = saga.compensation.filter(({ undo }) => undo === 'pending').map(({ step }) => shortName(step));
      return possible(
        undos.length === 0 ? 'Ends; there is nothing to undo yet' : `Undoes ${undos.toReversed().join(' → ')}`,
      );
    }
    case 'terminate':
      return possible('Ends at once, and keeps its effects');
    case 'suspend':
      return possible(saga.step === undefined ? 'Stops where it is' : `Stops at ${shortName(saga.step)}`);
    case 'resume':
      return possible('Goes on');
    case 'delete':
      return possible(
        saga.rewindable.yes ? 'Archived and deleted, though it could be rewound' : 'Archived and deleted',
      );
  }
}
