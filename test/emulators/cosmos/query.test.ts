import type { Container, FeedOptions, JSONValue, SqlQuerySpec } from '@azure/cosmos';
import { beforeAll, expect, test } from 'vitest';
import { statusOf, useEmulator } from './emulator-fixture.ts';

const fixture = useEmulator();
let container: Container;

const people = [
  { id: '1', pk: 'a', name: 'Ann', age: 30, tags: ['x', 'y'], address: { city: 'Ulm' }, active: true },
  { id: '2', pk: 'a', name: 'bob', age: 25, tags: [], address: { city: 'Bonn' }, active: false },
  { id: '3', pk: 'b', name: 'Cy', age: null, tags: ['y', 'z'], friends: [{ id: '1', since: 2020 }] },
  { id: '4', pk: 'b', name: 'Dee 50%', tags: ['x'], score: -1.5 },
  { id: '5', pk: 'c', name: 'Eve', age: 'old', active: 'yes' },
];

beforeAll(async () => {
  container = await fixture.createContainer();
  for (const person of people) await container.items.create(person);
});

const fetchAll = async (query: string | SqlQuerySpec, options?: FeedOptions): Promise<unknown[]> =>
  (await container.items.query<unknown>(query, options).fetchAll()).resources;

const ids = (condition: string) => fetchAll(`SELECT VALUE c.id FROM c WHERE ${condition}`);

test.each<[string, string[]]>([
  ['c.age = 30', ['1']],
  ['c.age != 30', ['2', '3', '5']],
  ['c.age <> null', ['1', '2', '5']],
  ['c.age < 30', ['2']],
  ['c.age >= 25 AND c.age <= 30', ['1', '2']],
  ['c.age > "a"', ['5']],
  ['c.age BETWEEN 20 AND 29', ['2']],
  ['c.age NOT BETWEEN 20 AND 29', ['1']],
  ['c.name IN ("Ann", "Eve")', ['1', '5']],
  ['c.name NOT IN ("Ann", "Eve")', ['2', '3', '4']],
  ['c.name LIKE "%e%"', ['4', '5']],
  ['c.name LIKE "_ob"', ['2']],
  ['c.name LIKE "[A-C]%"', ['1', '3']],
  ['c.name LIKE "%50!%" ESCAPE "!"', ['4']],
  ['c.name NOT LIKE "%n%"', ['2', '3', '4', '5']],
  ['c.active', ['1']],
  ['NOT c.active', ['2']],
  ['NOT (c.active = true)', ['2', '5']],
  ['NOT IS_DEFINED(c.age)', ['4']],
  ['c.none = 1 OR c.id = "2"', ['2']],
  ['c.none = undefined', []],
  ['c.address = {"city": "Ulm"}', ['1']],
  ['c.tags = ["y", "z"]', ['3']],
  ['c.tags[0] = "x"', ['1', '4']],
  ['c["address"]["city"] = "Bonn"', ['2']],
  ['c.age + 5 * 2 = 40 OR (c.age + 5) * 2 = 60', ['1', '2']],
  ['-c.score = 1.5 AND c.score % 1 = -0.5', ['4']],
  ['c.name || "!" = "Ann!"', ['1']],
  ['(c.age ?? "none") = "none"', ['4']],
  ['(c.active = true ? "on" : "off") = "on"', ['1']],
  ['CONTAINS(c.name, "E")', ['5']],
  ['CONTAINS(c.name, "E", true)', ['4', '5']],
  ['STARTSWITH(c.name, "B", true) AND ENDSWITH(c.name, "ob")', ['2']],
  ['STRINGEQUALS(c.name, "ANN", true)', ['1']],
  ['LOWER(c.name) = "ann" OR UPPER(c.name) = "BOB"', ['1', '2']],
  ['LENGTH(c.name) = 2', ['3']],
  ['SUBSTRING(c.name, 1, 2) = "nn" OR INDEX_OF(c.name, "50") = 4', ['1', '4']],
  ['REPLACE(TRIM(CONCAT(" ", c.name)), "A", "$&") = "$&nn"', ['1']],
  ['ARRAY_CONTAINS(c.tags, "x")', ['1', '4']],
  ['ARRAY_CONTAINS(c.friends, {"id": "1"}, true)', ['3']],
  ['ARRAY_CONTAINS(c.friends, {"id": "1"})', []],
  ['ARRAY_LENGTH(c.tags) = 0', ['2']],
  ['ARRAY_LENGTH(ARRAY_CONCAT(c.tags, ["q"])) = 3', ['1', '3']],
  ['IS_NULL(c.age)', ['3']],
  ['IS_STRING(c.age) OR IS_BOOL(c.active)', ['1', '2', '5']],
  ['IS_NUMBER(c.score) OR IS_ARRAY(c.friends) OR (IS_OBJECT(c.address) AND c.pk = "z")', ['3', '4']],
  ['ABS(c.score) = 1.5 AND ROUND(c.score) = -2 AND FLOOR(c.score) = -2 AND CEILING(c.score) = -1', ['4']],
  ['ToString(c.age) = "25" OR StringToNumber("30") = c.age', ['1', '2']],
  ['EXISTS(SELECT VALUE t FROM t IN c.tags WHERE t = "z")', ['3']],
  ['(SELECT VALUE COUNT(1) FROM t IN c.tags) = 2', ['1', '3']],
  ['c._ts > 0 AND IS_DEFINED(c._etag) AND c.id = "1"', ['1']],
])('WHERE %s', async (condition, expected) => {
  expect(await ids(condition)).toEqual(expected);
});

