import type { Entry } from '../audit/entry.ts';
import { formatDuration, formatTime, parseStepId } from './format.ts';
import type { Tone } from './phases.ts';

export interface Told {
  readonly tone: Tone;
  /** One character, beside words that say the same. */
  readonly sign: string;
  readonly title: string;
  readonly text: string;
}

const told = (tone: Tone, sign: string, title: string, text = ''): Told => ({ tone, sign, title, text });

/** An entry of the trail in a few words. */
export function tellEntry(entry: Entry, now: Date): Told {
  const { kind, step = '', due = entry.time, action = '', outcome = '' } = entry;
  const name = shortName(step);
  const by = [entry.actor && `by ${entry.actor}`, entry.reason && `“${entry.reason}”`].filter(Boolean).join(', ');
  switch (kind) {
    case 'started':
      return told('busy', '▸', 'Started', step);
    case 'continued':
      return told('busy', '▸', 'Went on in a new generation', step);
    case 'attempt':
      return tellAttempt(entry, name);
    case 'sub-saga':
      return tellAttempt(entry, `Sub-saga ${name}`);
    case 'undo':
      return {
        ...tellAttempt(entry, `Undo ${name}`),
        sign: '↶',
        ...(outcome === 'succeeded' && { tone: 'warn' as const }),
      };
    case 'wait':
      return told('calm', '◷', step === '' ? 'Saga' : name, `waits ${durationUntil(entry)}`);
    case 'review-opened':
      return told('ask', '?', `Review ${name} opened`, `open until ${formatTime(due, now)}`);
    case 'review-decided':
      return told(action === 'approve' ? 'good' : 'warn', '☑', `Review ${name}: ${decided(action)}`, by);
    case 'decision-ignored':
      return told('calm', '–', `Review ${name}: ignored`, `${by} came late or did not fit`);
    case 'cancel-requested':
      return told('warn', '×', 'Cancel asked for', by);
    case 'cancel-passed-on':
      return told('warn', '×', `Cancel passed on to ${name}`, by);
    case 'refused':
      return told('warn', '–', `Refused: ${action}`, by);
    case 'event-received':
      return told('calm', '→', 'Event received', step);
    case 'gate-failed':
      return told('bad', '■', 'Stands failed', failureOf(entry));
    case 'rewound':
      return told('busy', '↻', action === '' ? 'Rewound' : `Rewound to ${action}`, by);
    case 'gate-decided':
      return told('busy', '↻', `Decided to ${action}`, by);
    case 'erased':
      return told('calm', '⌫', 'A rewind took events out of the history here');
    case 'suspended':
    case 'resumed':
      return told('calm', '‖', kind === 'suspended' ? 'Suspended' : 'Resumed', by);
    case 'terminated':
      return told('bad', '✕', 'Killed', by);
    case 'ended':
      return told(outcome === 'Completed' ? 'good' : 'bad', '●', outcome, failureOf(entry));
    case 'deleted':
      return told('calm', '⌫', 'Archived and deleted', by);
  }
}

/** A timer is made a moment after the wait was decided, so the length that was meant is a tenth of a second away at most. */
const durationUntil = ({ due, time }: Entry): string =>
  formatDuration(Math.round((Date.parse(due ?? time) - Date.parse(time)) / 100) * 100);

const decided = (action: string): string =>
  action === 'approve' ? 'approved' : action === 'reject' ? 'rejected' : action;

function tellAttempt(entry: Entry, title: string): Told {
  const { attempt = 1, outcome = 'ended', startedAt, time } = entry;
  const which = attempt > 1 ? `attempt ${attempt} ` : '';
  const took = startedAt === undefined ? '' : formatDuration(Date.parse(time) - Date.parse(startedAt));
  switch (outcome) {
    case 'running':
      return { tone: 'busy', sign: '…', title, text: `${which}is running` };
    case 'failed':
      return { tone: 'bad', sign: '✗', title, text: `${which}failed after ${took}: ${failureOf(entry)}` };
    case 'unknown':
      return { tone: 'warn', sign: '!', title, text: `${which}ended with an unknown outcome: ${failureOf(entry)}` };
    default:
      return {
        tone: 'good',
        sign: '✓',
        title,
        text: `${which}${outcome === 'succeeded' ? 'took' : outcome} ${took}`,
      };
  }
}

const failureOf = ({ error }: Entry): string => (error === undefined ? '' : `${error.code}, ${error.message}`);

/** Of a step with its execution, or of anything else. */
export function shortName(step: string): string {
  const { name, execution } = parseStepId(step);
  return execution === '' ? name : `${name} ${execution}`;
}
