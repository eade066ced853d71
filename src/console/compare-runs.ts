import type { SagaView } from '../ops/saga-view.ts';
import { isObject, type StepRun } from './step-runs.ts';

/** Something that is one way in this run and another way in the other. */
export interface Change {
  /** `input` or `output`, and the way to the value within. */
  readonly path: string;
  readonly here: unknown;
  readonly there: unknown;
}

export interface StepComparison {
  readonly step: string;
  readonly here: StepRun | undefined;
  readonly there: StepRun | undefined;
  readonly changes: readonly Change[];
}

export interface RunComparison {
  /** In the order of the other run, and then what only this one did. */
  readonly steps: readonly StepComparison[];
  /** The first step that did not go as it did in the other run. */
  readonly leftAt: string | undefined;
}

/** How a run differs from one that succeeded, step by step. */
export function compareRuns(here: readonly StepRun[], there: readonly StepRun[]): RunComparison {
  const names = new Set([...there, ...here].map(({ step }) => step));
  const steps = [...names].map((step): StepComparison => {
    const [mine, other] = [here, there].map((runs) => runs.find((run) => run.step === step));
    return { step, here: mine, there: other, changes: changesBetween(mine, other) };
  });
  return { steps, leftAt: steps.find(isOffThePath)?.step };
}

const isOffThePath = ({ here, there }: StepComparison): boolean => here?.outcome !== there?.outcome;

function changesBetween(here: StepRun | undefined, there: StepRun | undefined): Change[] {
  if (here === undefined || there === undefined) return [];
  const outputs = here.outcome === 'succeeded' && there.outcome === 'succeeded' ? (['output'] as const) : [];
  return (['input', ...outputs] as const).flatMap((part) => differences(part, here[part], there[part]));
}

/** Lists are taken as wholes: what moved within one says little about what is different. */
function differences(path: string, here: unknown, there: unknown): Change[] {
  if (isObject(here) && isObject(there)) {
    const names = new Set([...Object.keys(there), ...Object.keys(here)]);
    return [...names].flatMap((name) => differences(`${path}.${name}`, here[name], there[name]));
  }
  return JSON.stringify(here) === JSON.stringify(there) ? [] : [{ path, here, there }];
}

/**
 * What was undone or rewound on its way is a poor measure. After a rewind from the top, a saga keeps account of its new executions
 * alone, which go on with the count of the old ones.
 */
export function wentStraight({ compensation }: Pick<SagaView, 'compensation'>): boolean {
  const seen = new Set<string>();
  return compensation.every(({ step, outcome, undo }) => {
    const [, name = step, execution = '1'] = /^(.*)#(\d+)$/.exec(step) ?? [];
    const isFirst = seen.has(name) || execution === '1';
    seen.add(name);
    return isFirst && outcome === 'succeeded' && undo !== 'done';
  });
}
