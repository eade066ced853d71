import { z } from 'zod';
import { badRequest } from './errors.ts';
import type { JsonObject } from './json.ts';

const path = z.string().startsWith('/');

/** What of a container's definition changes how this server behaves; the rest is kept and given back. */
const definition = z.looseObject({
  id: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[^/\\?#]*[^/\\?# ]$/, 'must not contain / \\ ? # or end with a space'),
  partitionKey: z.looseObject({ paths: z.array(path).min(1).max(3), kind: z.enum(['Hash', 'MultiHash']).optional() }),
  uniqueKeyPolicy: z
    .looseObject({ uniqueKeys: z.array(z.looseObject({ paths: z.array(path).min(1) })).optional() })
    .optional(),
  defaultTtl: z
    .int()
    .refine((seconds) => seconds === -1 || seconds > 0, 'must be a positive number of seconds, or -1')
    .optional(),
});

export type ContainerDefinition = z.infer<typeof definition>;

export const databaseDefinition = z.looseObject({ id: definition.shape.id });

/** @throws CosmosError 400 that names each bad field. */
export function checkDefinition<T>(schema: z.ZodType<T>, body: JsonObject): T {
  const checked = schema.safeParse(body);
  if (checked.success) return checked.data;
  const complaints = checked.error.issues.map((issue) => `${issue.path.join('.') || 'The body'}: ${issue.message}`);
  throw badRequest(`The definition is not valid. ${complaints.join('; ')}.`);
}

export const checkContainer = (body: JsonObject): ContainerDefinition => checkDefinition(definition, body);
