import { z } from 'zod';
import { SagaDefinitionError } from './errors.ts';
import { type Execution, refuseAfterEnd, tell } from './execution.ts';
import { isLeft } from './ledger.ts';
import type { Operation } from './operation.ts';
import type { Carried } from './start.ts';
import { throwIfCancelled } from './wait.ts';

// A saga that would grow for ever goes on in a new generation: the same instance, with an empty history. The next generation knows
// what is left to undo and how often each step was started, so that it undoes what an earlier one did, and no key repeats.

/** Ends a generation whose code is unwound first. */
export class NextGeneration extends Error {
  readonly input: unknown;

  constructor(input: unknown) {
    super('the saga goes on in its next generation');
    this.input = input;
  }
}

/**
 * Ends this generation.
 * @throws NextGeneration
 * @throws SagaDefinitionError where something is open that a new history would not know: a scope, or what runs side by side
 */
export function* continueAsNew<I>(execution: Execution, schema: z.ZodType<I>, input: I): Operation<never> {
  refuseAfterEnd(execution);
  throwIfCancelled(execution);
  const { saga, scopes, inBranch, direction } = execution;
  const refuse = (where: string): never => {
    throw new SagaDefinitionError(`saga '${saga}' continues as new ${where}: end that first, and continue after it`);
  };
  if (direction === 'backward') refuse('in onFailed');
  if (inBranch) refuse('beside other operations');
  if (scopes.length > 1) refuse(`inside scope '${scopes.at(-1)?.path}'`);
  const checked = schema.safeParse(input);
  if (!checked.success) {
    throw new SagaDefinitionError(
      `saga '${saga}' continues as new with an input that does not fit its schema: ${z.prettifyError(checked.error)}`,
    );
  }
  tell(execution, { kind: 'said', text: 'goes on in its next generation' });
  const thrown = new NextGeneration(checked.data);
  execution.end = { thrown };
  throw thrown;
}

export function carryOver(execution: Execution): Carried {
  const { df, first, ledger, starts, counts, gates, stretch, pivoted, correlationId, traceparent, deadline } =
    execution;
  return {
    instanceId: df.instanceId,
    first,
    ledger: pivoted ? [] : ledger.filter(isLeft),
    starts,
    counts: Object.fromEntries([...counts].filter(([name]) => !name.startsWith('call '))),
    gates,
    stretch,
    pivoted,
    correlationId,
    traceparent,
    deadline,
  };
}
