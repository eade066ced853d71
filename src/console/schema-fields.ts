/** As much of JSON Schema as decisions are made of; what is none of it is asked for as JSON. */
export interface JsonSchema {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
}

export interface SchemaField {
  readonly path: readonly string[];
  readonly kind: 'text' | 'number' | 'date' | 'choice' | 'flag' | 'json';
  readonly hint: string | undefined;
  readonly choices: readonly string[];
  readonly isRequired: boolean;
}

export const nameOf = ({ path }: SchemaField): string => path.at(-1) ?? 'value';
export const keyOf = ({ path }: SchemaField): string => path.join('.');

/** The fields of a form; those of objects within objects are in one list. */
export function fieldsOf(schema: JsonSchema, path: readonly string[] = [], isRequired = true): SchemaField[] {
  const plain = withoutNull(schema);
  if (plain.properties !== undefined) {
    const required = new Set(plain.required);
    return Object.entries(plain.properties).flatMap(([name, property]) =>
      fieldsOf(property, [...path, name], isRequired && required.has(name)),
    );
  }
  // A decision that carries nothing has a schema without properties.
  if (path.length === 0 && plain.type === undefined && plain.enum === undefined) return [];
  const choices = plain.enum?.map(String) ?? [];
  return [{ path, kind: kindOf(plain), hint: plain.description, choices, isRequired }];
}

const withoutNull = (schema: JsonSchema): JsonSchema => {
  const others = schema.anyOf?.filter(({ type }) => type !== 'null') ?? [];
  const [only] = others;
  return others.length === 1 && only !== undefined ? { ...schema, ...only } : schema;
};

function kindOf({ type, format, enum: choices }: JsonSchema): SchemaField['kind'] {
  if (choices !== undefined) return 'choice';
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'boolean') return 'flag';
  if (type === 'string') return format === 'date' ? 'date' : 'text';
  return 'json';
}

export type Texts = Readonly<Record<string, string>>;

export type FormValue =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly errors: Readonly<Record<string, string>> };

/**
 * What was typed, as the value that the schema asks for. What is as it was found is left out unless it is required, so that a
 * decision says what a person has changed.
 */
export function readForm(fields: readonly SchemaField[], texts: Texts, found: Texts): FormValue {
  const errors: Record<string, string> = {};
  let value: unknown;
  for (const field of fields) {
    const key = keyOf(field);
    const text = (texts[key] ?? '').trim();
    if (!field.isRequired && (text === '' || text === (found[key] ?? ''))) continue;
    const read = readText(field, text);
    if (read.ok) value = withValue(value, field.path, read.value);
    else errors[key] = read.error;
  }
  return Object.keys(errors).length > 0 ? { ok: false, errors } : { ok: true, value };
}

type ReadText = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string };

function readText({ kind }: SchemaField, text: string): ReadText {
  if (text === '') return { ok: false, error: 'is needed' };
  switch (kind) {
    case 'number': {
      const number = Number(text);
      return Number.isFinite(number) ? { ok: true, value: number } : { ok: false, error: `'${text}' is not a number` };
    }
    case 'flag':
      return { ok: true, value: text === 'true' };
    case 'json':
      return readJson(text);
    case 'text':
    case 'date':
    case 'choice':
      return { ok: true, value: text };
  }
}

export function readJson(text: string): ReadText {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    return { ok: false, error: 'is not valid JSON' };
  }
}

function withValue(target: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  const object = typeof target === 'object' && target !== null ? (target as Record<string, unknown>) : {};
  return { ...object, [name]: withValue(object[name], rest, value) };
}
