import { z } from 'zod';
import { type ErrorData, errorDataSchema } from './errors.ts';
import { type Execution, report, tell } from './execution.ts';
import { ledgerEntrySchema, withoutNeedless } from './ledger.ts';
import type { Operation } from './operation.ts';
import type { Phase } from './status.ts';

// How a sub-saga ends: always well for the host, and with its outcome as data, so that its parent's history stays rewindable.

const common = { pivoted: z.boolean(), ledger: z.array(ledgerEntrySchema) };

export const outcomeSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown().optional(), ...common }),
  z.object({
    ok: z.literal(false),
    error: errorDataSchema,
    /** Its effects are kept until somebody decides. */
    held: z.boolean(),
    ...common,
  }),
]);
export type SubSagaOutcome = z.infer<typeof outcomeSchema>;

/** Ends a sub-saga whose code is unwound first. */
export class LeftToParent extends Error {
  readonly outcome: SubSagaOutcome;

  constructor(outcome: SubSagaOutcome) {
    super('the sub-saga ends, and its parent deals with what it leaves');
    this.outcome = outcome;
  }
}

export interface Left {
  readonly phase: Extract<Phase, 'failed' | 'held' | 'compensation_failed'>;
  readonly error: ErrorData;
}

/**
 * Ends a sub-saga where a root would stand at a gate. Beside other operations it waits until they have ended: what they do has
 * to be in the ledger.
 * @throws LeftToParent
 */
export function* leaveToParent(execution: Execution, { phase, error }: Left): Operation<never> {
  if (execution.inBranch) {
    const { df } = execution;
    const aloneAtLast = df.createTimer(df.currentUtcDateTime);
    execution.gateTasks.set(aloneAtLast, () => {});
    yield aloneAtLast;
  }
  report(execution, { phase, error, attempt: undefined, nextAttemptAt: undefined });
  tell(execution, { kind: 'left-to-parent', error });
  const { pivoted, ledger } = execution;
  const left = { held: phase === 'held', pivoted, ledger: ledger.map(withoutNeedless) };
  const thrown = new LeftToParent({ ok: false, error, ...left });
  execution.end = { thrown };
  throw thrown;
}
