import type { BoundActivity, SagaDefinition } from '../../saga/index.ts';
import { type GateDecision, type SagaStatus, sagaStatusSchema } from '../../saga/operate.ts';
import type { ActivityCall } from '../activity-faults.ts';
import { createSagaTestHost, type SagaTestHost, type SagaTestHostOptions } from '../create-saga-test-host.ts';
import { type DurableStatus, isEnded } from '../durable-instances.ts';
import { type OpenReview, openReviews } from '../run-to-rest.ts';
import { checkStand, type Effects, type Finding } from './check-stand.ts';
import type { Mishap, SweepCase } from './sweep-case.ts';

/** The outside world of one case, and the activities that work on it. */
export interface SweepWorld {
  readonly activities: readonly BoundActivity[];
  /**
   * What is in force out there: by activity, the idempotency keys of its effects, or whether there is one. It is compared with the
   * calls that reached the activities; of what is left out or undefined, the calls alone are judged.
   */
  effects?(stand: { readonly instanceId: string; readonly phase: string }): Effects | Promise<Effects>;
  close?(): Promise<void>;
}

export interface SweepSubject<I> {
  readonly saga: Pick<SagaDefinition<I>, 'name' | 'input'> & SagaDefinition;
  readonly input: (instanceId: string) => I;
  readonly open: (instanceId: string) => SweepWorld | Promise<SweepWorld>;
  /** The data that a review is approved with. */
  readonly approve: (review: OpenReview) => unknown;
  readonly host: Omit<SagaTestHostOptions, 'sagas' | 'activities' | 'inMemory'>;
  /** What it runs as parts of itself. */
  readonly subSagas: readonly SagaDefinition[];
  /** Outputs of steps, by id, to go on with where one is skipped. */
  readonly outputs: ReadonlyMap<string, unknown>;
}

export interface CaseResult {
  /** Until the first gate or the end. */
  readonly calls: readonly ActivityCall[];
  readonly functionsRun: number;
  readonly reviewsOpened: number;
  /** What the first gate lets an operator do; empty where there was none. */
  readonly choices: readonly string[];
  readonly gates: number;
  /** Where it came to in the end, all faults ended and every rewind made. */
  readonly fate: string;
  readonly findings: readonly Finding[];
}

interface Standing {
  readonly instance: DurableStatus;
  readonly status: SagaStatus;
}

/** Rewinds until all is well again; a saga needs one or two. */
const mostGates = 12;

