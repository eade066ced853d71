import type { Entry } from './entry.ts';

/** Where a saga stood at a time. */
export interface SagaState {
  readonly at: string;
  readonly phase: StatePhase;
  readonly steps: readonly { readonly step: string; readonly state: StepState }[];
  /** Of several open ones, the oldest. */
  readonly review?: OpenReview | undefined;
  /** Where it failed and could be rewound. */
  readonly gate?: { readonly number: number | undefined; readonly actions: unknown } | undefined;
  /** The runtime status with which it ended. */
  readonly outcome?: string | undefined;
  readonly error?: Entry['error'];
}

interface OpenReview {
  readonly id: string;
  readonly openedAt: string;
  /** Its deadline, or where the status does not say it, when its first timer ends. */
  readonly due: string | undefined;
}

type StatePhase =
  | 'not_started'
  | 'running'
  | 'waiting'
  | 'in_review'
  | 'compensating'
  | 'suspended'
  | 'failed'
  | 'held'
  | 'compensation_failed'
  | 'terminated'
  | 'completed';

type StepState =
  | 'running'
  | 'waiting'
  | 'done'
  | 'failed'
  | 'unknown'
  | 'skipped'
  | 'undoing'
  | 'undone'
  | 'undo_failed'
  | 'undo_skipped';

/** What was known at a time: the entries before the first one that is later. */
function entriesUntil<E extends Entry>(entries: readonly E[], at: Date): E[] {
  const later = entries.findIndex(({ time }) => Date.parse(time) > at.getTime());
  return entries.slice(0, later === -1 ? undefined : later);
}

/** Later entries serve only to tell what was under way: an attempt is on record when it has ended. */
export function computeStateAt(entries: readonly Entry[], at: Date): SagaState {
  const known = entriesUntil(entries, at);
  const underWay = entries
    .slice(known.length)
    .filter(({ startedAt }) => startedAt !== undefined && Date.parse(startedAt) <= at.getTime())
    .map((entry) => ({ ...entry, outcome: 'running' }));
  const state: Draft = {
    phase: 'not_started',
    isSuspended: false,
    steps: new Map(),
    uncertain: new Set(),
    reviews: [],
  };
  for (const entry of [...known, ...underWay]) {
    apply(state, entry);
    state.previous = entry;
  }
  const { isSuspended, steps, gate, outcome, error } = state;
  const [review] = state.reviews;
  return {
    at: at.toISOString(),
    phase: isSuspended ? 'suspended' : phaseOf(state),
    steps: [...steps].map(([step, state]) => ({ step, state })),
    review,
    gate,
    outcome,
    error,
  };
}

/** What waits for a person goes before what runs beside it. */
const phaseOf = ({ phase, reviews }: Draft): StatePhase =>
  reviews.length > 0 && (phase === 'running' || phase === 'waiting') ? 'in_review' : phase;

interface Draft {
  phase: StatePhase;
  isSuspended: boolean;
  readonly steps: Map<string, StepState>;
  /** Steps of which some attempt may have had its effect: a later one that failed for certain does not change that. */
  readonly uncertain: Set<string>;
  /** The entry before this one. */
  previous?: Entry;
  /** The step that stands at the gate: a rewind may skip it. */
  failing?: Failing | undefined;
  reviews: readonly OpenReview[];
  gate?: SagaState['gate'];
  outcome?: string | undefined;
  error?: Entry['error'];
}

