import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { extractInvoice } from '../../src/documents/extraction/extract-invoice.ts';
import { scanAmounts } from '../../src/documents/extraction/scan-amounts.ts';
import { scanDates } from '../../src/documents/extraction/scan-dates.ts';
import { computeConfidence } from '../../src/documents/extraction/score.ts';
import { extractionSchema } from '../../src/documents/fields.ts';

const cents = fc.integer({ min: 0, max: 99_999_999 });

function format(value: number, group: string, decimal: string): string {
  const whole = String(Math.floor(value / 100)).replace(/\B(?=(?:\d{3})+$)/g, group);
  return `${whole}${decimal}${String(value % 100).padStart(2, '0')}`;
}

const money = (value: number) => format(value, ',', '.');

const long =
  (locale: string, month: 'long' | 'short' = 'long') =>
  (day: Date) =>
    new Intl.DateTimeFormat(locale, { day: 'numeric', month, year: 'numeric', timeZone: 'UTC' }).format(day);
const digits = (pattern: string) => (day: Date) => {
  const [year = '', month = '', date = ''] = day.toISOString().slice(0, 10).split('-');
  return pattern.replace('yyyy', year).replace('yy', year.slice(2)).replace('mm', month).replace('dd', date);
};

const confidences = (lines: readonly string[]) =>
  Object.entries(extractInvoice(lines.join('\n')).fields).map(([name, field]) => [name, field?.confidence]);

describe('an amount written in any supported way is read back', () => {
  const styles = [
    ['.', ','],
    [',', '.'],
    [' ', ','],
    ['\u00a0', ','],
    ['\u202f', ','],
    ["'", '.'],
    ['’', '.'],
    ['', ','],
    ['', '.'],
  ] as const;
  const surroundings = [
    '#',
    '€ #',
    '€#',
    '# €',
    '# EUR',
    'EUR #',
    '$#',
    'CHF #',
    'kr #',
    'Total: #',
    'Total # (incl. VAT)',
  ];

  test.each(styles)('grouped by "%s", decimals after "%s"', (group, decimal) => {
    fc.assert(
      fc.property(cents, fc.constantFrom(...surroundings), (value, around) => {
        const found = scanAmounts(around.replace('#', () => format(value, group, decimal)));
        expect(found.map((amount) => amount.value)).toEqual([value / 100]);
      }),
    );
  });

  test('in the Indian grouping', () => {
    fc.assert(
      fc.property(cents, (value) => {
        const text = new Intl.NumberFormat('en-IN', { minimumFractionDigits: 2 }).format(value / 100);
        expect(scanAmounts(`Rs. ${text}`).map((amount) => amount.value)).toEqual([value / 100]);
      }),
    );
  });

  test.each(['-#', '- #', '(#)', '#-', '-€#', '€ -#'])('negative as %s', (around) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999 }), (value) => {
        const [found] = scanAmounts(around.replace('#', () => format(value, '.', ',')));
        expect(found?.value).toBe(-value / 100);
      }),
    );
  });
});

describe('a date written in any supported way is read back', () => {
  const date = fc.date({ min: new Date('1990-01-01'), max: new Date('2069-12-31'), noInvalidDate: true });
  const written: Readonly<Record<string, (day: Date) => string>> = {
    ...Object.fromEntries(
      ['yyyy-mm-dd', 'yyyy/mm/dd', 'dd.mm.yyyy', 'dd.mm.yy', 'dd/mm/yyyy', 'mm/dd/yyyy', 'dd-mm-yyyy', 'dd/mm/yy'].map(
        (pattern) => [pattern, digits(pattern)],
      ),
    ),
    ...Object.fromEntries(
      ['en-US', 'en-GB', 'de', 'nl', 'fr', 'es', 'it', 'pt', 'sv', 'da', 'nb', 'pl', 'cs'].map((locale) => [
        `long, ${locale}`,
        long(locale),
      ]),
    ),
    ...Object.fromEntries(
      ['en-US', 'en-GB', 'nl', 'fr', 'it'].map((locale) => [`short, ${locale}`, long(locale, 'short')]),
    ),
  };

  test.each(Object.entries(written))('%s', (_name, write) => {
    fc.assert(
      fc.property(date, (day) => {
        const [found] = scanDates(`Date: ${write(day)}, page 1`);
        expect(found?.readings).toContain(day.toISOString().slice(0, 10));
      }),
    );
  });
});

describe('the extractor', () => {
  const fragment = fc.constantFrom(
    'Invoice No',
    'Total',
    'VAT 20%',
    '03/08/2014',
    '1.234,56 €',
    '$',
    'Rechnung',
    ':',
    '  ',
    '\t',
    '\n',
    '\f',
    '-',
    '|',
    'GmbH',
    'Bill to',
    'Qty',
    'Amount',
    'Description',
    '12',
    '£5.00',
    'IBAN',
    'DE89',
    'www.example.com',
  );

  test('answers for any text, in the form of the schema', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.oneof(fragment, fc.string()), { maxLength: 60 }).map((parts) => parts.join(' ')),
    );
    fc.assert(
      fc.property(text, (any) => {
        expect(extractionSchema.safeParse(extractInvoice(any)).error).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  const invoice = [
    'Acme Tools Ltd',
    'Invoice number: AT-1001',
    'Invoice date: 12 May 2022',
    'Description     Qty   Price   Amount',
    'Hammer           2    10.00    20.00',
    'Net total                      20.00',
    'VAT 20%                         4.00',
    'Total due                     £24.00',
  ];
  const remarks = [
    'Thank you for your business',
    'We are open all week',
    'Goods remain ours until paid for',
    'Visit us soon',
    'Made with care',
  ];

  test('is not made surer by the order of unrelated lines', () => {
    const expected = confidences([...invoice, ...remarks]);
    fc.assert(
      fc.property(fc.shuffledSubarray(remarks, { minLength: remarks.length }), (shuffled) => {
        expect(confidences([...invoice, ...shuffled])).toEqual(expected);
      }),
    );
  });

  test('is never sure of a total that its lines contradict', () => {
    const lines = fc.array(fc.integer({ min: 100, max: 500_000 }), { minLength: 1, maxLength: 6 });
    const label = fc.constantFrom('Total', 'Total due', 'Amount due', 'Grand total', 'Invoice total');
    fc.assert(
      fc.property(lines, label, fc.integer({ min: 10, max: 100_000 }), fc.boolean(), (amounts, label, off, withTax) => {
        const sum = amounts.reduce((total, amount) => total + amount, 0);
        const stated = sum + off;
        const tax = Math.round(stated * 0.2);
        const total = withTax ? stated + tax : stated;
        // The off total must not be the right one by way of the tax.
        fc.pre(Math.abs(total - sum) > 5);
        const { fields } = extractInvoice(
          [
            'Acme Tools Ltd',
            'Invoice number: AT-1001',
            'Description                Amount',
            ...amounts.map(
              (amount, index) => `Item ${String.fromCharCode(65 + index)}                  ${money(amount)}`,
            ),
            ...(withTax ? [`Subtotal                ${money(stated)}`, `VAT 20%                 ${money(tax)}`] : []),
            `${label}              ${money(total)}`,
          ].join('\n'),
        );
        expect(fields.totalAmount?.confidence ?? 0).toBeLessThan(0.8);
      }),
    );
  });
});

test('no single cue makes a value sure', () => {
  const cues = [
    'label',
    'total-words',
    'own-domain',
    'check-digits',
    'net-plus-tax-is-total',
    'currency-code',
  ] as const;
  for (const cue of cues) expect(computeConfidence([cue])).toBeLessThan(0.8);
});