export async function runCase<I>(
  subject: SweepSubject<I>,
  sweepCase: SweepCase,
  instanceId: string,
): Promise<CaseResult> {
  const world = await subject.open(instanceId);
  const host = await createSagaTestHost({
    ...subject.host,
    sagas: [subject.saga, ...subject.subSagas],
    activities: world.activities,
    inMemory: !sweepCase.mishaps.some(({ kind }) => kind === 'crash'),
  });
  const findings: Finding[] = [];
  const followed: Followed = { calls: [], functionsRun: 0, reviewsOpened: 0, choices: [], gates: 0, fate: 'lost' };
  try {
    const ends = sweepCase.mishaps.map((mishap) => arm(host, mishap, instanceId));
    const endFaults = () => void findings.push(...ends.flatMap((end) => end()));
    await host.startSaga(subject.saga, subject.input(instanceId), instanceId);
    await follow({ subject, sweepCase, instanceId, world, host, findings, endFaults }, followed);
  } catch (error) {
    findings.push({ expected: 'a run to a defined state', seen: messageOf(error) });
  }
  await host.close({ leavesWork: findings.length > 0 }).catch((error: unknown) => {
    findings.push({ expected: 'nothing left behind', seen: messageOf(error) });
  });
  await world.close?.();
  return { ...followed, findings };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The answer ends the fault, and complains of one that has never struck: it has proved nothing. */
function arm(host: SagaTestHost, mishap: Mishap, instanceId: string): () => Finding[] {
  if (mishap.kind === 'crash') {
    host.crashAfter(mishap.after, { unsaved: mishap.unsaved });
    return () => (host.functionsRun() >= mishap.after ? [] : [{ expected: 'a crash', seen: 'the end before it' }]);
  }
  const undo = mishap.call.startsWith('undo of ');
  const step = mishap.call.replace('undo of ', '');
  const end = armCall(host, mishap, { step, undo, instanceId });
  return () => (end() > 0 ? [] : [{ expected: `${mishap.call} to be called, and to be hit`, seen: 'no call of it' }]);
}

function armCall(
  host: SagaTestHost,
  mishap: Exclude<Mishap, { kind: 'crash' }>,
  { step, undo, instanceId }: { readonly step: string; readonly undo: boolean; readonly instanceId: string },
): () => number {
  switch (mishap.kind) {
    case 'fail':
      return undo ? host.failUndo(step) : host.failStep(step);
    case 'lose':
      return host.loseReply(step, { undo, as: mishap.as, times: mishap.always ? Infinity : 1 });
    case 'twice':
      return host.deliverTwice(step, { undo });
    case 'cancel':
      return host.beforeCall(step, () => host.cancel(instanceId, 'sweep', 'to see what is undone'), { undo });
  }
}

interface Following<I> {
  readonly subject: SweepSubject<I>;
  readonly sweepCase: SweepCase;
  readonly instanceId: string;
  readonly world: SweepWorld;
  readonly host: SagaTestHost;
  readonly findings: Finding[];
  readonly endFaults: () => void;
}

type Followed = { -readonly [K in keyof Omit<CaseResult, 'findings'>]: CaseResult[K] };

/** Follows the saga from gate to gate, and checks wherever it stands. */
async function follow<I>(following: Following<I>, followed: Followed): Promise<void> {
  const { host, world, instanceId, findings } = following;
  const givenUp = new Set<string>();
  const compensable = new Set(world.activities.flatMap(({ name, undo }) => (undo === undefined ? [] : [name])));
  let isFresh = false;
  for (let gates = 0; ; gates++) {
    const { instance, status }: Standing = await runToStand(following, followed, gates === 0);
    if (gates === 0) {
      followed.calls = [...host.calls];
      followed.functionsRun = host.functionsRun();
      followed.choices = status.gate?.actions ?? [];
      following.endFaults();
    }
    followed.gates = gates;
    const effects = (await world.effects?.({ instanceId, phase: status.phase })) ?? {};
    const wrong = checkStand({ instance, status, calls: host.calls, givenUp, compensable, effects });
    findings.push(...wrong.map(({ expected, seen }) => ({ expected, seen: `${seen} (${placeOf(status)})` })));
    followed.fate = status.phase === 'completed' ? 'completed' : `${status.phase}: ${status.error?.code ?? 'no error'}`;
    if (findings.length > 0 || status.gate === undefined) return;
    const decision: GateDecision = decide(following, status, {
      isFirst: gates === 0,
      isOver: isFresh && status.phase === 'failed',
    });
    if (gates > mostGates) throw new Error(`rewound ${gates} times, and it still stands at ${placeOf(status)}`);
    if (decision.action === 'skip' && status.step?.startsWith('undo of ')) givenUp.add(status.step.slice(8));
    isFresh ||= decision.action === 'retry' && status.phase === 'failed';
    await host.passGate(instance.instanceId, decision);
    if (decision.action !== 'abort') continue;
    await host.runToEnd(instanceId);
    return;
  }
}

const placeOf = ({ phase, gate, step }: SagaStatus): string =>
  gate === undefined ? phase : `gate ${gate.number}, ${phase}${step === undefined ? '' : ` at ${step}`}`;

/** Where nothing more can come of it, it is given up: the next case starts from nothing. */
function decide<I>(
  { subject, sweepCase }: Following<I>,
  { gate, step = '' }: SagaStatus,
  { isFirst, isOver }: { readonly isFirst: boolean; readonly isOver: boolean },
): GateDecision {
  const actions = gate?.actions ?? [];
  const wanted = [...(isFirst && sweepCase.choice ? [sweepCase.choice] : []), 'retry', 'compensate'] as const;
  const action = isOver ? 'abort' : (wanted.find((one) => actions.includes(one)) ?? 'abort');
  return { action, by: 'sweep', reason: 'all is well again', data: subject.outputs.get(step) };
}

/** Jumps until the saga has ended or stands at a gate, and answers the reviews on the way. */
async function runToStand<I>(
  { subject, sweepCase, host, instanceId }: Following<I>,
  followed: Followed,
  isFirstRun: boolean,
): Promise<Standing> {
  const left = new Set<string>();
  const answered = new Set<string>();
  for (;;) {
    const rest = await host.runToRest(instanceId, { isLeft: (review) => left.has(review) });
    const status = sagaStatusSchema.safeParse(rest.customStatus).data;
    if (status === undefined) throw new Error(`${rest.runtimeStatus} without a status: ${JSON.stringify(rest.output)}`);
    const nameOf = ({ id }: OpenReview) => `${rest.instanceId} ${id}`;
    const review = openReviews(status).find((open) => !left.has(nameOf(open)));
    if (isEnded(rest) || review === undefined || status.gate !== undefined) return { instance: rest, status };
    const name = nameOf(review);
    if (answered.has(name))
      throw new Error(`review '${review.id}' did not take its answer: give "approve" data that fit`);
    followed.reviewsOpened++;
    const fate = isFirstRun ? sweepCase.reviews : 'approved';
    if (fate === 'unanswered') left.add(name);
    else {
      const decision = fate === 'rejected' ? 'reject' : 'approve';
      await host.decide(rest.instanceId, { name: review.id }, { decision, by: 'sweep', data: subject.approve(review) });
      answered.add(name);
    }
  }
}