function apply(state: Draft, entry: Entry): void {
  switch (entry.kind) {
    case 'started':
    case 'continued':
      state.phase = 'running';
      break;
    case 'attempt':
    case 'sub-saga':
    case 'undo':
      applyAttempt(state, entry);
      break;
    case 'wait':
      state.phase = 'waiting';
      if (entry.step !== undefined && state.steps.get(entry.step) !== 'undo_failed') {
        state.steps.set(entry.step, 'waiting');
      }
      break;
    case 'review-opened':
      state.phase = 'running';
      state.reviews = [...state.reviews, { id: entry.step ?? '', openedAt: entry.time, due: entry.due }];
      break;
    case 'review-decided':
      state.phase = 'running';
      state.reviews = state.reviews.filter(({ id }) => id !== entry.step);
      break;
    case 'gate-failed':
      endWaits(state);
      state.reviews = [];
      state.failing = findFailing(state.previous, entry);
      state.phase = phaseAtGate(entry, state.failing?.kind === 'undo');
      state.gate = { number: entry.attempt, actions: actionsOf(entry) };
      state.error = entry.error;
      break;
    case 'rewound':
    case 'gate-decided':
      applyRewind(state, entry);
      break;
    case 'suspended':
    case 'resumed':
      state.isSuspended = entry.kind === 'suspended';
      break;
    case 'terminated':
    case 'ended':
      applyEnd(state, entry);
      break;
    case 'decision-ignored':
    case 'cancel-requested':
    case 'cancel-passed-on':
    case 'refused':
    case 'event-received':
    case 'erased':
    case 'deleted':
      break;
  }
}

function applyAttempt(state: Draft, { kind, step = '', outcome }: Entry): void {
  const isUndo = kind === 'undo';
  if (!isUndo && outcome === 'unknown') state.uncertain.add(step);
  const reached = isUndo ? undoState(outcome) : stepState(outcome, state.uncertain.has(step));
  state.phase = isUndo ? 'compensating' : 'running';
  if (isUndo) state.reviews = [];
  state.steps.set(step, reached);
}

function stepState(outcome: string | undefined, isUncertain: boolean): StepState {
  if (outcome === 'running') return 'running';
  if (outcome === 'succeeded') return 'done';
  return isUncertain ? 'unknown' : 'failed';
}

function undoState(outcome: string | undefined): StepState {
  if (outcome === 'running') return 'undoing';
  return outcome === 'succeeded' ? 'undone' : 'undo_failed';
}

interface Failing {
  readonly kind: 'step' | 'undo';
  readonly step: string;
}

/**
 * The gate names what it stands for. In trails of gates that do not, the failure right before it does, unless it was another's that
 * ran beside.
 */
function findFailing(previous: Entry | undefined, gate: Entry): Failing | undefined {
  const { step } = gate;
  if (step?.startsWith(undoPrefix) === true) return { kind: 'undo', step: step.slice(undoPrefix.length) };
  if (step !== undefined) return { kind: 'step', step };
  const hasFailed = previous?.outcome === 'failed' || previous?.outcome === 'unknown';
  if (!hasFailed || previous.step === undefined || previous.error?.code !== gate.error?.code) return undefined;
  return { kind: previous.kind === 'undo' ? 'undo' : 'step', step: previous.step };
}

const undoPrefix = 'undo of ';

const actionsOf = ({ data }: Entry): unknown =>
  typeof data === 'object' && data !== null && 'actions' in data ? data.actions : undefined;

/** The history does not name the kind of a gate, but what it allows tells. */
function phaseAtGate(gate: Entry, undoFailed: boolean): StatePhase {
  const actions = actionsOf(gate);
  const allows = (action: string): boolean => Array.isArray(actions) && actions.includes(action);
  if (allows('skip') && undoFailed) return 'compensation_failed';
  return allows('retry') && !allows('skip') ? 'failed' : 'held';
}

function applyRewind(state: Draft, { action }: Entry): void {
  const { failing, steps } = state;
  if (action === 'skip' && failing !== undefined) {
    steps.set(failing.step, failing.kind === 'undo' ? 'undo_skipped' : 'skipped');
  }
  state.phase = 'running';
  state.failing = undefined;
  state.gate = undefined;
  state.outcome = undefined;
  state.error = undefined;
}

/** A retry that a cancel forestalled. */
function endWaits({ steps, uncertain }: Draft): void {
  for (const [step, state] of steps)
    if (state === 'waiting') steps.set(step, uncertain.has(step) ? 'unknown' : 'failed');
}

function applyEnd(state: Draft, { kind, outcome, error }: Entry): void {
  endWaits(state);
  state.isSuspended = false;
  state.reviews = [];
  state.outcome = kind === 'terminated' ? 'Terminated' : outcome;
  if (state.outcome === 'Terminated') state.phase = 'terminated';
  else if (state.outcome === 'Completed') state.phase = 'completed';
  else if (state.gate === undefined) {
    state.phase = 'failed';
    state.error = error;
  }
}
