import { generateKeyPairSync } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, sha256Of } from '../../src/audit/canonical-json.ts';
import { type ChainedEntry, chainEntries, type Trail } from '../../src/audit/chain.ts';
import { computeStateAt } from '../../src/audit/compute-state-at.ts';
import { createTrail } from '../../src/audit/create-trail.ts';
import { parseCsv, renderCsv } from '../../src/audit/csv.ts';
import { readTrail } from '../../src/audit/read-trail.ts';
import { renderJsonLines, renderTrail, trailFormats } from '../../src/audit/render-trail.ts';
import { createSigner, createVerifier } from '../../src/audit/signature.ts';
import { type TrailProblem, verifyTrail } from '../../src/audit/verify-trail.ts';
import { histories, history, recordedHistories } from './histories.ts';

const keyPair = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string,
  };
};

const trail = createTrail(history('reviewed'));
const state = computeStateAt(trail.entries, new Date('2026-11-21T11:58:07Z'));
const render = (entries: readonly unknown[]): string =>
  renderJsonLines({ ...trail, entries: entries as ChainedEntry[] });

const problemsOf = (text: string): readonly TrailProblem[] => {
  const verdict = verifyTrail(text);
  return verdict.ok ? [] : verdict.problems;
};
const found = (entries: readonly unknown[]) =>
  problemsOf(render(entries)).map(({ kind, sequence }) => [kind, sequence] as const);

const place = fc.nat(trail.entries.length - 1);

describe('an export as it was made', () => {
  it.each(['json', 'jsonl', 'csv'] as const)('is verified in every history: %s', (format) => {
    for (const instance of [...histories.values(), ...recordedHistories.map((recorded) => recorded.instance)]) {
      const made = createTrail(instance);
      const text = renderTrail(made, computeStateAt(made.entries, new Date('2026-11-21T11:58:07Z')), format);
      expect(verifyTrail(text)).toEqual({ ok: true, ...made, signature: 'none' });
    }
  });

  it('may be empty', () => {
    expect(verifyTrail(renderJsonLines(createTrail({ ...history('completed'), historyEvents: [] })))).toMatchObject({
      ok: true,
      head: { count: 0 },
    });
  });

  it('is told from what is none', () => {
    expect(problemsOf('')).toMatchObject([{ kind: 'unreadable', message: 'the file is empty' }]);
    expect(problemsOf(renderTrail(trail, state, 'html'))[0]?.message).toContain('a page for reading');
    expect(problemsOf('a,b\r\n1,2\r\n')[0]?.message).toContain("begins with 'a,b'");
    expect(problemsOf('{"head":1,"entries":2}')[0]?.message).toContain('no export of a trail');
    expect(problemsOf('{"some":"json"}')).toMatchObject([{ kind: 'head' }]);
  });
});

