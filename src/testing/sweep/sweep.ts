import type { SagaDefinition } from '../../saga/index.ts';
import { type ActivityCall, describeCall } from '../activity-faults.ts';
import type { OpenReview } from '../run-to-rest.ts';
import { formatFindings, type FoundCase } from './format-findings.ts';
import { type CaseResult, runCase, type SweepSubject } from './run-case.ts';
import { describeCase, gateChoices, type Mishap, parseCase, reviewFates, type SweepCase } from './sweep-case.ts';

export interface SweepOptions {
  /** Makes the outside world of one case, with the activities bound to it. */
  readonly open: SweepSubject<unknown>['open'];
  /** The data that a review is approved with; each is rejected and left unanswered as well. Default: none. */
  readonly approve?: (review: OpenReview) => unknown;
  /** The sagas that it runs as parts of itself. */
  readonly subSagas?: readonly SagaDefinition[];
  readonly host?: SweepSubject<unknown>['host'];
  /** Runs one case alone, by its name. */
  readonly only?: string;
}

export interface SweepSummary {
  /** The names of all cases, in the order in which they ran. */
  readonly cases: readonly string[];
  /** The steps of the saga when nothing fails, in order of their start. */
  readonly steps: readonly string[];
  /** How many gates were passed. */
  readonly rewinds: number;
}

/**
 * Runs a saga under every fault of the test kit at every step and checkpoint, and holds it to what is promised: see check-stand.ts.
 * @param input or what makes it, for an outside world that all cases share
 * @throws Error naming each case in which something was found, what was expected and seen, and how to run the case alone
 */
export async function sweep<I>(
  saga: SweepSubject<I>['saga'],
  input: NoInfer<I> | ((instanceId: string) => NoInfer<I>),
  options: SweepOptions,
): Promise<SweepSummary> {
  const run = createRunner(saga, input, options);
  const plain = await run({ reviews: 'approved', mishaps: [] });
  if (options.only !== undefined) await run(parseCase(options.only));
  else if (run.found.length === 0) await sweepAll(run, plain);
  if (run.found.length > 0) throw new Error(formatFindings(saga.name, run.found, run.cases.length));
  const steps = plain.calls.map(describeCall);
  return { cases: run.cases, steps: [...new Set(steps)], rewinds: run.rewinds() };
}

type Run = ReturnType<typeof createRunner>;

function createRunner<I>(
  saga: SweepSubject<I>['saga'],
  input: I | ((instanceId: string) => I),
  { open, approve = () => undefined, subSagas = [], host = {} }: SweepOptions,
) {
  const outputs = new Map<string, unknown>();
  const makeInput = (id: string): I => (typeof input === 'function' ? (input as (id: string) => I)(id) : input);
  const subject: SweepSubject<I> = { saga, input: makeInput, open, approve, subSagas, host, outputs };
  const cases: string[] = [];
  const found: FoundCase[] = [];
  let rewinds = 0;
  let expectedFate: string | undefined;
  const run = async (sweepCase: SweepCase): Promise<CaseResult> => {
    const name = describeCase(sweepCase);
    const result = await runCase(subject, sweepCase, `sweep-${cases.push(name)}`);
    for (const { step, reply, direction } of result.calls) {
      if (direction === 'do' && reply?.ok === true) outputs.set(step, reply.value);
    }
    rewinds += result.gates;
    expectedFate ??= result.fate;
    const findings = [...result.findings];
    if (findings.length === 0 && result.fate !== expectedFate) {
      findings.push({ expected: `${expectedFate} once all is well again`, seen: result.fate });
    }
    if (findings.length > 0) found.push({ name, findings });
    return result;
  };
  return Object.assign(run, { cases, found, rewinds: () => rewinds });
}

async function sweepAll(run: Run, plain: CaseResult): Promise<void> {
  const known = new Set<string>();
  for (const reviews of plain.reviewsOpened > 0 ? reviewFates : reviewFates.slice(0, 1)) {
    const base = { reviews, mishaps: [] };
    const result = reviews === 'approved' ? plain : await run(base);
    const longest = await sweepCalls(run, base, result, known);
    await sweepCrashes(run, base, result);
    if (longest !== undefined && reviews === 'approved') await sweepCrashes(run, longest.base, longest.result);
  }
}

