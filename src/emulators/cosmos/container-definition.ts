import { z } from 'zod';
import { badRequest } from './errors.ts';
import type { JsonObject } from './json.ts';

const path = z.string().startsWith('/');

const id = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^/\\?#]*[^/\\?# ]$/, 'must not contain / \\ ? # or end with a space');

const databaseDefinition = z.looseObject({ id });

/** What of a container's definition changes how this server behaves; the rest is kept and given back. */
const containerDefinition = z.looseObject({
  id,
  partitionKey: z
    .looseObject({ paths: z.array(path).min(1).max(3), kind: z.enum(['Hash', 'MultiHash']).default('Hash') })
    .refine(({ paths, kind }) => paths.length === 1 || kind === 'MultiHash', 'needs kind MultiHash for several paths'),
  /** Kept and answered: this server reads every item a query may concern, whatever is indexed. */
  indexingPolicy: z.looseObject({}).default({
    indexingMode: 'consistent',
    automatic: true,
    includedPaths: [{ path: '/*' }],
    excludedPaths: [{ path: '/"_etag"/?' }],
  }),
  uniqueKeyPolicy: z
    .looseObject({ uniqueKeys: z.array(z.looseObject({ paths: z.array(path).min(1) })).optional() })
    .optional(),
  defaultTtl: z
    .int()
    .refine((seconds) => seconds === -1 || seconds > 0, 'must be a positive number of seconds, or -1')
    .optional(),
});

export type DatabaseDefinition = z.infer<typeof databaseDefinition>;
export type ContainerDefinition = z.infer<typeof containerDefinition>;

/** @throws CosmosError 400 that names each bad field. */
function check<T>(schema: z.ZodType<T>, body: JsonObject): T {
  const checked = schema.safeParse(body);
  if (checked.success) return checked.data;
  const complaints = checked.error.issues.map((issue) => `${issue.path.join('.') || 'The body'}: ${issue.message}`);
  throw badRequest(`The definition is not valid. ${complaints.join('; ')}.`);
}

export const checkContainer = (body: JsonObject): ContainerDefinition => check(containerDefinition, body);
export const checkDatabase = (body: JsonObject): DatabaseDefinition => check(databaseDefinition, body);
