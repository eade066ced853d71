import type { SagaView } from '../ops/saga-view.ts';
import { parseStepId } from './format.ts';

type Held = Pick<SagaView, 'phase' | 'step' | 'compensation' | 'rewindable'>;

/** Why a saga holds where it failed instead of undoing what it did; undefined for one that does not hold. */
export function computeHoldReason({ phase, step, compensation, rewindable: { actions } }: Held): string | undefined {
  if (phase !== 'held' || actions === undefined) return undefined;
  const name = step === undefined ? 'The step' : parseStepId(step).name;
  if (actions.includes('compensate')) {
    return actions.includes('retry')
      ? `It is held because ${name} stands in a part that holds where it fails. Nothing has been undone.`
      : 'It is held because this part holds where it fails, and no step of it can be tried again. Nothing has been undone.';
  }
  if (!actions.includes('retry')) {
    return 'It is held because it failed past its point of no return, from where nothing is undone.';
  }
  const isUnknown = compensation.some((line) => line.step === step && line.outcome === 'unknown');
  return isUnknown
    ? `It is held because the effect of ${name} may have happened, whatever the error says, and past the point of no return nothing is undone. Find out whether it has: if not, try the step again; if so, leave it out.`
    : `It is held because ${name} failed past the point of no return, from where nothing is undone. Try it again, or leave it out.`;
}