/** Faults of one call each, and with a step that fails, of each undo that follows. Answers what has undone the most. */
async function sweepCalls(run: Run, base: SweepCase, plain: CaseResult, known: Set<string>) {
  let longest: { readonly base: SweepCase; readonly result: CaseResult } | undefined;
  for (const { name, isUndo } of newCalls(plain.calls, known)) {
    for (const mishap of isUndo ? undoMishaps(name) : stepMishaps(name)) {
      const failing = { ...base, mishaps: [...base.mishaps, mishap] };
      const result = await run(failing);
      if (mishap.kind === 'fail') {
        await sweepChoices(run, failing, result);
        await sweepUndos(run, failing, { before: plain, after: result }, known);
      }
      if (isUndo || base.mishaps.length > 0) continue;
      if (undoesMore(result, longest?.result)) longest = { base: failing, result };
    }
  }
  return longest;
}

const undosOf = ({ calls }: CaseResult): readonly string[] => [
  ...new Set(calls.filter(({ direction }) => direction === 'undo').map(describeCall)),
];

/** Or as much, with less beside it. */
function undoesMore(result: CaseResult, than: CaseResult | undefined): boolean {
  const more = undosOf(result).length - (than === undefined ? 0 : undosOf(than).length);
  return more > 0 || (more === 0 && than !== undefined && result.functionsRun < than.functionsRun);
}

/** What a failure has led to: each undo fails too, and whatever has not been seen before has every fault. */
async function sweepUndos(
  run: Run,
  failing: SweepCase,
  { before, after }: { readonly before: CaseResult; readonly after: CaseResult },
  known: Set<string>,
): Promise<void> {
  const earlier = undosOf(before);
  for (const call of undosOf(after)) {
    if (!known.has(call) || earlier.includes(call)) continue;
    const both: SweepCase = { ...failing, mishaps: [...failing.mishaps, { kind: 'fail', call }] };
    await sweepChoices(run, both, await run(both));
  }
  if (failing.mishaps.length === 1) await sweepCalls(run, failing, after, known);
}

/** The other ways out of the first gate. */
async function sweepChoices(run: Run, base: SweepCase, { choices }: CaseResult): Promise<void> {
  for (const choice of gateChoices) {
    if (choices.includes(choice) && choices.includes('retry')) await run({ ...base, choice });
  }
}

/**
 * A host that dies after each function: without what that one has answered, which then runs again, and where nothing else has
 * happened with it too.
 */
async function sweepCrashes(run: Run, base: SweepCase, { functionsRun }: CaseResult): Promise<void> {
  const isPlain = base.mishaps.length === 0 && base.reviews === 'approved';
  for (let after = 1; after <= functionsRun; after++) {
    for (const unsaved of isPlain ? [true, false] : [true]) {
      await run({ ...base, mishaps: [...base.mishaps, { kind: 'crash', after, unsaved }] });
    }
  }
}

/** Calls that are new, by name, in order; from now on they are known. */
function newCalls(calls: readonly ActivityCall[], known: Set<string>) {
  const found = new Map(calls.map((call) => [describeCall(call), call.direction === 'undo'] as const));
  const fresh = [...found].filter(([name]) => !known.has(name));
  for (const [name] of fresh) known.add(name);
  return fresh.map(([name, isUndo]) => ({ name, isUndo }));
}

const undoMishaps = (call: string): readonly Mishap[] => [
  { kind: 'fail', call },
  { kind: 'lose', call, as: 'killed', always: false },
  { kind: 'lose', call, as: 'timeout', always: true },
  { kind: 'twice', call },
];

const stepMishaps = (call: string): readonly Mishap[] => [
  ...undoMishaps(call),
  { kind: 'lose', call, as: 'killed', always: true },
  { kind: 'cancel', call },
];
