import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { classifyDocument } from '../../src/documents/classify-document.ts';
import { readText } from '../../src/documents/read-text.ts';
import { createSampleDocument, sampleDocuments } from '../../src/local/sample-documents.ts';

const expected: Readonly<Record<string, string>> = {
  'greenfield-receipt.pdf': 'receipt',
  'service-agreement.pdf': 'contract',
  'cedar-lane-purchase-order.pdf': 'purchase_order',
};

describe('the kind of a document', () => {
  test.each(sampleDocuments.map((sample) => [sample.name, sample] as const))('%s', async (name, sample) => {
    const { text } = await readText('pdf', await createSampleDocument(sample));
    const { category, confidence, cues } = classifyDocument(text);
    expect(category).toBe(expected[name] ?? 'invoice');
    expect(confidence).toBeGreaterThan(0.7);
    expect(cues).not.toHaveLength(0);
  });

  test.each(['workshop-spanish', 'workshop-italian', 'tea-polish', 'electrician-swedish', 'mobile-contract-french'])(
    '%s is an invoice',
    async (name) => {
      const text = await readFile(new URL(`look-alikes/${name}.txt`, import.meta.url), 'utf8');
      expect(classifyDocument(text).category).toBe('invoice');
    },
  );

  test('a letter about nothing of the kind is other, and not sure', () => {
    const { category, confidence } = classifyDocument(
      'Dear Ann, the garden is lovely this year. Come and see it. Yours, Tom',
    );
    expect(category).toBe('other');
    expect(confidence).toBeLessThan(0.8);
  });
});
