import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findSecrets, maskSecrets, redact, sensitive, withheld } from '../../src/saga/sensitive.ts';

const token = sensitive(z.string().trim().min(1));
const shown = '[redacted]';

describe('a sensitive field', () => {
  it.each([
    [
      'in an object',
      z.object({ token, name: z.string() }),
      { token: 't0ken-1', name: 'Ada' },
      { token: shown, name: 'Ada' },
    ],
    [
      'in an array',
      z.array(z.object({ token })),
      [{ token: 'a' }, { token: 'b' }],
      [{ token: shown }, { token: shown }],
    ],
    ['in a tuple', z.tuple([z.string(), token]).rest(token), ['a', 'b', 'c'], ['a', shown, shown]],
    ['in a record', z.record(z.string(), token), { a: 'x', b: 'y' }, { a: shown, b: shown }],
    ['that is optional and has a default', z.object({ t: token.optional().default('x') }), { t: 'a' }, { t: shown }],
    ['that is nullable', z.object({ t: token.nullable() }), { t: null }, { t: null }],
    ['that is refined after its mark', z.object({ t: token.max(5).refine(() => true) }), { t: 'a' }, { t: shown }],
    ['that is described after its mark', z.object({ t: token.describe('a card') }), { t: 'a' }, { t: shown }],
    ['that is transformed', z.object({ t: token.transform(Number) }), { t: 'a' }, { t: shown }],
    [
      'on either side of an intersection',
      z.intersection(z.object({ a: token }), z.object({ b: token })),
      { a: '1', b: '2' },
      { a: shown, b: shown },
    ],
    [
      'in an object that is extended',
      z.object({ token }).extend({ b: z.string() }),
      { token: 'a', b: 'b' },
      { token: shown, b: 'b' },
    ],
    [
      'that is a whole object',
      z.object({ card: sensitive(z.object({ no: z.string() })) }),
      { card: { no: '4' } },
      { card: shown },
    ],
    [
      'in what an object catches',
      z.object({ a: z.string() }).catchall(token),
      { a: 'a', b: 'b' },
      { a: 'a', b: shown },
    ],
    ['that is looked up late', z.lazy(() => z.object({ token })), { token: 'a' }, { token: shown }],
    ['among fields that nobody declared', z.object({ token }), { token: 'a', more: 1 }, { token: shown, more: 1 }],
    [
      'in a value that does not fit',
      z.object({ token, n: z.number() }),
      { token: 7, n: 'x' },
      { token: shown, n: 'x' },
    ],
    ['where anything may be', withheld, { a: { b: 1 } }, shown],
  ])('is redacted %s', (_, schema: z.ZodType, value, expected) => {
    expect(redact(schema, value)).toEqual(expected);
    expect(redact(schema, redact(schema, value))).toEqual(expected);
  });

  it('of a union is redacted where its option fits, and everywhere where none does', () => {
    const payment = z.discriminatedUnion('by', [
      z.object({ by: z.literal('card'), number: token }),
      z.object({ by: z.literal('invoice'), number: z.string() }),
    ]);
    expect(redact(payment, { by: 'invoice', number: '7' })).toEqual({ by: 'invoice', number: '7' });
    expect(redact(payment, { by: 'card', number: '7' })).toEqual({ by: 'card', number: shown });
    expect(redact(payment, { by: 'cheque', number: '7' })).toEqual({ by: 'cheque', number: shown });
  });

  it('says so in a JSON Schema', () => {
    expect(z.toJSONSchema(z.object({ token }))).toMatchObject({ properties: { token: { writeOnly: true } } });
  });
});

describe('a secret', () => {
  const schema = z.object({ token, pin: sensitive(z.string()) });

  it('is found again in texts that no schema speaks of, unless it is too short to be told from other words', () => {
    const secrets = findSecrets(schema, { token: 'tok_12345', pin: '12' });
    expect(maskSecrets({ error: ['12 cards like tok_12345'] }, secrets)).toEqual({ error: [`12 cards like ${shown}`] });
  });

  it('leaves no trace, whatever it is and wherever it stands', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6 }), fc.jsonValue(), fc.string(), (secret, other, around) => {
        fc.pre(!shown.includes(secret));
        const secrets = findSecrets(schema, { token: secret });
        const said = maskSecrets([other, `${around}${secret}`, { at: secret }], secrets);
        const texts: string[] = [];
        JSON.stringify(said, (_, value: unknown) => (typeof value === 'string' && texts.push(value), value));
        expect(texts.filter((text) => text.replaceAll(shown, '').includes(secret))).toEqual([]);
      }),
    );
  });
});
