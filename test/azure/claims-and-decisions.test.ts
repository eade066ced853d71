import { describe, expect, it } from 'vitest';
import { createGateDecisions } from '../../src/azure/gate-decisions.ts';
import { createIdempotencyClaims } from '../../src/azure/idempotency-claims.ts';
import { claimedDocumentsSchema } from '../../src/intake/claim-documents.ts';
import { useStorage } from './local-storage.ts';

const storage = await useStorage();

const claim = (n: number) => [{ documentId: `d-${n}`, blobName: `b-${n}`, sha256: 'f' }];

describe('a claim of an idempotency key', () => {
  const claims = createIdempotencyClaims(storage, 'documents', claimedDocumentsSchema);

  it('by fifty at once is given to one, and told to all', async () => {
    const given = await Promise.all(Array.from({ length: 50 }, (_, n) => claims.claim('fifty', claim(n))));
    expect(new Set(given.map((documents) => JSON.stringify(documents))).size).toBe(1);
  });

  it('stays as it was made, whatever the key consists of', async () => {
    for (const key of ['a', 'a/0', '../a', 'ключ', 'k'.repeat(255)]) {
      const first = await claims.claim(key, claim(key.length));
      expect(await claims.claim(key, claim(-1))).toEqual(first);
      expect(first).toEqual(claim(key.length));
    }
  });
});

describe('a decision for a gate', () => {
  const decisions = createGateDecisions(storage);
  const created = new Date('2026-03-01T10:00:00Z');

  it('is read as it was made, and the first one counts', async () => {
    expect(await decisions.read('i', created, 1)).toBeUndefined();
    const first = { action: 'skip', by: 'Kim', reason: 'first', data: { amount: 1 } } as const;
    expect(await decisions.claim('i', created, 1, first)).toEqual(first);
    expect(await decisions.claim('i', created, 1, { action: 'retry', by: 'Robin' })).toEqual(first);
    expect(await decisions.read('i', created, 1)).toEqual(first);
  });

  it('is for one gate of one execution of one instance', async () => {
    await decisions.claim('a/b ü', created, 1, { action: 'abort', by: 'Kim' });
    expect(await decisions.read('a/b ü', created, 1)).toMatchObject({ action: 'abort' });
    expect(await decisions.read('a/b ü', created, 2)).toBeUndefined();
    expect(await decisions.read('a/b ü', new Date('2026-03-01T10:00:01Z'), 1)).toBeUndefined();
    expect(await decisions.read('a', created, 1)).toBeUndefined();
  });
});
