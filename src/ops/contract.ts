import { z } from 'zod';
import { runtimeStatuses } from '../azure/durable-instances.ts';
import { pageShape } from '../azure/pages.ts';
import { instantSchema } from '../http/times.ts';
import { gateDecisionSchema } from '../saga/operate.ts';
import { phaseSchema } from './saga-view.ts';

// What operators send; the answers are built in saga-view.ts.

const by = z.string().trim().min(1).max(200);
const reason = z.string().trim().min(1).max(1_000);

export const startSchema = z.strictObject({
  input: z.unknown(),
  instanceId: z
    .string()
    .regex(
      // The ids of sub-sagas have ':' in them: nobody is to take one in advance.
      /^[A-Za-z0-9][\w.-]{0,99}$/,
      "1 to 100 letters, digits, '_', '.' or '-', beginning with a letter or digit",
    )
    .optional(),
});

export const rewindSchema = z.strictObject({
  action: gateDecisionSchema.shape.action.default('retry'),
  by: by.optional(),
  reason,
  data: z.unknown().optional(),
});

/** Who and why, for every operation that changes an instance. `by` may be left to the signed-in principal. */
export const operationSchema = z.strictObject({ by: by.optional(), reason: reason.optional() });

/** What every operation is answered with. */
export const operatedSchema = z.object({ instanceId: z.string() });

export const listSchema = z.object({
  name: z.string().optional(),
  status: z.enum(runtimeStatuses).optional(),
  phase: phaseSchema.optional(),
  from: instantSchema.optional(),
  to: instantSchema.optional(),
  /** Part of an instance id, a name, a correlation id or the input, in capitals or not. */
  q: z.string().max(200).optional(),
  /** Also counts by phase, which takes a look at everything. */
  counts: z.stringbool({ truthy: ['true'], falsy: ['false'] }).default(false),
  ...pageShape,
  top: z.coerce.number().int().min(1).max(200).default(50),
});
export type SagaList = z.infer<typeof listSchema>;
