import { z } from 'zod';
import type { Happening } from './entry.ts';

/** Raised to an instance when the API refuses somebody an operation on it, so that the history knows. No saga waits for it. */
export const refusedEvent = 'saga.refused';

/** What the event carries. An instance that has ended takes no events: of that one, it is kept beside the history. */
export const refusalSchema = z.object({
  /** When it was refused. */
  at: z.iso.datetime(),
  /** What was tried: the name of the endpoint, such as `rewindSaga`. */
  operation: z.string(),
  by: z.string(),
  /** Why it was refused, such as the role that is missing. */
  reason: z.string().optional(),
});
export type Refusal = z.infer<typeof refusalSchema>;

const happeningOf = ({ at, operation, by, reason }: Refusal): Happening => ({
  time: at,
  kind: 'refused',
  action: operation,
  actor: by,
  reason,
});

/** Those that are kept beside the history, each before the first happening that is later, so that a trail only ever grows. */
export function insertRefusals(happenings: readonly Happening[], refusals: readonly Refusal[]): Happening[] {
  const waiting = refusals.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)).map(happeningOf);
  const merged = happenings.flatMap((happening) => {
    const later = waiting.findIndex(({ time }) => Date.parse(time) > Date.parse(happening.time));
    return [...waiting.splice(0, later === -1 ? waiting.length : later), happening];
  });
  return [...merged, ...waiting];
}
