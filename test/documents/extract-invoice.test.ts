import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { computeDoubts } from '../../src/documents/doubts.ts';
import { extractInvoice } from '../../src/documents/extraction/extract-invoice.ts';
import { type Extraction, extractedFieldsSchema, extractionSchema } from '../../src/documents/fields.ts';
import { readText } from '../../src/documents/read-text.ts';
import { createSampleDocument, sampleDocuments } from '../../src/local/sample-documents.ts';

const expectationSchema = z.record(
  z.string(),
  z.looseObject({
    lineItems: z.number().optional(),
    /** Fields that the document leaves in doubt: they may be found, but not as sure. */
    unsure: z.array(extractedFieldsSchema.keyof()).default([]),
  }),
);

const readHere = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const lookAlikes = expectationSchema.parse(JSON.parse(readHere('look-alikes/expected.json')));
const sure = 0.8;

function valuesOf({ fields }: Extraction): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field?.value]));
}

describe('invoices of many countries and layouts', () => {
  test.each(Object.entries(lookAlikes))('%s', (name, { lineItems, unsure, ...expected }) => {
    const extraction = extractionSchema.parse(extractInvoice(readHere(`look-alikes/${name}.txt`)));
    expect(valuesOf(extraction)).toMatchObject(expected);
    expect(extraction.lineItems).toHaveLength(lineItems ?? extraction.lineItems.length);
    for (const field of unsure) expect(extraction.fields[field]?.confidence ?? 0).toBeLessThan(sure);
  });
});

const samples: Readonly<Record<string, object>> = {
  'harbor-pine-invoice.pdf': {
    invoiceNumber: 'HP-20417',
    issueDate: '2026-03-14',
    dueDate: '2026-04-13',
    purchaseOrderNumber: '88-1032',
    currency: 'USD',
    netAmount: 541.5,
    taxAmount: 43.32,
    totalAmount: 584.82,
    vendorName: 'Harbor & Pine Supply, Inc.',
    customerName: 'Cedar Lane Bakery LLC',
  },
  'nordlicht-rechnung.pdf': {
    invoiceNumber: 'RE-2026-0381',
    issueDate: '2026-02-03',
    dueDate: '2026-02-17',
    currency: 'EUR',
    netAmount: 2612.9,
    taxAmount: 496.45,
    totalAmount: 3109.35,
    vendorName: 'Nordlicht Werkzeugbau GmbH',
    customerName: 'Bäckerei Sonnenschein OHG',
    vatId: 'DE301448729',
    iban: 'DE89370400440532013000',
  },
  'molenzicht-factuur.pdf': {
    invoiceNumber: 'F2026-1184',
    issueDate: '2026-01-09',
    dueDate: '2026-01-23',
    currency: 'EUR',
    netAmount: 226,
    taxAmount: 22.26,
    totalAmount: 248.26,
    vendorName: 'Molenzicht Koffie B.V.',
    customerName: 'Café De Kade V.O.F.',
    vatId: 'NL823456789B01',
  },
  'atelier-brumaire-facture.pdf': {
    invoiceNumber: 'FA-2026-0093',
    issueDate: '2026-02-03',
    dueDate: '2026-03-05',
    purchaseOrderNumber: 'BC-5521',
    currency: 'EUR',
    netAmount: 1451,
    taxAmount: 290.2,
    totalAmount: 1741.2,
    vendorName: 'Atelier Brumaire SARL',
    customerName: 'Librairie du Parc SAS',
  },
};

