import { expect } from 'vitest';
import { z } from 'zod';

interface Operation {
  readonly operationId: string;
  /** The role that a caller needs. */
  readonly 'x-role'?: string;
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, { schema?: object }>> }>>;
}

/** An API description (OpenAPI 3.1), as far as answers are held to it. */
export interface ApiDescription {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

export interface GivenAnswer {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly contentType: string | null;
  readonly body: unknown;
}

const descriptions = new Map<string, Promise<ApiDescription>>();

/** The description that the program gives of itself; a test that has more than one program asks each of them. */
export function describedApi(baseUrl: string): Promise<ApiDescription> {
  const known = descriptions.get(baseUrl);
  if (known !== undefined) return known;
  const read = fetch(new URL('/api/openapi.json', baseUrl)).then(async (it) => (await it.json()) as ApiDescription);
  descriptions.set(baseUrl, read);
  return read;
}

/** Fails the test for an answer that is not as the program describes it: another status, media type, field or type. */
export async function expectDescribed(baseUrl: string, answer: GivenAnswer): Promise<void> {
  const { method, path, status, contentType, body } = answer;
  const described = await describedApi(baseUrl);
  const operation = findOperation(described, method, path);
  if (operation === undefined) return expect([401, 404, 405]).toContain(status);
  const response = operation.responses[String(status)] ?? operation.responses['default'];
  const mediaType = contentType?.split(';', 1)[0] ?? '';
  const mediaTypes = Object.keys(response?.content ?? {}).map((type) => type.split(';', 1)[0]);
  if (mediaTypes.length > 0 && !mediaTypes.includes('application/octet-stream'))
    expect(mediaTypes).toContain(mediaType);
  const schema = response?.content[mediaType]?.schema;
  if (schema === undefined) return;
  const parsed = schemaOf(described, schema).safeParse(body);
  if (parsed.success) return;
  throw new Error(`${method} ${path} answered ${status} other than described: ${z.prettifyError(parsed.error)}`);
}

/** Literal parts of a path count before parameters. */
function findOperation({ paths }: ApiDescription, method: string, path: string): Operation | undefined {
  const matching = Object.entries(paths).filter(
    ([template, operations]) => formOf(template).test(path) && operations[method.toLowerCase()] !== undefined,
  );
  const [best] = matching.toSorted(([a], [b]) => a.split('{').length - b.split('{').length);
  return best?.[1][method.toLowerCase()];
}

const formOf = (template: string): RegExp => new RegExp(`^/api${template.replaceAll(/\{\w+\}/g, '[^/]+')}/?$`);

const schemas = new WeakMap<object, z.ZodType>();

function schemaOf({ components }: ApiDescription, schema: object): z.ZodType {
  const known = schemas.get(schema);
  if (known !== undefined) return known;
  const alone = JSON.parse(
    JSON.stringify({ ...schema, $defs: components.schemas }).replaceAll('#/components/schemas/', '#/$defs/'),
  ) as Parameters<typeof z.fromJSONSchema>[0];
  const made = z.fromJSONSchema(alone);
  schemas.set(schema, made);
  return made;
}
