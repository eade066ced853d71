/** A currency as printed beside an amount: an ISO code says which it is, a symbol may leave several. */
export interface CurrencyMark {
  readonly text: string;
  /** ISO 4217, the likeliest first. */
  readonly codes: readonly string[];
}

export const isoCodes: readonly string[] =
  'EUR USD GBP CHF SEK NOK DKK PLN CZK HUF RON BGN ISK CAD AUD NZD JPY CNY HKD SGD INR BRL MXN ZAR TRY ILS AED SAR KRW THB MYR IDR PHP UAH RUB CLP COP ARS'.split(
    ' ',
  );

const marks: readonly CurrencyMark[] = [
  ...isoCodes.map((code) => ({ text: code, codes: [code] })),
  { text: 'US$', codes: ['USD'] },
  { text: 'CA$', codes: ['CAD'] },
  { text: 'C$', codes: ['CAD'] },
  { text: 'A$', codes: ['AUD'] },
  { text: 'AU$', codes: ['AUD'] },
  { text: 'NZ$', codes: ['NZD'] },
  { text: 'HK$', codes: ['HKD'] },
  { text: 'S$', codes: ['SGD'] },
  { text: 'R$', codes: ['BRL'] },
  { text: '$', codes: ['USD', 'CAD', 'AUD', 'NZD', 'HKD', 'SGD', 'MXN'] },
  { text: '€', codes: ['EUR'] },
  ...['Euro', 'euro', 'EURO', 'Euros', 'euros'].map((text) => ({ text, codes: ['EUR'] })),
  { text: '£', codes: ['GBP'] },
  { text: '¥', codes: ['JPY', 'CNY'] },
  { text: '円', codes: ['JPY'] },
  { text: '₹', codes: ['INR'] },
  { text: 'Rs.', codes: ['INR'] },
  { text: 'Rs', codes: ['INR'] },
  { text: 'Fr.', codes: ['CHF'] },
  { text: 'SFr.', codes: ['CHF'] },
  ...['kr', 'kr.', 'Kr', 'Kr.', 'KR'].map((text) => ({ text, codes: ['SEK', 'NOK', 'DKK', 'ISK'] })),
  { text: 'zł', codes: ['PLN'] },
  { text: 'Kč', codes: ['CZK'] },
  { text: 'Ft', codes: ['HUF'] },
  { text: 'lei', codes: ['RON'] },
  { text: '₺', codes: ['TRY'] },
  { text: '₪', codes: ['ILS'] },
  { text: '₩', codes: ['KRW'] },
  { text: '₴', codes: ['UAH'] },
  { text: '฿', codes: ['THB'] },
];

const byText = new Map(marks.map((mark) => [mark.text, mark]));
const alternatives = marks
  .map(({ text }) => text.replace(/[$.]/g, '\\$&'))
  .sort((a, b) => b.length - a.length)
  .join('|');
const markBefore = new RegExp(`(?<![\\p{L}\\p{Sc}])(${alternatives})[ \\u00a0]?[-–−(]?[ \\u00a0]?$`, 'u');
const markAfter = new RegExp(`^[ \\u00a0]?(?:,-{1,2} ?)?-?\\)?(${alternatives})(?![\\p{L}])`, 'u');
const markAnywhere = new RegExp(`(?<![\\p{L}])(${isoCodes.join('|')}|€|£|₹)(?![\\p{L}])`, 'gu');

/** The currency printed directly before or after a number. */
export function currencyMark(before: string, after: string): CurrencyMark | undefined {
  const text = markBefore.exec(before.slice(-10))?.[1] ?? markAfter.exec(after.slice(0, 12))?.[1];
  return text === undefined ? undefined : byText.get(text);
}

/** Currencies named in a text away from any number, as in "Total EUR" or "all amounts in USD". */
export function currencyNames(text: string): readonly CurrencyMark[] {
  const spelt = spelledOut
    .filter(({ pattern }) => pattern.test(text))
    .map(({ code }) => ({ text: code, codes: [code] }));
  return [...text.matchAll(markAnywhere)].flatMap((match) => byText.get(match[1] ?? '') ?? []).concat(spelt);
}

const spelledOut: readonly { readonly pattern: RegExp; readonly code: string }[] = [
  { pattern: /\bUS dollars?\b/i, code: 'USD' },
  { pattern: /\beuros?\b/i, code: 'EUR' },
  { pattern: /\bpounds? sterling\b/i, code: 'GBP' },
  { pattern: /\b(?:Indian )?rupees?\b/i, code: 'INR' },
  { pattern: /\bSwiss francs?\b/i, code: 'CHF' },
];

const currencyByCountry: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    'AT BE CY DE EE ES FI FR GR EL HR IE IT LT LU LV MT NL PT SI SK'.split(' ').map((country) => [country, 'EUR']),
  ),
  GB: 'GBP',
  CH: 'CHF',
  LI: 'CHF',
  SE: 'SEK',
  NO: 'NOK',
  DK: 'DKK',
  PL: 'PLN',
  CZ: 'CZK',
  HU: 'HUF',
  RO: 'RON',
  US: 'USD',
  IN: 'INR',
  CA: 'CAD',
  AU: 'AUD',
  NZ: 'NZD',
  SG: 'SGD',
  JP: 'JPY',
  CN: 'CNY',
  ZA: 'ZAR',
};

/** The currency of a country, by ISO 3166-1 or the two letters that begin a VAT number. */
export function currencyOfCountry(country: string): string | undefined {
  return currencyByCountry[country];
}