describe('the sample invoices', () => {
  const invoices = sampleDocuments.filter(({ name }) => name in samples);

  test.each(invoices.map((sample) => [sample.name, sample] as const))(
    '%s is read from its layout and from its text, and is sure',
    async (name, sample) => {
      const { layout, text } = await readText('pdf', await createSampleDocument(sample));
      for (const source of [layout, text]) {
        const extraction = extractInvoice(source);
        expect(valuesOf(extraction)).toMatchObject(samples[name] ?? {});
        const { invoiceNumber, issueDate, currency, totalAmount, vendorName } = extraction.fields;
        for (const field of [invoiceNumber, issueDate, currency, totalAmount, vendorName]) {
          expect(field?.confidence).toBeGreaterThanOrEqual(sure);
          expect(field?.cues?.length).toBeGreaterThan(1);
        }
      }
    },
  );

  test('lines keep quantities, prices and tax rates', async () => {
    const dutch = sampleDocuments.find(({ name }) => name === 'molenzicht-factuur.pdf');
    const { text } = await readText('pdf', await createSampleDocument(dutch!));
    expect(extractInvoice(text).lineItems).toEqual([
      { description: 'Espressobonen donker 1 kg', quantity: 12, unitPrice: 17.5, taxRate: 9, amount: 210 },
      { description: 'Filterpapier 4x100', quantity: 5, unitPrice: 3.2, taxRate: 21, amount: 16 },
    ]);
  });

  test('a purchase order is dated by its order date, which dates no invoice', async () => {
    const order = sampleDocuments.find(({ name }) => name === 'cedar-lane-purchase-order.pdf');
    const { text } = await readText('pdf', await createSampleDocument(order!));
    const { fields } = extractInvoice(text, 'purchase_order');
    expect(computeDoubts('purchase_order', fields, sure)).toEqual([]);
    expect(fields.issueDate?.value).toBe('2026-03-02');
    expect(fieldsOf('Invoice No: A-104\nOrder Date: 2 March 2026\nInvoice Date: 9 March 2026').issueDate?.value).toBe(
      '2026-03-09',
    );
  });

  test('the unclear invoice leaves every field in doubt that needs a person', async () => {
    const unclear = sampleDocuments.find(({ name }) => name === 'unclear-invoice.pdf');
    const { fields } = extractInvoice((await readText('pdf', await createSampleDocument(unclear!))).text);
    expect(fields.issueDate?.cues).toContain('ambiguous-date-order');
    for (const field of [fields.issueDate, fields.totalAmount, fields.vendorName]) {
      expect(field?.confidence ?? 0).toBeLessThan(0.6);
    }
  });
});

const fieldsOf = (text: string) => extractInvoice(text).fields;

describe('what is easily mistaken', () => {
  test('a customer number beside the invoice number', () => {
    const { invoiceNumber } = fieldsOf(
      'Customer No: 778812     Order No: 5512\nInvoice No: A-104      Contract No: 9\n',
    );
    expect(invoiceNumber?.value).toBe('A-104');
  });

  test('a date of delivery, an order date and a period', () => {
    const { issueDate } = fieldsOf(
      'Order date: 2024-01-02\nDelivery date: 2024-01-05\nBilling period: 2024-01-01 - 2024-01-31\nInvoice date: 2024-02-01',
    );
    expect(issueDate?.value).toBe('2024-02-01');
  });

  test('a subtotal above the total, and what was already paid', () => {
    const { netAmount, totalAmount } = fieldsOf(
      'Subtotal    100.00\nVAT 20%     20.00\nTotal      120.00\nPaid      120.00\n',
    );
    expect([netAmount?.value, totalAmount?.value]).toEqual([100, 120]);
  });

  test('the customer, though a company with a legal form', () => {
    const { vendorName, customerName } = fieldsOf(
      'Bill to:\nBig Customer Ltd\n1 Long Road\n\nInvoice No: 12345\nTotal: $5.00',
    );
    expect(vendorName?.value).not.toBe('Big Customer Ltd');
    expect(customerName?.value).toBe('Big Customer Ltd');
  });

  test("the customer's own VAT number", () => {
    expect(fieldsOf('Your VAT number: NL001234567B01\nOur VAT number: DE301448729').vatId?.value).toBe('DE301448729');
  });

  test('an account number with wrong check digits', () => {
    expect(fieldsOf('IBAN DE88 3704 0044 0532 0130 00').iban).toBeUndefined();
  });

  test('a date that can be read two ways is doubtful until the document shows which way it counts', () => {
    const doubtful = fieldsOf('Invoice date: 03/08/2014').issueDate;
    expect(doubtful?.confidence).toBeLessThan(0.6);
    const shown = fieldsOf('Invoice date: 03/08/2014\nDue date: 03/28/2014').issueDate;
    expect(shown).toMatchObject({ value: '2014-03-08' });
    expect(shown?.confidence).toBeGreaterThan(doubtful?.confidence ?? 1);
  });

  test('two candidates that contradict each other are both doubted', () => {
    const one = fieldsOf('Invoice number: A-1001').invoiceNumber?.confidence ?? 0;
    const two = fieldsOf('Invoice number: A-1001\nInvoice number: B-2002').invoiceNumber?.confidence ?? 0;
    expect(two).toBeLessThan(one * 0.7);
  });
});
