import type { Happening } from './entry.ts';

/** An entry in a sentence. */
export function describeHappening(happening: Happening): string {
  const { step = 'something', outcome = '', action, due = '', data } = happening;
  switch (happening.kind) {
    case 'started':
      return `${step} was started${of(' for correlation id ', happening.correlationId)}.`;
    case 'continued':
      return `${step} went on in a new generation: of the ones before, the history is gone.`;
    case 'attempt':
      return `${step}: ${describeAttempt(happening)}.`;
    case 'undo':
      return `Undo of ${step}: ${describeAttempt(happening)}.`;
    case 'wait':
      return happening.step === undefined ? `Waiting until ${due}.` : `${step} is tried again at ${due}.`;
    case 'review-opened':
      return `Review ${step} was opened; waiting for a decision until ${due}.`;
    case 'review-decided':
      return `Review ${step}: ${action ?? 'an answer'}${by(happening)}.`;
    case 'decision-ignored':
      return `Review ${step}: ${action ?? 'an answer'}${by(happening)} was ignored: it did not fit the question, or came after the decision.`;
    case 'cancel-requested':
      return `A cancel was asked for${by(happening)}.`;
    case 'cancel-passed-on':
      return `The cancel was passed on to ${step}${by(happening)}.`;
    case 'refused':
      return `${action ?? 'Something'} was tried${by(happening)}, and refused.`;
    case 'event-received':
      return `Event ${step} was received.`;
    case 'sub-saga':
      return `Sub-saga ${step}: ${outcome}${failure(happening)}.`;
    case 'gate-failed':
      return `Failed at gate${of(' ', happening.attempt)}${of(', where it stands for ', happening.step)}${failure(happening)}.`;
    case 'rewound':
      return `Rewound${of(' at gate ', happening.attempt)}${of(', to ', action)}${by(happening)}.`;
    case 'gate-decided':
      return `Gate ${happening.attempt ?? ''} was decided${of(': ', action)}${by(happening)}.`;
    case 'erased':
      return `A rewind has taken events out of the history here: ${JSON.stringify(data)}.`;
    case 'suspended':
    case 'resumed':
    case 'terminated':
    case 'deleted':
      return `The instance was ${happening.kind}${by(happening)}.`;
    case 'ended':
      return `The instance ended: ${outcome}${failure(happening)}.`;
  }
}

function describeAttempt({ attempt, outcome, ...rest }: Happening): string {
  const which = attempt === undefined ? 'an attempt' : `attempt ${attempt}`;
  if (outcome === 'running') return `${which} has begun and not ended`;
  if (outcome === 'unknown') return `${which} failed, and whether it had its effect is unknown${failure(rest)}`;
  return `${which} ${outcome ?? 'ended'}${failure(rest)}`;
}

const failure = ({ error }: Pick<Happening, 'error'>): string =>
  error === undefined ? '' : ` (${error.code}: ${error.message})`;

const by = ({ actor, reason }: Happening): string => `${of(' by ', actor)}${of(': ', reason)}`;

const of = (words: string, value: string | number | undefined): string => (value === undefined ? '' : words + value);
