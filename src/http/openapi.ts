import { z } from 'zod';
import type { EndpointDescription, OtherContent } from './endpoint.ts';
import { problemSchema } from './problem.ts';
import { isRole, needs } from './roles.ts';

// The description of the API, made of what the handlers check by. A client generator gets on with OpenAPI 3.1, whose schemas are
// JSON Schema 2020-12, as zod writes it.

type Json = Readonly<Record<string, unknown>>;
type Endpoint = EndpointDescription;

export function describeApi(
  endpoints: readonly Endpoint[],
  { title, version }: { title: string; version: string },
): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const endpoint of endpoints) {
    const path = Object.keys(paths).find((known) => shapeOf(known) === shapeOf(`/${endpoint.route}`));
    const operations = (paths[path ?? `/${endpoint.route}`] ??= {});
    operations[endpoint.method.toLowerCase()] = describeEndpoint(endpoint, path ?? endpoint.route);
  }
  return {
    openapi: '3.1.1',
    info: { title, version },
    servers: [{ url: '/api' }],
    paths,
    components: {
      schemas: { Problem: jsonSchema(problemSchema, 'output') },
      securitySchemes: {
        key: {
          type: 'apiKey',
          in: 'header',
          name: 'x-functions-key',
          description: 'A function key, where keys open anything',
        },
        entra: { type: 'http', scheme: 'bearer', description: 'A token of Entra ID, with the roles as app roles' },
      },
    },
  };
}

/** Paths that differ only in the names of their parameters are one. */
const shapeOf = (path: string): string => path.replaceAll(parameterForm, '{}');

const parameterForm = /\{(\w+)\}/g;

function describeEndpoint(endpoint: Endpoint, path: string): Json {
  const { name, summary, body, answers } = endpoint;
  const need = needs[name];
  return {
    operationId: name,
    summary,
    ...(isRole(need) && { description: `Needs role \`${need}\`.`, 'x-role': need }),
    security: need === 'public' ? [] : [{ key: [] }, { entra: isRole(need) ? [need] : [] }],
    parameters: [
      ...parametersIn(path, endpoint.route),
      ...fieldsOf(endpoint.query, 'query'),
      ...fieldsOf(endpoint.headers, 'header'),
    ],
    ...(body !== undefined && { requestBody: { required: true, content: contentOf(body, 'input') } }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, describeAnswer(answer)])),
      default: {
        description: 'What is wrong and what to do about it (RFC 9457)',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function describeAnswer(answer: z.ZodType | OtherContent): Json {
  const content = contentOf(answer, 'output');
  return { description: Object.keys(content).length === 0 ? 'Nothing to tell' : 'As asked', content };
}

const contentOf = (body: z.ZodType | OtherContent, io: 'input' | 'output'): Json =>
  body instanceof z.ZodType
    ? { 'application/json': { schema: jsonSchema(body, io) } }
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

function fieldsOf(schema: z.ZodObject | undefined, place: 'query' | 'header'): Json[] {
  return Object.entries<z.ZodType>(schema?.shape ?? {}).map(([name, field]) => ({
    name,
    in: place,
    required: !field.safeParse(undefined).success,
    schema: jsonSchema(field, 'input'),
  }));
}

/** Dates travel as text. */
const jsonSchema = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      if (zodSchema._zod.def.type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
      // The format says as much, in a word.
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
    },
  });
  return rest;
};
