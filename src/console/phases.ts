/** What a phase means to the one who watches, and how urgent it is. */
export type Tone = 'calm' | 'busy' | 'good' | 'ask' | 'warn' | 'bad';

interface PhaseLook {
  readonly label: string;
  readonly tone: Tone;
}

const looks: Readonly<Record<string, PhaseLook>> = {
  pending: { label: 'Pending', tone: 'calm' },
  running: { label: 'Running', tone: 'busy' },
  waiting: { label: 'Waiting', tone: 'busy' },
  in_review: { label: 'In review', tone: 'ask' },
  compensating: { label: 'Compensating', tone: 'warn' },
  held: { label: 'Held', tone: 'warn' },
  compensation_failed: { label: 'Undo failed', tone: 'bad' },
  failed: { label: 'Failed', tone: 'bad' },
  completed: { label: 'Completed', tone: 'good' },
  suspended: { label: 'Suspended', tone: 'calm' },
  aborted: { label: 'Given up', tone: 'calm' },
  terminated: { label: 'Killed', tone: 'calm' },
  // Of documents.
  processing: { label: 'Processing', tone: 'busy' },
  awaiting_review: { label: 'Awaiting review', tone: 'ask' },
  processed: { label: 'Processed', tone: 'good' },
  rejected: { label: 'Rejected', tone: 'warn' },
  // Of orders.
  fulfilled: { label: 'Fulfilled', tone: 'good' },
  cancelled: { label: 'Cancelled', tone: 'calm' },
};

export const lookOf = (phase: string): PhaseLook => looks[phase] ?? { label: phase, tone: 'calm' };

/** In the order of a saga's life. */
export const sagaPhases = [
  'pending',
  'running',
  'waiting',
  'in_review',
  'compensating',
  'held',
  'compensation_failed',
  'failed',
  'aborted',
  'completed',
  'suspended',
  'terminated',
] as const;
