import { z } from 'zod';
import type { Access } from './caller.ts';
import type { EndpointDescription, OtherContent } from './endpoint.ts';
import { problemSchema } from './problem.ts';
import { isRole, type Need, needs, rolesWithin } from './roles.ts';

// The description of the API (OpenAPI 3.1), made of what the handlers check by. Its schemas are JSON Schema 2020-12, as zod writes
// it; one that bears an `id` is named, and referred to.

type Json = Readonly<Record<string, unknown>>;
type Endpoint = EndpointDescription;
type Named = Record<string, unknown>;

export interface About {
  readonly title: string;
  readonly version: string;
  readonly access: Access;
}

export function describeApi(endpoints: readonly Endpoint[], { title, version, access }: About): Json {
  const paths: Record<string, Record<string, Json>> = {};
  const schemas: Named = {};
  jsonSchema(problemSchema, 'output', schemas);
  for (const endpoint of endpoints) {
    const path = Object.keys(paths).find((known) => shapeOf(known) === shapeOf(`/${endpoint.route}`));
    const operations = (paths[path ?? `/${endpoint.route}`] ??= {});
    operations[endpoint.method.toLowerCase()] = {
      ...describeEndpoint(endpoint, path ?? endpoint.route, schemas),
      ...describeNeed(needs[endpoint.name], access),
    };
  }
  return {
    openapi: '3.1.1',
    info: { title, version },
    servers: [{ url: '/api' }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        key: {
          type: 'apiKey',
          in: 'header',
          name: 'x-functions-key',
          description: 'A function key',
        },
        entra: { type: 'http', scheme: 'bearer', description: 'A token of Entra ID, with the roles as app roles' },
      },
    },
  };
}

/** Paths that differ only in the names of their parameters are one. */
const shapeOf = (path: string): string => path.replaceAll(parameterForm, '{}');

const parameterForm = /\{(\w+)\}/g;

function describeEndpoint(endpoint: Endpoint, path: string, schemas: Named): Json {
  const { name, summary, body, answers } = endpoint;
  return {
    operationId: name,
    summary,
    parameters: [
      ...parametersIn(path, endpoint.route),
      ...fieldsOf(endpoint.query, 'query', schemas),
      ...fieldsOf(endpoint.headers, 'header', schemas),
    ],
    ...(body !== undefined && { requestBody: { required: true, content: contentOf(body, 'input', schemas) } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [status, describeAnswer(answer, schemas)]),
      ),
      default: {
        description: 'What is wrong and what to do about it (RFC 9457)',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

/** Where a key has to be shown at all, one who is signed in shows it too. */
function describeNeed(need: Need, { keyRole, trustsPrincipal }: Access): Json {
  if (need === 'public') return { security: [] };
  const key = keyRole === undefined ? {} : { key: [] };
  const isKeyEnough = keyRole !== undefined && (!isRole(need) || rolesWithin(keyRole).includes(need));
  const signedIn = { ...key, entra: isRole(need) ? [need] : [] };
  return {
    ...(isRole(need) && { description: `Needs role \`${need}\`.`, 'x-role': need }),
    security: [...(isKeyEnough ? [key] : []), ...(trustsPrincipal ? [signedIn] : [])],
  };
}

function describeAnswer(answer: z.ZodType | OtherContent, schemas: Named): Json {
  const content = contentOf(answer, 'output', schemas);
  return { description: Object.keys(content).length === 0 ? 'Nothing to tell' : 'As asked', content };
}

const contentOf = (body: z.ZodType | OtherContent, io: 'input' | 'output', schemas: Named): Json =>
  body instanceof z.ZodType
    ? { 'application/json': { schema: jsonSchema(body, io, schemas) } }
    : Object.fromEntries(body.mediaTypes.map((type) => [type, {}]));

function parametersIn(path: string, route: string): Json[] {
  const meant = [...route.matchAll(parameterForm)].map(([, name]) => name);
  return [...path.matchAll(parameterForm)].map(([, name], n) => ({
    name,
    in: 'path',
    ...(meant[n] !== name && { description: meant[n] }),
    required: true,
    schema: { type: 'string' },
  }));
}

function fieldsOf(schema: z.ZodObject | undefined, place: 'query' | 'header', schemas: Named): Json[] {
  return Object.entries<z.ZodType>(schema?.shape ?? {}).map(([name, field]) => ({
    name,
    in: place,
    required: !field.safeParse(undefined).success,
    ...(place === 'query' && { allowEmptyValue: true }),
    schema: jsonSchema(field, 'input', schemas),
  }));
}

const placeOfNamed = '#/components/schemas/';

function jsonSchema(schema: z.ZodType, io: 'input' | 'output', schemas: Named): unknown {
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any', override: asItTravels });
  const text = JSON.stringify(made).replaceAll('#/$defs/', placeOfNamed);
  const { $schema: _, $defs = {}, id, ...rest } = JSON.parse(text) as typeof made;
  for (const [name, { id: __, ...named }] of Object.entries($defs)) schemas[name] = named;
  if (id === undefined) return rest;
  schemas[id] = rest;
  return { $ref: `${placeOfNamed}${id}` };
}

/** Dates are texts, and their format says as much as their pattern. */
function asItTravels({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodTypes;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}) {
  if (zodSchema._zod.def.type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
}
