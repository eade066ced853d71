import { z } from 'zod';
import { businessError, type ErrorData, StepFailed } from './errors.ts';
import type { Execution } from './execution.ts';
import { openGate } from './gate.ts';
import type { Skipped } from './ledger.ts';
import type { Operation } from './operation.ts';

/** A skip counts as done, with the output that the operator gave: it is undone later like any other. */
export type Resolved<O> =
  { readonly action: 'retry' } | { readonly action: 'skip'; readonly value: O; readonly skipped: Skipped };

/**
 * Holds a failed step or sub-saga at a gate until an operator says how it goes on.
 * @throws StepFailed when the operator chose to compensate
 */
export function* hold<O>(
  execution: Execution,
  id: string,
  output: z.ZodType<O>,
  failure: ErrorData,
): Operation<Resolved<O>> {
  for (let error = failure; ;) {
    const kind = execution.pivoted ? 'held-past-pivot' : 'held';
    const { action, by, reason, data } = yield* openGate(execution, kind, error, id);
    if (action === 'retry') return { action };
    if (action === 'compensate') {
      const conceded = new StepFailed(id, failure);
      execution.conceded.add(conceded);
      throw conceded;
    }
    const given = output.safeParse(data);
    if (given.success) return { action, value: given.data, skipped: { by, reason } };
    const why = `the data given to skip '${id}' does not fit its output: ${z.prettifyError(given.error)}`;
    error = businessError('InvalidDecision', 'invalid_decision', why);
  }
}
