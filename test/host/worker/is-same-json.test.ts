import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSameJson } from '../../../src/host/worker/is-same-json.ts';

const value = fc.anything({
  withDate: true,
  withBoxedValues: true,
  withMap: true,
  withTypedArray: true,
  withSparseArray: true,
});

test('values that are said to be the same are written as the same JSON', () => {
  fc.assert(
    fc.property(value, value, fc.func(fc.anything()), (one, other, toJSON) => {
      const pairs = [
        [one, other],
        [one, one],
        [{ one }, { one: other }],
        [
          { one, toJSON },
          { one, toJSON },
        ],
      ];
      const same = pairs.filter(([a, b]) => isSameJson(a, b));
      expect(same.map(([a]) => JSON.stringify(a))).toEqual(same.map(([, b]) => JSON.stringify(b)));
    }),
    { numRuns: 2000 },
  );
});

test('what was made anew of the same data is the same, and any change of it is not', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (data) => {
      const text = JSON.stringify({ data });
      expect(isSameJson(JSON.parse(text), JSON.parse(text))).toBe(true);
      expect(isSameJson(JSON.parse(text), { data, more: 1 })).toBe(false);
      expect(isSameJson(JSON.parse(text), { data: [data] })).toBe(false);
    }),
  );
});

test('an object that stands in both places may have changed in between', () => {
  const shared = { count: 1 };
  expect(isSameJson({ shared }, { shared })).toBe(false);
});
