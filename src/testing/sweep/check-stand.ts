import { isDeepStrictEqual } from 'node:util';
import type { SagaStatus } from '../../saga/operate.ts';
import type { ActivityCall } from '../activity-faults.ts';
import type { DurableStatus } from '../durable-instances.ts';
import { shortStep } from '../step-address.ts';
import { type TrackedStep, trackSteps } from './tracked-steps.ts';

// What must be so wherever a saga stands: completed, or at a gate.

/** What is in force in the outside world: by activity, the idempotency keys of the effects, or whether there is one. */
export type Effects = Readonly<Record<string, Iterable<string> | boolean | undefined>>;

export interface Stand {
  readonly instance: DurableStatus;
  readonly status: SagaStatus;
  readonly calls: readonly ActivityCall[];
  /** Ids of the steps whose undo an operator has skipped. */
  readonly givenUp: ReadonlySet<string>;
  /** Names of the activities that have an undo. */
  readonly compensable: ReadonlySet<string>;
  readonly effects: Effects;
}

export interface Finding {
  readonly expected: string;
  readonly seen: string;
}

type Check = (stand: Stand, steps: ReadonlyMap<string, TrackedStep>) => Finding[];

export function checkStand(stand: Stand): Finding[] {
  const steps = trackSteps(stand.calls);
  const checks: readonly Check[] = [checkState, checkLedger, checkLeftovers, checkWorld, checkKeys];
  return checks.flatMap((check) => check(stand, steps));
}

const find = (isFound: boolean, expected: string, seen: string): Finding[] => (isFound ? [{ expected, seen }] : []);

/** It is completed, or stands at a gate with an error that says why. */
const checkState: Check = ({ instance: { runtimeStatus, output }, status: { phase, gate, error } }) => {
  if (runtimeStatus === 'Completed') return find(phase !== 'completed', 'phase completed', `phase ${phase}`);
  const seen = `${runtimeStatus}, phase ${phase}, output ${JSON.stringify(output)}`;
  if (gate === undefined) return [{ expected: 'Completed, or a gate', seen }];
  const told = gate.mode === 'event' ? error?.code : /gate#\d+# (\{.*\})/s.exec(JSON.stringify(output))?.[1];
  return [
    ...find(told === undefined, 'a gate that says which error it was', seen),
    ...find(error === undefined || error.code === '', 'a status with the error', seen),
    ...find(!['failed', 'held', 'compensation_failed'].includes(phase), 'failed, held or compensation_failed', phase),
  ];
};

/** What the saga's ledger says is what has reached the activities. */
const checkLedger: Check = ({ status: { ledger } }, steps) =>
  ledger.flatMap(({ step, outcome, undo, skipped }) => {
    const { done = 'no', undone = 'no' } = steps.get(step) ?? {};
    const wrong =
      (outcome === 'succeeded' && done !== 'yes' && skipped === undefined) ||
      (outcome === 'failed' && done === 'yes') ||
      (undo === 'done' && undone !== 'yes') ||
      (undo === 'pending' && outcome === 'succeeded' && undone === 'yes');
    const seen = `the calls say: done ${done}, undone ${undone}`;
    return find(wrong, `${shortStep(step)} as the ledger has it: ${outcome}, undo ${undo}`, seen);
  });

/** A saga that was undone leaves nothing, and one that has completed nothing but what its last run has done. */
const checkLeftovers: Check = ({ status, givenUp, compensable }, steps) => {
  const isTrimmed = status.trimmed !== undefined;
  if (status.phase !== 'failed' && (status.phase !== 'completed' || isTrimmed)) return [];
  const ledger = new Map(status.ledger.map((line) => [line.step, line]));
  return [...steps.values()].flatMap(({ id, activity, inForce }) => {
    if (!compensable.has(activity) || inForce === 'no' || givenUp.has(id)) return [];
    const line = ledger.get(id);
    if (status.phase === 'completed' && line?.undo === 'pending') return [];
    return [{ expected: `${shortStep(id)} undone, the saga being ${status.phase}`, seen: `in force: ${inForce}` }];
  });
};