describe('tampering', () => {
  it('with any value of any entry is found, and where', () => {
    fc.assert(
      fc.property(place, fc.nat(), fc.string({ minLength: 1 }), (n, pick, addition) => {
        const entry = { ...trail.entries[n] } as Record<string, unknown>;
        const names = Object.keys(entry).filter((name) => typeof entry[name] === 'string');
        const name = names[pick % names.length] ?? 'summary';
        entry[name] = `${String(entry[name])}${addition}`;
        expect(problemsOf(render(trail.entries.with(n, entry as ChainedEntry))).length).toBeGreaterThan(0);
      }),
    );
    const reason = trail.entries.map((entry) => (entry.actor === 'Ada' ? { ...entry, actor: 'Eve' } : entry));
    expect(found(reason)).toEqual([['changed', 13]]);
    expect(found(trail.entries.with(2, { ...trail.entries[2]!, sequence: 4 }))).toContainEqual(['changed', 4]);
    expect(found([...trail.entries.slice(0, 3), { no: 'entry' }, ...trail.entries.slice(4)])).toEqual([
      ['unreadable', undefined],
      ['missing', 4],
    ]);
  });

  it('by adding to, or taking from, what an entry says is found', () => {
    const decided = trail.entries[12]!;
    const { reason: _, ...without } = decided;
    expect(found(trail.entries.with(12, without))).toEqual([['changed', 13]]);
    expect(found(trail.entries.with(12, { ...decided, correlationId: 'x' }))).toEqual([['changed', 13]]);
    expect(found(trail.entries.with(12, { ...decided, note: 'x' } as ChainedEntry))[0]?.[0]).toBe('unreadable');
  });

  it('by removal is found, and what is gone', () => {
    fc.assert(
      fc.property(fc.uniqueArray(place, { minLength: 1 }), (gone) => {
        const sequences = gone.map((n) => n + 1).sort((a, b) => a - b);
        const problems = found(trail.entries.filter((_, n) => !gone.includes(n)));
        for (const [kind] of problems) expect(['missing', 'truncated']).toContain(kind);
        const cut = problems.find(([kind]) => kind === 'truncated')?.[1] ?? Infinity;
        const missing = problems.flatMap(([kind, sequence]) => (kind === 'missing' ? [sequence] : []));
        expect(missing).toEqual(sequences.filter((sequence) => sequence < cut));
      }),
    );
  });

  it('by truncation is found, and from where', () => {
    fc.assert(
      fc.property(place, (kept) => {
        expect(found(trail.entries.slice(0, kept))).toEqual([['truncated', kept + 1]]);
      }),
    );
  });

  it('by moving is found, and what was moved', () => {
    fc.assert(
      fc.property(place, place, (from, to) => {
        fc.pre(from !== to);
        const moved = trail.entries.toSpliced(from, 1).toSpliced(to, 0, trail.entries[from]!);
        const kinds = new Set(found(moved).map(([kind]) => kind));
        expect(kinds).toEqual(new Set(['moved']));
      }),
    );
  });

  it('by repeating is found', () => {
    fc.assert(
      fc.property(place, place, (which, where) => {
        const repeated = trail.entries.toSpliced(where, 0, trail.entries[which]!);
        expect(found(repeated)).toContainEqual(['duplicate', which + 1]);
      }),
    );
  });

  it('by putting in a forged entry is found, even when its own hash is right', () => {
    fc.assert(
      fc.property(place, (n) => {
        const forged = rehash({ ...trail.entries[n]!, sequence: trail.entries.length + 1, summary: 'forged' });
        expect(found(trail.entries.toSpliced(n, 0, forged))).toContainEqual(['inserted', forged.sequence]);
      }),
    );
  });

  it('by replacing an entry together with its hash is found', () => {
    fc.assert(
      fc.property(place, (n) => {
        const replaced = rehash({ ...trail.entries[n]!, summary: 'nothing happened' });
        expect(found(trail.entries.with(n, replaced)).map(([kind]) => kind)).toEqual(['replaced']);
      }),
    );
  });

  it('with the head is found', () => {
    const withHead = (change: Partial<Trail['head']>) =>
      problemsOf(renderJsonLines({ ...trail, head: { ...trail.head, ...change } })).map(({ kind }) => kind);
    expect(withHead({ saga: 'another' })).toContain('head');
    expect(withHead({ count: 3 })).toContain('head');
    expect(withHead({ hash: sha256Of('x') })).toEqual(['head']);
    expect(problemsOf(renderJsonLines(trail).split('\n').slice(1).join('\n'))).toMatchObject([{ kind: 'head' }]);
  });

  it('by putting the entries of one instance under the head of another is found', () => {
    const other = createTrail({ ...history('reviewed'), instanceId: 'another' });
    const mixed = renderJsonLines({ head: other.head, entries: trail.entries });
    expect(problemsOf(mixed).map(({ kind, sequence }) => [kind, sequence])).toEqual([
      ['replaced', 1],
      ['replaced', 20],
    ]);
  });

  it('with the state in a JSON export is found', () => {
    const text = renderTrail(trail, { ...state, phase: 'completed' }, 'json');
    expect(problemsOf(text)).toMatchObject([{ kind: 'state' }]);
  });

  it('with what npm writes before it is refused with the way to export it', () => {
    const [problem] = problemsOf(
      `\n> durable-saga@0.1.0 audit\n> node "audit.ts" export ID\n\n${render(trail.entries)}`,
    );
    expect(problem?.message).toMatch(/begins with '> durable-saga@0\.1\.0 audit'.*npm run --silent/);
  });

  it('with any cell of a CSV export is found', () => {
    const rows = parseCsv(renderTrail(trail, state, 'csv'));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: rows.length - 1 }),
        fc.nat(),
        fc.string({ minLength: 1 }),
        (n, pick, cell) => {
          const row = rows[n]!;
          const column = pick % row.length;
          fc.pre(cell.trim() !== (row[column] ?? ''));
          const changed = rows.with(n, row.with(column, cell));
          expect(verifyTrail(renderCsv(changed)).ok).toBe(false);
        },
      ),
    );
  });
});

