import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { redact } from '../saga/operate.ts';

export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** A request that cannot be served, as a problem document (RFC 9457). The detail names what is wrong and the remedy. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  /** What kind of problem it is, in a word that programs can rely on. */
  readonly code: string;
  readonly errors: readonly FieldError[];

  constructor(status: number, code: string, detail: string, errors: readonly FieldError[] = []) {
    super(detail);
    this.status = status;
    this.code = code;
    this.errors = errors;
  }
}

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .readonly()
      .optional(),
    correlationId: z.string(),
  })
  .meta({ id: 'Problem' });

export function problemResponse({ status, code, message, errors }: Problem, correlationId: string) {
  const document: z.infer<typeof problemSchema> = {
    type: `urn:durable-saga:problem:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: message,
    ...(errors.length > 0 && { errors }),
    correlationId,
  };
  const headers = {
    'content-type': 'application/problem+json',
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
  };
  return { status, headers, body: JSON.stringify(document) };
}

/** The value if it fits; otherwise a 400 that lists each field. @throws Problem `invalid` */
export function checked<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value, sayingWhatIsKnown);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error, what, redact(schema, value));
}

/** What does not belong somewhere is most often misspelt. */
export const sayingWhatIsKnown: z.core.ParseContext<z.core.$ZodIssue> = {
  error({ code, inst }) {
    if (code !== 'unrecognized_keys') return undefined;
    const known = inst instanceof z.ZodObject ? Object.keys(inst.shape) : [];
    return `does not belong here: leave it out${known.length === 0 ? '' : ` (known are ${known.join(', ')})`}`;
  },
};

/** A body may have a million fields that do not belong there. */
const mostErrors = 100;

/**
 * @param error of a parse in the context `sayingWhatIsKnown`
 * @param shown what was given, without what is sensitive in it
 */
export function invalid(error: z.ZodError, what: string, shown: unknown): Problem {
  const all = error.issues.flatMap((issue) => fieldErrors(issue, shown));
  const errors = all.slice(0, mostErrors);
  const list = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  const more = all.length > errors.length ? `; and ${all.length - errors.length} more` : '';
  return new Problem(400, 'invalid', `${what} is not as it should be: ${list}${more}`, errors);
}

/** One for each field: an object with fields that do not belong there is one issue to zod. */
function fieldErrors(issue: z.core.$ZodIssue, shown: unknown): FieldError[] {
  const { path, message } = issue;
  if (issue.code !== 'unrecognized_keys') {
    const given = valueAt(shown, path);
    const isMissing = issue.code === 'invalid_type' && given === undefined;
    const said = isMissing ? 'is missing' : `${message}${describeInput(given)}`;
    return [{ field: path.map(String).join('.') || '(whole)', message: said }];
  }
  return issue.keys.map((key) => ({ field: [...path, key].map(String).join('.'), message }));
}

/** Within what is hidden, the value is hidden too. */
const valueAt = (whole: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (part, key) =>
      typeof part === 'object' && part !== null ? (part as Readonly<Record<PropertyKey, unknown>>)[key] : part,
    whole,
  );

/** What was given instead, where it is short enough to be recognized. */
function describeInput(input: unknown): string {
  if (typeof input !== 'string' && typeof input !== 'number' && typeof input !== 'boolean') return '';
  const shown = JSON.stringify(input);
  return shown.length <= 80 ? ` (given: ${shown})` : ` (given: ${shown.slice(0, 80)}…)`;
}
