import { z } from 'zod';

// What nobody may read. The mark is JSON Schema's own `writeOnly`, so that forms and descriptions made from a schema carry it too.

/** What stands where a sensitive value was. */
export const redacted = '[redacted]';

/**
 * Marks what is sent but never shown: statuses, histories, trails, log lines and errors have `[redacted]` in its place. The mark
 * survives refinements and wrappers; a schema that is made anew from parts, as by `extend`, takes the marks of its fields along.
 */
export const sensitive = <S extends z.ZodType>(schema: S): S => schema.meta({ writeOnly: true });

/** A schema that says of everything that it is sensitive: for values whose schema nobody knows. */
export const withheld: z.ZodType = sensitive(z.unknown());

/** A schema of what may say anything: secrets that are known from elsewhere are taken from its texts. */
export const unvouched: z.ZodType = z.unknown();

/**
 * The value with whatever its schema marks replaced, and without the secrets where the schema is {@link unvouched}. It need not
 * fit the schema: what has the right place counts.
 */
export const redact = (schema: z.ZodType, value: unknown, secrets: ReadonlySet<string> = new Set()): unknown =>
  replaceMarked(schema, value, (found, by) => (by === unvouched ? maskSecrets(found, secrets) : redacted));

/** Shorter ones occur by chance: masking them would only deface texts. */
const shortestSecret = 6;

/** The texts that stand where the schema marks something, to find them again elsewhere. What is only withheld is no secret. */
export function findSecrets(schema: z.ZodType, value: unknown): ReadonlySet<string> {
  const secrets = new Set<string>();
  replaceMarked(schema, value, (found, by) => {
    if (by === unvouched || by === withheld) return found;
    mapTexts(found, (text) => {
      if (text.length >= shortestSecret && text !== redacted) secrets.add(text);
      return text;
    });
    return found;
  });
  return secrets;
}

/** The value without these texts, wherever they stand in it. */
export function maskSecrets<T>(value: T, secrets: ReadonlySet<string>): T {
  if (secrets.size === 0) return value;
  const longestFirst = [...secrets].sort((a, b) => b.length - a.length);
  return mapTexts(value, (text) => longestFirst.reduce((rest, secret) => rest.replaceAll(secret, redacted), text)) as T;
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  return isPlain(value) ? mapMembers(value, (member) => mapTexts(member, change)) : value;
}

type Replace = (value: unknown, by: z.core.$ZodType) => unknown;

function replaceMarked(schema: z.core.$ZodType, value: unknown, replace: Replace): unknown {
  if (value === undefined || value === null) return value;
  if (schema === unvouched || z.globalRegistry.get(schema)?.['writeOnly'] === true) return replace(value, schema);
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const through = (value: unknown, ...schemas: z.core.$ZodType[]): unknown =>
    schemas.reduce((rest, each) => replaceMarked(each, rest, replace), value);
  if ('innerType' in def) return through(value, def.innerType);
  if (def.type === 'lazy') return through(value, def.getter());
  if (def.type === 'pipe') return through(value, def.in, def.out);
  if (def.type === 'intersection') return through(value, def.left, def.right);
  if (def.type === 'union') return through(value, ...optionsFor(def.options, value));
  if (Array.isArray(value)) {
    const schemaAt = itemSchemas(def);
    return value.map((item, n) => replaceIn(schemaAt(n), item, replace));
  }
  if (!isPlain(value)) return value;
  const schemaOf = memberSchemas(def);
  return mapMembers(value, (member, name) => replaceIn(schemaOf(name), member, replace));
}

const replaceIn = (schema: z.core.$ZodType | undefined, value: unknown, replace: Replace): unknown =>
  schema === undefined ? value : replaceMarked(schema, value, replace);

type Definition = z.core.$ZodTypes['_zod']['def'];

function itemSchemas(def: Definition): (place: number) => z.core.$ZodType | undefined {
  if (def.type === 'array') return () => def.element;
  return def.type === 'tuple' ? (place) => def.items[place] ?? def.rest ?? undefined : () => undefined;
}

function memberSchemas(def: Definition): (name: string) => z.core.$ZodType | undefined {
  if (def.type === 'record') return () => def.valueType;
  return def.type === 'object' ? (name) => def.shape[name] ?? def.catchall : () => undefined;
}

/** The options that a value fits; one that fits none of them may be any. */
function optionsFor(options: readonly z.core.$ZodType[], value: unknown): readonly z.core.$ZodType[] {
  const fitting = options.filter((option) => z.core.safeParse(option, value).success);
  return fitting.length > 0 ? fitting : options;
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

const mapMembers = (
  value: Readonly<Record<string, unknown>>,
  change: (member: unknown, name: string) => unknown,
): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).map(([name, member]) => [name, change(member, name)]));