describe('a signature', () => {
  const ours = keyPair();
  const signed = createTrail(history('rewound'), createSigner(ours.privateKey));
  const text = renderJsonLines(signed);

  it('is told from none, and is right by the public key alone', () => {
    expect(verifyTrail(text)).toMatchObject({ ok: true, signature: 'unchecked' });
    for (const format of trailFormats.filter((each) => each !== 'html')) {
      const exported = renderTrail(signed, computeStateAt(signed.entries, new Date()), format);
      expect(verifyTrail(exported, createVerifier(ours.publicKey))).toMatchObject({ ok: true, signature: 'valid' });
    }
  });

  it('finds a trail that was made anew as a whole, a foreign key, and a signature that is missing', () => {
    const verifier = createVerifier(ours.publicKey);
    const entries = readTrail(history('rewound')).map((entry) => ({ ...entry, actor: 'Eve' }));
    const forged = chainEntries(history('rewound'), entries);
    expect(verifyTrail(renderJsonLines(forged))).toMatchObject({ ok: true, signature: 'none' });
    const kept = { ...forged, head: { ...forged.head, signature: signed.head.signature } };
    const foreign = chainEntries(history('rewound'), entries, createSigner(keyPair().privateKey));
    const kinds = [forged, kept, foreign].map((trail) => {
      const verdict = verifyTrail(renderJsonLines(trail), verifier);
      return verdict.ok ? [] : verdict.problems.map(({ kind }) => kind);
    });
    expect(kinds).toEqual([['unsigned'], ['signature'], ['signature']]);
  });

  it('asks for the right kind of key, and never shows it', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
    expect(() => createSigner(rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string)).toThrow(/type rsa/);
    expect(() => createSigner('secret')).toThrow(/^the key cannot be read \((?!.*secret).*openssl genpkey/);
    expect(() => createVerifier(ours.privateKey)).toThrow(/^the key is a private one.*openssl pkey -pubout/);
    expect(createSigner(ours.privateKey.replaceAll('\n', '\\n'))('x').keyId).toBe(signed.head.signature?.keyId);
  });
});

describe('the texts below', () => {
  it('canonical JSON is the same for the same value, and JSON', () => {
    expect(canonicalJson({ b: [1, { z: null, a: 'ü"\n' }], a: 1e21, c: undefined })).toBe(
      '{"a":1e+21,"b":[1,{"a":"ü\\"\\n","z":null}]}',
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it('CSV comes back as it was, and no cell begins as a formula does', () => {
    const cell = fc.option(fc.oneof(fc.string(), fc.constantFrom('=1+1', '+1', '-1', '@x', "'", '\t', 'a,"b"\r\nc')), {
      nil: undefined,
    });
    const table = fc
      .integer({ min: 2, max: 5 })
      .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width })));
    fc.assert(
      fc.property(table, (rows) => {
        const text = renderCsv(rows);
        expect(parseCsv(text)).toEqual(rows);
        for (const cell of rows.flat()) expect(renderCsv([[cell]])).not.toMatch(/^"?[=+\-@\t]/);
      }),
    );
    expect(renderTrail(trail, state, 'csv')).toContain("'=read from the paper");
  });

  it('the page shows what people wrote as text', () => {
    const hostile = createTrail({ ...history('completed'), name: '<script>alert("1")</script>' });
    const page = renderTrail(hostile, state, 'html');
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
  });
});

function rehash(entry: ChainedEntry): ChainedEntry {
  return { ...entry, hash: sha256Of({ ...entry, hash: undefined }) };
}
