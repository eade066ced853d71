import type { OrchestrationContext } from 'durable-functions';
import { z } from 'zod';
import type { ClaimDesk } from './claim-desk.ts';
import { ledgerEntrySchema } from './ledger.ts';

// What an instance is started with: a bare input, or one that is wrapped. The API wraps it in what is known of the request, a parent
// in what its sub-saga has to know, and a saga that continues as new in what its next generation has.

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
  /** It is the parent's pivot, and may have one of its own. */
  mayPivot: z.boolean(),
});
export type Commission = z.infer<typeof commissionSchema>;

const carriedSchema = z.object({
  instanceId: z.string(),
  /** What the first generation was started with: after a compensation it starts again from there. */
  first: z.unknown().optional(),
  /** What is left to undo. */
  ledger: z.array(ledgerEntrySchema),
  starts: z.number(),
  counts: z.record(z.string(), z.number()),
  gates: z.number(),
  stretch: z.object({ number: z.number(), since: z.coerce.date() }),
  pivoted: z.boolean(),
  correlationId: z.string(),
  traceparent: z.string().optional(),
  deadline: z.coerce.date().optional(),
});
export type Carried = z.infer<typeof carriedSchema>;

/** What ties an instance to the request that started it, where the saga does not read that from its input. */
const originSchema = z.object({ correlationId: z.string(), traceparent: z.string().optional() });
type Origin = z.infer<typeof originSchema>;

const wrappedSchema = z.object({
  [mark]: z.object({
    commission: commissionSchema.optional(),
    carried: carriedSchema.optional(),
    origin: originSchema.optional(),
  }),
  input: z.unknown().optional(),
});

export interface Start {
  readonly input: unknown;
  /** Absent where nobody runs the instance as a sub-saga. */
  readonly commission: Commission | undefined;
  /** Absent in the first generation. */
  readonly carried: Carried | undefined;
  /** Absent where no request that is known of has started the instance. */
  readonly origin: Origin | undefined;
}

/** @param wrapping either with its large parts as references */
export const wrapInput = (
  input: unknown,
  wrapping: { readonly commission?: unknown; readonly carried?: unknown; readonly origin?: Origin },
): unknown => ({
  [mark]: wrapping,
  input,
});

/** Whether an input says what only the engine says to itself; from a client it is to be refused. */
export const isWrapped = (input: unknown): boolean => typeof input === 'object' && input !== null && mark in input;

/** What a client has sent, of what the API has made of it. */
export function sentInput(started: unknown): unknown {
  const wrapped = z.object({ [mark]: z.object({ origin: z.unknown() }), input: z.unknown() }).safeParse(started);
  return wrapped.data?.[mark].origin === undefined ? started : wrapped.data.input;
}

/**
 * Only a parent that the host itself names can commission. What a generation carries is believed under its instance's id: to forge it
 * takes a start past the API under an id of one's own, and so the host's system key, which opens everything else as well. An origin is
 * believed as it stands: nothing follows from it but how things are found.
 */
export function readStart({ df }: OrchestrationContext, desk: ClaimDesk): Start {
  const raw = desk.resolve(df.getInput<unknown>());
  const wrapped = wrappedSchema.safeParse(raw);
  const bare = { input: raw, commission: undefined, carried: undefined, origin: undefined };
  if (!wrapped.success) return bare;
  const { input } = wrapped.data;
  const { commission, carried, origin } = wrapped.data[mark];
  if (commission === undefined && carried === undefined && origin === undefined) return bare;
  if (commission !== undefined && commission.parent !== df.parentInstanceId) return bare;
  if (carried !== undefined && carried.instanceId !== df.instanceId) return bare;
  return { input, commission, carried, origin };
}
