import type { OrchestrationContext } from 'durable-functions';
import { z } from 'zod';

// What an instance is started with. A client sends the bare input. A parent wraps it in what its sub-saga has to know.

/** Under this name stands what the engine sends to itself: no schema of a saga's input knows it. */
const mark = '$saga';

const commissionSchema = z.object({
  /** The instance that runs this sub-saga. */
  parent: z.string(),
  /** The instance at the top, whose id all idempotency keys begin with. */
  root: z.string(),
  /** The sub-saga's place in the root's scopes. */
  path: z.string(),
  correlationId: z.string(),
  traceparent: z.string().optional(),
  /** The parent's own, as an ISO time. */
  deadline: z.string().optional(),
  /** The parent is past its pivot: nothing is undone any more. */
  pivoted: z.boolean(),
});
export type Commission = z.infer<typeof commissionSchema>;

const wrappedSchema = z.object({ [mark]: z.object({ commission: commissionSchema }), input: z.unknown().optional() });

export interface Start {
  readonly input: unknown;
  /** Absent where nobody runs the instance as a sub-saga. */
  readonly commission?: Commission;
}

export const wrapInput = (commission: Commission, input: unknown): unknown => ({ [mark]: { commission }, input });

/** Only a parent that the host itself names can commission: what a client sends is never more than an input. */
export function readStart({ df }: OrchestrationContext): Start {
  const raw = df.getInput<unknown>();
  const wrapped = wrappedSchema.safeParse(raw);
  if (!wrapped.success) return { input: raw };
  const { commission } = wrapped.data[mark];
  return commission.parent === df.parentInstanceId ? { input: wrapped.data.input, commission } : { input: raw };
}
