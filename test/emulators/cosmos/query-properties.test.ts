import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../../../src/emulators/cosmos/json.ts';
import { readContinuation, writeContinuation } from '../../../src/emulators/cosmos/query/continuation.ts';
import { compareForOrder, isEqual } from '../../../src/emulators/cosmos/query/order.ts';
import { parseQuery } from '../../../src/emulators/cosmos/query/parse-query.ts';
import { QueryError } from '../../../src/emulators/cosmos/query/query-error.ts';
import { compileQuery, readPage } from '../../../src/emulators/cosmos/query/run-query.ts';

const json = fc.jsonValue() as fc.Arbitrary<Json>;
const value = fc.option(json, { nil: undefined });

/** Few values, so that equal ones meet. */
const small = fc.constantFrom<Json>(null, true, false, 0, 1, 'a', 'b', [1], { x: 1 });
const document = fc.record({ a: small, b: small, list: fc.array(small, { maxLength: 3 }) }, { requiredKeys: [] });
const documents = fc.array(document, { maxLength: 12 });

const number = (all: readonly Json[]) => all.map((each, index) => ({ number: index + 1, document: each }));

function answer(query: string, all: readonly Json[], pageSize: number): Json[] {
  const values: Json[] = [];
  let token: string | undefined;
  do {
    const compiled = compileQuery(parseQuery(query), new Map(), 0);
    const resume = token === undefined ? undefined : readContinuation(token);
    const first = compiled.isStreaming && resume ? resume.after.document : 0;
    const from = number(all).filter((each) => each.number >= first);
    const page = readPage(compiled, from, { most: pageSize, resume });
    expect(page.values.length).toBeLessThanOrEqual(pageSize);
    values.push(...page.values);
    token = page.continuation && writeContinuation(page.continuation);
  } while (token !== undefined);
  return values;
}

test('the order of values is total, antisymmetric and transitive', () => {
  fc.assert(
    fc.property(value, value, value, (a, b, c) => {
      expect(Math.sign(compareForOrder(a, b)) + Math.sign(compareForOrder(b, a))).toBe(0);
      expect(compareForOrder(a, a)).toBe(0);
      const sorted = [[a], [b], [c]].sort(([x], [y]) => compareForOrder(x, y));
      const [least, middle, greatest] = sorted.map(([each]) => each);
      expect(compareForOrder(least, middle)).toBeLessThanOrEqual(0);
      expect(compareForOrder(middle, greatest)).toBeLessThanOrEqual(0);
      expect(compareForOrder(least, greatest)).toBeLessThanOrEqual(0);
    }),
  );
});

test('values are equal when they have the same place in the order', () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      expect(isEqual(a, structuredClone(a))).toBe(true);
      expect(isEqual(a, b)).toBe(compareForOrder(a, b) === 0);
    }),
  );
});

const queries = [
  'SELECT * FROM c',
  'SELECT VALUE c.a FROM c WHERE c.a != null',
  'SELECT * FROM c ORDER BY c.a, c.b DESC',
  'SELECT DISTINCT VALUE c.a FROM c',
  'SELECT DISTINCT VALUE c.a FROM c ORDER BY c.a DESC',
  'SELECT c.a, t FROM c JOIN t IN c.list',
  'SELECT c.a, t FROM c JOIN t IN c.list ORDER BY t',
  'SELECT c.a, COUNT(1) AS n FROM c GROUP BY c.a',
  'SELECT VALUE COUNT(c.b) FROM c',
  'SELECT TOP 5 * FROM c ORDER BY c.b',
  'SELECT * FROM c OFFSET 2 LIMIT 5',
  'SELECT VALUE t FROM c JOIN t IN c.list ORDER BY t DESC OFFSET 3 LIMIT 4',
];

test.each(queries)('pages of any size add up to the whole answer: %s', (query) => {
  fc.assert(
    fc.property(documents, fc.integer({ min: 1, max: 5 }), (all, pageSize) => {
      expect(answer(query, all, pageSize)).toEqual(answer(query, all, 1000));
    }),
  );
});

const count = (condition: string, all: Json[]) =>
  answer(`SELECT VALUE COUNT(1) FROM c WHERE ${condition}`, all, 1)[0] as number;

test('WHERE splits the documents into those for which a condition is true, false and undefined', () => {
  const conditions = [
    'c.a = c.b',
    'c.a < c.b',
    'c.a IN (1, "a", c.b)',
    'c.a AND c.b',
    'c.a OR c.b',
    'c.a BETWEEN 0 AND c.b',
  ];
  fc.assert(
    fc.property(documents, fc.constantFrom(...conditions), (all, condition) => {
      const undecided = count(`NOT IS_DEFINED(${condition}) OR NOT IS_BOOL(${condition})`, all);
      expect(count(condition, all) + count(`NOT (${condition})`, all) + undecided).toBe(all.length);
    }),
  );
});

/** What was thrown, unless it is the refusal of a query. */
function findFailure(work: () => void): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof QueryError ? undefined : error;
  }
}

test('any text is either a query or refused as none', () => {
  const words =
    'SELECT * VALUE FROM c WHERE c.a = 1 ( ) [ ] { } , . "s" @p AND NOT IN BETWEEN LIKE ORDER BY GROUP ? ?? : || JOIN'.split(
      ' ',
    );
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.constantFrom(...words)).map((chosen) => chosen.join(' ')),
  );
  fc.assert(
    fc.property(text, documents, (query, all) => {
      expect(findFailure(() => answer(query, all, 1000))).toBeUndefined();
    }),
    { numRuns: 1000 },
  );
});