/** The outside world has what the calls have done, once. What an operator gave up may have been set right by hand. */
const checkWorld: Check = ({ effects, status: { phase }, givenUp, compensable }, steps) =>
  Object.entries(effects).flatMap(([activity, said]) => {
    const own = [...steps.values()]
      .filter((step) => step.activity === activity)
      .map((step) => (givenUp.has(step.id) ? { ...step, inForce: 'maybe' as const } : step));
    if (said === undefined) return [];
    const keys = typeof said === 'boolean' ? undefined : [...said];
    const isThere = keys === undefined ? said === true : keys.length > 0;
    const isFinal = find(
      isThere && phase === 'failed' && !compensable.has(activity),
      `nothing that cannot be undone, the saga being failed`,
      `an effect of ${activity}`,
    );
    return [...isFinal, ...(keys === undefined ? checkPresence(activity, isThere, own) : checkOwnKeys(keys, own))];
  });

function checkPresence(activity: string, isThere: boolean, steps: readonly TrackedStep[]): Finding[] {
  const isSure = steps.some(({ inForce }) => inForce === 'yes');
  const isPossible = steps.some(({ inForce }) => inForce !== 'no');
  return [
    ...find(isThere && !isPossible, `no effect of ${activity}`, 'one in the outside world'),
    ...find(!isThere && isSure, `an effect of ${activity}`, 'none in the outside world'),
  ];
}

function checkOwnKeys(keys: readonly string[], steps: readonly TrackedStep[]): Finding[] {
  const known = new Map(steps.map((step) => [`${step.calls[0]?.instanceId}/${step.id}/do`, step]));
  const foreign = [...new Set(keys)].filter((key) => !known.has(key));
  return [
    ...foreign.map((key) => ({ expected: 'effects of its own calls only', seen: `an effect with the key ${key}` })),
    ...[...known].flatMap(([key, { id, inForce }]) => {
      const times = keys.filter((other) => other === key).length;
      const seen = `${times} in the outside world`;
      if (times > 1) return [{ expected: `${shortStep(id)} once, whatever was repeated`, seen }];
      return find(
        (inForce === 'yes' && times === 0) || (inForce === 'no' && times === 1),
        `${shortStep(id)} ${inForce === 'yes' ? 'in force' : 'not in force'}`,
        seen,
      );
    }),
  ];
}

/** A key stands for one input, nothing is done any more once it is being undone, and an undo is told what was done. */
const checkKeys: Check = (_, steps) =>
  [...steps.values()].flatMap(({ id, calls }) => {
    const dos = calls.filter(({ direction }) => direction === 'do');
    const undo = calls.find(({ direction }) => direction === 'undo');
    const firstUndo = undo === undefined ? Infinity : calls.indexOf(undo);
    const isLate = calls.some((call, n) => call.direction === 'do' && n > firstUndo);
    const inputs = dos.filter((call) => !isDeepStrictEqual(call.input, dos[0]?.input));
    return [
      ...find(inputs.length > 0, `${shortStep(id)} always with one input`, `also ${JSON.stringify(inputs[0]?.input)}`),
      ...find(isLate, `nothing done with the key of ${shortStep(id)} once it is undone`, 'another call'),
      ...checkUndoInput(id, dos, undo),
    ];
  });

function checkUndoInput(id: string, dos: readonly ActivityCall[], undo: ActivityCall | undefined): Finding[] {
  const told = undo?.input as { readonly outcome?: string; readonly output?: unknown } | undefined;
  const outputs = dos.flatMap(({ reply }) => (reply?.ok === true ? [reply.value] : []));
  if (told?.outcome !== 'succeeded' || outputs.length === 0) return [];
  const isRight = outputs.some((output) => isDeepStrictEqual(output, told.output));
  return find(!isRight, `undo of ${shortStep(id)} told the output of the step`, JSON.stringify(told.output));
}
