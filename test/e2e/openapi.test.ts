import { expect, it } from 'vitest';
import { createApi } from './api.ts';
import { describedApi } from './contract.ts';
import { useProgram } from './program.ts';

const program = await useProgram();
const api = createApi(program.url);

interface HostFunction {
  readonly name: string;
  readonly config: { readonly bindings: readonly { readonly type: string; readonly authLevel?: string }[] };
}

const isHttp = ({ config }: HostFunction): boolean => config.bindings.some(({ type }) => /^httpTrigger$/i.test(type));

it('each HTTP function is described, and nothing else', async () => {
  const functions = (await api.get<HostFunction[]>('/admin/functions')).body.filter(isHttp).map(({ name }) => name);
  const { paths } = await describedApi(program.url);
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  expect(operations.map(({ operationId }) => operationId).toSorted()).toEqual(
    functions.filter((name) => name !== 'unknownRoute').toSorted(),
  );
});

it('no two paths differ only in the names of their parameters', async () => {
  const shapes = Object.keys((await describedApi(program.url)).paths).map((path) => path.replaceAll(/\{\w+\}/g, '{}'));
  expect(new Set(shapes).size).toBe(shapes.length);
});

it('says what a request bears, who may send it, and how it fails', async () => {
  const described = await describedApi(program.url);
  expect(described.openapi).toBe('3.1.1');
  expect(described.paths['/sagas']?.['get']).toMatchObject({
    'x-role': 'viewer',
    parameters: expect.arrayContaining([
      expect.objectContaining({ name: 'phase', in: 'query', required: false, allowEmptyValue: true }),
      expect.objectContaining({ name: 'from', schema: expect.objectContaining({ format: 'date-time' }) as object }),
    ]) as object[],
  });
  expect(described.paths['/orders']?.['post']).toMatchObject({
    security: [{ key: [] }],
    parameters: [
      { name: 'Idempotency-Key', in: 'header', required: false },
      { name: 'X-Correlation-Id', in: 'header', required: false },
    ],
    requestBody: {
      content: {
        'application/json': {
          schema: { $ref: '#/components/schemas/OrderRequest' },
        },
      },
    },
    responses: {
      202: { content: { 'application/json': { schema: { required: ['instanceId', 'orderId', 'statusUrl'] } } } },
      default: { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
    },
  });
  expect(described.components.schemas).toMatchObject({
    OrderRequest: {
      required: expect.arrayContaining(['customer', 'payment']) as string[],
      properties: { payment: { properties: { cardToken: { writeOnly: true } } } },
    },
    Saga: { properties: { phase: { enum: expect.arrayContaining(['in_review', 'suspended']) as string[] } } },
  });
});

it('refers to nothing that it does not have', async () => {
  const described = await describedApi(program.url);
  const named = [...JSON.stringify(described).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference);
  const components = Object.keys(described.components.schemas).map((name) => `#/components/schemas/${name}`);
  expect(new Set(named)).toEqual(new Set(components));
});

it('is served to anybody, and of all else only what says nothing of anybody', async () => {
  const open = (await api.get<HostFunction[]>('/admin/functions')).body.filter(({ config }) =>
    config.bindings.some(({ authLevel }) => authLevel === 'anonymous'),
  );
  expect(open.map(({ name }) => name).toSorted()).toEqual(['console', 'getOpenApi', 'healthLive']);
});
