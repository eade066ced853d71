import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fetchClaims, resolveClaims, storeClaims } from '../../src/saga/operate.ts';
import { createInMemoryClaims } from '../../src/testing/in-memory-claims.ts';

const longest = 48 * 1024;

/** Stands for a text: what fast-check reports is to stay short. */
interface Text {
  readonly of: string;
  readonly times: number;
}

const isText = (value: object): value is Text => 'of' in value;

/** JSON with parts around the limit, and parts that look like references. */
const jsonArbitrary = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    fc.constantFrom<unknown>(null, true, 0.5, '', 'ß', '"\\\u0000', '\uD800'),
    fc.record({ of: fc.constantFrom('x', 'ä', '\n', '😀'), times: fc.constantFrom(1, 7_000, 25_000, 60_000) }),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', '$claim', 'literal', 'sha256', 'bytes', '__proto__'), tie('json'), {
      maxKeys: 3,
    }),
  ),
})).json;

const build = (made: unknown): unknown =>
  JSON.parse(
    JSON.stringify(made, (_, value: unknown) =>
      typeof value === 'object' && value !== null && isText(value) ? value.of.repeat(value.times) : value,
    ),
  );

test('whatever is claimed is short, and comes back as it was', async () => {
  let claimed = 0;
  await fc.assert(
    fc.asyncProperty(jsonArbitrary, async (made) => {
      const value = build(made);
      const store = createInMemoryClaims();
      const wire = JSON.stringify(await storeClaims(store, value));
      expect(Buffer.byteLength(wire)).toBeLessThanOrEqual(longest);
      const sent: unknown = JSON.parse(wire);
      const isSame = JSON.stringify(resolveClaims(sent, await fetchClaims(store, sent))) === JSON.stringify(value);
      expect(isSame).toBe(true);
      claimed += store.texts.size;
    }),
    { numRuns: 300 },
  );
  expect(claimed).toBeGreaterThan(30);
});

test('what only looks like a reference leads nowhere in the store', async () => {
  const forged = { $claim: { sha256: '../secrets/key', bytes: 7 } };
  const asked: string[] = [];
  const store = { put: async () => {}, get: async (name: string) => void asked.push(name) };
  expect(resolveClaims(forged, await fetchClaims(store, forged))).toEqual(forged);
  expect(asked).toEqual([]);
});