test.each<[string, unknown[]]>([
  [
    'SELECT c.id, c.address.city, c.age + 1, c.pk AS k FROM c WHERE c.id = "1"',
    [{ id: '1', city: 'Ulm', $1: 31, k: 'a' }],
  ],
  ['SELECT p.name FROM people p WHERE p.id = "2"', [{ name: 'bob' }]],
  [
    'SELECT VALUE {"n": c.name, "none": c.none, list: [1, c.none, c.id]} FROM c WHERE c.id = "1"',
    [{ n: 'Ann', list: [1, '1'] }],
  ],
  ['SELECT DISTINCT VALUE c.pk FROM c', ['a', 'b', 'c']],
  ['SELECT DISTINCT c.pk FROM c ORDER BY c.pk DESC', [{ pk: 'c' }, { pk: 'b' }, { pk: 'a' }]],
  ['SELECT TOP 2 VALUE c.id FROM c ORDER BY c.name DESC', ['2', '5']],
  ['SELECT VALUE c.id FROM c ORDER BY c.age', ['4', '3', '2', '1', '5']],
  ['SELECT VALUE c.id FROM c ORDER BY c.age DESC', ['5', '1', '2', '3', '4']],
  ['SELECT VALUE c.id FROM c ORDER BY c.pk DESC, c.id ASC', ['5', '3', '4', '1', '2']],
  ['SELECT VALUE c.id FROM c ORDER BY c.id OFFSET 1 LIMIT 2', ['2', '3']],
  ['SELECT VALUE c.id FROM c OFFSET 4 LIMIT 9', ['5']],
  ['SELECT VALUE CONCAT(c.id, t) FROM c JOIN t IN c.tags', ['1x', '1y', '3y', '3z', '4x']],
  [
    'SELECT c.id, t AS tag, f.since FROM c JOIN t IN c.tags JOIN f IN c.friends',
    [
      { id: '3', tag: 'y', since: 2020 },
      { id: '3', tag: 'z', since: 2020 },
    ],
  ],
  ['SELECT VALUE t FROM t IN c.tags', ['x', 'y', 'y', 'z', 'x']],
  ['SELECT * FROM c.address', [{ city: 'Ulm' }, { city: 'Bonn' }]],
  ['SELECT VALUE s FROM c JOIN (SELECT VALUE t FROM t IN c.tags WHERE t != "x") s', ['y', 'y', 'z']],
  ['SELECT VALUE ARRAY(SELECT VALUE UPPER(t) FROM t IN c.tags) FROM c WHERE c.id = "3"', [['Y', 'Z']]],
  ['SELECT VALUE COUNT(1) FROM c', [5]],
  ['SELECT COUNT(c.age) AS n, MIN(c.name) AS least FROM c', [{ n: 4, least: 'Ann' }]],
  ['SELECT VALUE SUM(c.score) FROM c', [-1.5]],
  ['SELECT VALUE SUM(c.age) FROM c', []],
  ['SELECT VALUE AVG(c.age) FROM c WHERE c.pk = "a"', [27.5]],
  ['SELECT VALUE MAX(c.age) FROM c WHERE IS_NUMBER(c.age)', [30]],
  ['SELECT VALUE COUNT(1) FROM c WHERE false', [0]],
  [
    'SELECT c.pk, COUNT(1) AS n, MAX(c.id) AS last FROM c GROUP BY c.pk',
    [
      { pk: 'a', n: 2, last: '2' },
      { pk: 'b', n: 2, last: '4' },
      { pk: 'c', n: 1, last: '5' },
    ],
  ],
  ['SELECT UPPER(c.pk) AS k, COUNT(1) * 10 AS n FROM c GROUP BY UPPER(c.pk) OFFSET 1 LIMIT 1', [{ k: 'B', n: 20 }]],
  ['SELECT COUNT(1) AS n FROM c JOIN t IN c.tags GROUP BY t', [{ n: 2 }, { n: 2 }, { n: 1 }]],
  ['SELECT VALUE GetCurrentTimestamp()', [Date.UTC(2026, 0, 1)]],
  ['SELECT VALUE GetCurrentDateTime()', ['2026-01-01T00:00:00.0000000Z']],
  [String.raw`SELECT VALUE "\u00e4\n\"'" FROM c WHERE c.id = '1'`, ['ä\n"\'']],
])('%s', async (query, expected) => {
  expect(await fetchAll(query)).toEqual(expected);
  expect(await fetchAll(query, { forceQueryPlan: true })).toEqual(expected);
});

