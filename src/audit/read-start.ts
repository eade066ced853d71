import { z } from 'zod';
import type { Happening } from './entry.ts';
import type { HistoryEvent } from './history.ts';
import { digest, findCorrelationId } from './read-attempt.ts';

// What an instance was started with: a bare input, or one that is wrapped, for a sub-saga in who runs it, for a next generation in what
// is left of the ones before, and otherwise in what is known of the request.

const wrappedSchema = z.object({
  $saga: z.object({
    commission: z.object({ parent: z.string(), path: z.string() }).optional(),
    carried: z
      .object({
        /** Undefined where it is too large for the history. */
        ledger: z
          .array(z.object({ id: z.string() }))
          .optional()
          .catch(undefined),
        correlationId: z.string().optional(),
      })
      .optional(),
    origin: z.object({ correlationId: z.string() }).optional(),
  }),
  input: z.unknown(),
});

type Started = Extract<HistoryEvent, { type: 'started' }>;

export function readStart({ at, input }: Started, saga: string, events: readonly HistoryEvent[]): Happening {
  const wrapped = wrappedSchema.safeParse(input).data;
  const { commission, carried, origin } = wrapped?.$saga ?? {};
  return {
    time: at,
    kind: carried === undefined ? 'started' : 'continued',
    step: saga,
    correlationId: findCorrelationId(events) ?? (carried ?? origin)?.correlationId,
    data: describeOrigin({
      parent: commission?.parent,
      place: commission?.path,
      leftToUndo: carried?.ledger?.map(({ id }) => id),
    }),
    inputSha256: digest(wrapped === undefined ? input : wrapped.input),
  };
}

/** Nothing where nothing is known. */
const describeOrigin = (origin: Record<string, unknown>): Record<string, unknown> | undefined => {
  const known = Object.entries(origin).filter(([, value]) => value !== undefined);
  return known.length === 0 ? undefined : Object.fromEntries(known);
};
