import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { prefill, readFacts } from '../../src/console/review-facts.ts';
import { fieldsOf, type JsonSchema, keyOf, readForm } from '../../src/console/schema-fields.ts';
import { extractionDecisionSchema } from '../../src/documents/corrections.ts';

const schemaOf = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema) as JsonSchema;
const decision = z.object({
  amount: z.number(),
  note: z.string().optional(),
  urgent: z.boolean().optional(),
  level: z.enum(['low', 'high']).nullable().optional(),
  lines: z.array(z.number()).optional(),
});

describe('a form made from a JSON Schema', () => {
  it('has a field of the right kind for each property', () => {
    expect(fieldsOf(schemaOf(decision)).map(({ kind, isRequired }) => [kind, isRequired])).toEqual([
      ['number', true],
      ['text', false],
      ['flag', false],
      ['choice', false],
      ['json', false],
    ]);
    expect(fieldsOf(schemaOf(z.unknown()))).toEqual([]);
  });

  it('reads values of the types that the schema asks for', () => {
    const fields = fieldsOf(schemaOf(decision));
    const read = readForm(fields, { amount: ' 12.5', urgent: 'true', level: 'high', lines: '[1, 2]' }, {});
    expect(read).toEqual({ ok: true, value: { amount: 12.5, urgent: true, level: 'high', lines: [1, 2] } });
    expect(decision.parse(read.ok && read.value)).toBeDefined();
  });

  it('names each field that cannot be read', () => {
    const fields = fieldsOf(schemaOf(decision));
    expect(readForm(fields, { lines: '[1' }, {})).toEqual({
      ok: false,
      errors: { amount: 'is needed', lines: 'is not valid JSON' },
    });
  });

  it('needs a text that the schema requires', () => {
    const fields = fieldsOf(schemaOf(z.object({ note: z.string() })));
    expect(readForm(fields, { note: ' ' }, {})).toEqual({ ok: false, errors: { note: 'is needed' } });
  });

  it('begins with what was found, and sends only what a person has changed', () => {
    const schema = schemaOf(extractionDecisionSchema);
    const fields = fieldsOf(schema);
    const facts = readFacts({
      category: 'invoice',
      doubts: ['totalAmount: only 22 % sure'],
      fields: { totalAmount: { value: 161, confidence: 0.22 }, vendorName: { value: 'Merrow', confidence: 0.5 } },
    });
    const found = prefill(fields, facts);
    expect(found).toEqual({
      'corrections.totalAmount': '161',
      'corrections.vendorName': 'Merrow',
      category: 'invoice',
    });
    expect(readForm(fields, found, found)).toEqual({ ok: true, value: undefined });
    const corrected = { ...found, 'corrections.totalAmount': '162.5', 'corrections.dueDate': '2026-05-30' };
    const read = readForm(fields, corrected, found);
    expect(read).toEqual({ ok: true, value: { corrections: { dueDate: '2026-05-30', totalAmount: 162.5 } } });
    expect(extractionDecisionSchema.safeParse(read.ok && read.value).success).toBe(true);
    expect(new Set(fields.map(keyOf)).size).toBe(fields.length);
  });
});