test('parameters stand for values of any type', async () => {
  const list: JSONValue = ['Ann', 'Cy'];
  const query = {
    query: 'SELECT VALUE c.id FROM c WHERE ARRAY_CONTAINS(@names, c.name) OR c[@key] = @value OR c.age = @null',
    parameters: [
      { name: '@names', value: list },
      { name: '@key', value: 'score' },
      { name: '@value', value: -1.5 },
      { name: '@null', value: null },
    ],
  };
  expect(await fetchAll(query)).toEqual(['1', '3', '4']);
});

test.each<[string, RegExp]>([
  ['SELEC * FROM c', /expected SELECT but found "SELEC".*character 1 /],
  ['SELECT * FROM c WHERE', /expected an expression but found the end of the query.*character 22 /],
  ['SELECT * FROM c WHERE c.x = ', /end of the query/],
  ['SELECT * FROM c WHERE d.x = 1', /"d" is not a name known here.*character 23 /],
  ['SELECT * FROM c WHERE c.x = @x', /@x has no value/],
  ['SELECT * FROM c WHERE FOO(c.x)', /FOO is not supported/],
  ['SELECT udf.tax(c.x) FROM c', /User-defined functions are not supported/],
  ['SELECT * FROM c WHERE CONTAINS(c.x)', /CONTAINS takes 2 to 3 operands, not 1/],
  ['SELECT * FROM c WHERE COUNT(c.x) > 1', /aggregate COUNT cannot stand here/],
  ['SELECT * FROM c WHERE NOT c.x = 1', /NOT \(a = b\)/],
  ['SELECT * FROM c JOIN t IN c.tags', /one source and no JOIN/],
  ['SELECT c.id, COUNT(1) FROM c', /neither in an aggregate nor in GROUP BY/],
  ['SELECT c.id, c.id FROM c', /Two results are named "id"/],
  ['SELECT c.pk FROM c GROUP BY c.pk ORDER BY c.pk', /ORDER BY together with GROUP BY/],
  ['SELECT * FROM c OFFSET -1 LIMIT 1', /OFFSET and LIMIT take a number/],
  ['SELECT TOP 1.5 * FROM c', /TOP takes a whole number/],
  ['SELECT * FROM c WHERE c.x = 1 HAVING 1', /found "HAVING"/],
  ['SELECT * FROM c WHERE c.x = 1 & 2', /"&" is not understood/],
  ['SELECT * FROM c -- all', /Comments are not supported/],
  [`SELECT * FROM c WHERE c.x = 'open`, /is not understood/],
  [`SELECT * FROM c WHERE ${'('.repeat(5000)}1${')'.repeat(5000)}`, /nested more than/],
  [`SELECT * FROM c WHERE ${'c.x = 1 OR '.repeat(40_000)} true`, /too deeply nested/],
])('a query it cannot answer is refused with 400: %#', async (query, message) => {
  await expect(fetchAll(query)).rejects.toMatchObject({ code: 400, message: expect.stringMatching(message) as string });
});

test('a partition key limits a query, and a page size divides the answer', async () => {
  expect(await fetchAll('SELECT VALUE c.id FROM c', { partitionKey: 'b' })).toEqual(['3', '4']);
  const sizes: number[] = [];
  const options = { maxItemCount: 2 };
  for await (const { resources } of container.items
    .query('SELECT * FROM c ORDER BY c.name', options)
    .getAsyncIterator()) {
    sizes.push(resources.length);
  }
  expect(sizes).toEqual([2, 2, 1]);
});

test('a continuation token goes on after the last row although others came and went', async () => {
  const changing = await fixture.createContainer();
  for (const n of [10, 20, 30, 40]) await changing.items.create({ id: `${n}`, pk: 'a', n });
  const query = 'SELECT VALUE c.n FROM c ORDER BY c.n';
  const first = await changing.items.query<number>(query, { maxItemCount: 2 }).fetchNext();
  expect(first.resources).toEqual([10, 20]);
  await changing.item('10', 'a').delete();
  await changing.items.create({ id: '5', pk: 'a', n: 5 });
  await changing.items.create({ id: '35', pk: 'a', n: 35 });
  const rest = await changing.items.query<number>(query, { continuationToken: first.continuationToken }).fetchAll();
  expect(rest.resources).toEqual([30, 35, 40]);
});

test('sort keys too long for a continuation token are paged nevertheless', async () => {
  const long = await fixture.createContainer();
  const texts = ['a', `b${'x'.repeat(20_000)}`, 'c', 'd'];
  for (const [index, text] of texts.entries()) await long.items.create({ id: `${index}`, pk: 'a', text });
  const query = 'SELECT VALUE c.text FROM c ORDER BY c.text';
  expect((await long.items.query(query, { maxItemCount: 1 }).fetchAll()).resources).toEqual(texts);
});

test.each(['no token', Buffer.from('{}').toString('base64url'), Buffer.from('null').toString('base64url')])(
  'the continuation token %s is refused with 400',
  async (continuationToken) => {
    expect(await statusOf(container.items.query('SELECT * FROM c', { continuationToken }).fetchNext())).toBe(400);
  },
);
