import { z } from 'zod';

export const entryKinds = [
  'started',
  'continued',
  'attempt',
  'undo',
  'wait',
  'review-opened',
  'review-decided',
  'decision-ignored',
  'cancel-requested',
  'cancel-passed-on',
  'refused',
  'event-received',
  'sub-saga',
  'gate-failed',
  'rewound',
  'gate-decided',
  'erased',
  'suspended',
  'resumed',
  'terminated',
  'ended',
  'deleted',
] as const;
export type EntryKind = (typeof entryKinds)[number];

const time = z.iso.datetime();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Something that happened, as the history tells it. The order of the fields is that of the columns of an export. */
export const entrySchema = z.strictObject({
  /** From 1, without gaps, in the order of the history. */
  sequence: z.number().int(),
  /** When it was known; of an attempt, when it ended. */
  time,
  kind: z.enum(entryKinds),
  /** The step's id (`scope/activity#n`), the review's id, or the name of what else it is about. */
  step: z.string().optional(),
  /** From 1; of a gate, its number. */
  attempt: z.number().int().optional(),
  /** Of an attempt or undo: `running` when its end is not in the history. Of the end: the runtime status. */
  outcome: z.string().optional(),
  /** What was decided: `approve`, `reject`, or what a rewind was to do. Of a refusal: what was tried. */
  action: z.string().optional(),
  /** Who, where a person or tool is on record. */
  actor: z.string().optional(),
  reason: z.string().optional(),
  /** When a wait or a review ends at the latest. */
  due: time.optional(),
  /** When an attempt began. */
  startedAt: time.optional(),
  error: z.strictObject({ name: z.string(), code: z.string(), message: z.string() }).optional(),
  /** What a decision carried; the actions that a gate allows; who runs a sub-saga; what an earlier generation left to undo. */
  data: z.unknown().optional(),
  idempotencyKey: z.string().optional(),
  correlationId: z.string().optional(),
  /**
   * SHA-256 of the canonical JSON of what went in and came out, as the history keeps it: of a value that is too large for it, the
   * claim, which has the value's own SHA-256. Absent where there was nothing, or the history keeps no inputs.
   */
  inputSha256: sha256.optional(),
  outputSha256: sha256.optional(),
  /** The same in a sentence. */
  summary: z.string(),
});
export type Entry = z.infer<typeof entrySchema>;

/** What an entry is made of before it has its place and its sentence. */
export type Happening = Omit<Entry, 'sequence' | 'summary'>;
