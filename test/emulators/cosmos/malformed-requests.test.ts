import * as fc from 'fast-check';
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { useEmulator } from './emulator-fixture.ts';

const fixture = useEmulator();

interface RawRequest {
  method: string;
  /** What is signed, and the part of the path that is not. */
  type: string;
  link: string;
  suffix: string;
  headers: Record<string, string>;
  body: string;
}

/** Signed, but otherwise as the test likes it. */
function send({ method, type, link, suffix, headers, body }: RawRequest): Promise<Response> {
  const key = /AccountKey=([^;]+)/.exec(fixture.emulator.connectionString)?.[1] ?? '';
  const date = new Date(0).toUTCString();
  const text = `${method.toLowerCase()}\n${type}\n${link}\n${date.toLowerCase()}\n\n`;
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64');
  const authorization = encodeURIComponent(`type=master&ver=1.0&sig=${signature}`);
  return fetch(new URL(`/${link}${suffix}`, fixture.emulator.endpoint), {
    method,
    headers: { ...headers, authorization, 'x-ms-date': date },
    ...(method === 'GET' ? {} : { body }),
  });
}

const collection = 'dbs/test/colls/container-1';
const targets = [
  { type: 'dbs', link: '', suffix: 'dbs' },
  { type: 'colls', link: 'dbs/test', suffix: '/colls' },
  { type: 'colls', link: collection, suffix: '' },
  { type: 'colls', link: collection, suffix: '/operations/partitionkeydelete' },
  { type: 'docs', link: collection, suffix: '/docs' },
  { type: 'docs', link: `${collection}/docs/1`, suffix: '' },
  { type: 'pkranges', link: collection, suffix: '/pkranges' },
  { type: 'sprocs', link: `${collection}/sprocs/run`, suffix: '' },
  { type: 'offers', link: '', suffix: 'offers' },
];

const bodies = [
  '',
  'null',
  '[]',
  '{}',
  '"text"',
  '{"id":"1","pk":"a"',
  '{"id":"1","pk":"a"}',
  '{"id":null}',
  '{"query":1}',
  '{"query":"SELECT * FROM c","parameters":7}',
  '{"query":"SELECT * FROM c","parameters":[null]}',
  '[null]',
  '[{"operationType":"Create"}]',
  '[{"operationType":"Patch","id":"1","partitionKey":"[\\"a\\"]","resourceBody":{"operations":[null]}}]',
  '[{"op":"add"}]',
  '{"operations":[{"op":"move","path":"/a/b","from":"/"}],"condition":{}}',
  '{"id":"1","partitionKey":"/pk"}',
  '{"id":"x","partitionKey":{"paths":["/"]}}',
  `${'['.repeat(5000)}${']'.repeat(5000)}`,
  `{"id":"1","pk":"a","x":${'['.repeat(200)}${']'.repeat(200)}}`,
];

const headers = fc.record(
  {
    'x-ms-documentdb-partitionkey': fc.constantFrom(
      '["a"]',
      '[]',
      '{}',
      'a',
      '["a","b"]',
      '[[1]]',
      '[{"x":1}]',
      'null',
    ),
    'x-ms-documentdb-isquery': fc.constantFrom('True', 'no'),
    'x-ms-cosmos-is-query-plan-request': fc.constant('true'),
    'x-ms-documentdb-is-upsert': fc.constant('true'),
    'x-ms-cosmos-is-batch-request': fc.constant('true'),
    'x-ms-cosmos-batch-atomic': fc.constantFrom('true', 'false'),
    'x-ms-max-item-count': fc.constantFrom('0', '-1', '1', 'many', '1e99'),
    'x-ms-continuation': fc.constantFrom('', 'x', 'e30', 'W10', 'bnVsbA'),
    'x-ms-offer-throughput': fc.constantFrom('400', 'much'),
    'x-ms-cosmos-offer-autopilot-settings': fc.constantFrom('{', 'null', '{"maxThroughput":"x"}'),
    'a-im': fc.constantFrom('Incremental Feed', 'Full-Fidelity Feed'),
    'if-none-match': fc.constantFrom('*', '"1"', 'x'),
    'if-match': fc.constantFrom('*', '"1"', 'x'),
    'if-modified-since': fc.constantFrom('yesterday', 'Thu, 01 Jan 1970 00:00:00 GMT'),
    'x-ms-start-epk': fc.constantFrom('05', 'zz'),
    'content-type': fc.constantFrom('application/query+json', 'text/plain'),
  },
  { requiredKeys: [] },
);

test('no signed request, however malformed, gets more than a refusal', async () => {
  const container = await fixture.createContainer();
  expect(container.id).toBe('container-1');
  const request = fc.record({
    target: fc.constantFrom(...targets),
    method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH'),
    headers,
    body: fc.oneof(fc.constantFrom(...bodies), fc.string()),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ target, method, headers, body }) => {
      const response = await send({ ...target, method, headers, body });
      const answer = await response.text();
      expect({ status: response.status, answer }).toMatchObject({
        status: expect.toSatisfy((s: number) => s < 500 && s !== 401) as number,
      });
    }),
    { numRuns: 1500 },
  );
  expect((await container.items.create({ id: 'still alive', pk: 'a' })).statusCode).toBe(201);
});
