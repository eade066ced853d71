import { z } from 'zod';

/** Raised to an instance when the API refuses somebody an operation on it, so that the history knows. No saga waits for it. */
export const refusedEvent = 'saga.refused';

/** What the event carries. */
export const refusalSchema = z.object({
  /** What was tried: `cancel`, `rewind`, `decide`. */
  operation: z.string(),
  by: z.string(),
  /** Why it was refused, such as the role that is missing. */
  reason: z.string().optional(),
});
export type Refusal = z.infer<typeof refusalSchema>;
