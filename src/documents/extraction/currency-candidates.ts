import { currencyNames, currencyOfCountry, type CurrencyMark } from './currencies.ts';
import type { Language } from './language.ts';
import { isMoney, scanAmounts, type NumberStyle } from './scan-amounts.ts';
import type { Candidate, Cue } from './score.ts';

/** The usual currency of the countries where a language is mainly spoken; Spanish, Portuguese and English point to too many. */
const byLanguage: Partial<Record<Language, string>> = {
  de: 'EUR',
  nl: 'EUR',
  fr: 'EUR',
  it: 'EUR',
  sv: 'SEK',
  da: 'DKK',
  no: 'NOK',
  pl: 'PLN',
  cs: 'CZK',
};

/**
 * The currency by what stands beside the amounts, what the text names, and the countries of the vendor's VAT number and
 * account.
 */
export function currencyCandidates(
  text: string,
  style: NumberStyle,
  language: Language | undefined,
  countries: readonly string[],
): Candidate<string>[] {
  const money = scanAmounts(text, style).filter(isMoney);
  const marks = money.flatMap(({ currency }) => currency ?? []);
  const named = currencyNames(text);
  const ofCountries = countries.flatMap((country) => currencyOfCountry(country) ?? []);
  const usual = language && byLanguage[language];
  const hints = [...named.map(({ codes }) => codes[0]), ...ofCountries, usual];
  const candidates = [...marks, ...named].map((mark) => fromMark(mark, hints));
  const shares = new Map<string, number>();
  for (const { value } of marks.map((mark) => fromMark(mark, hints))) shares.set(value, (shares.get(value) ?? 0) + 1);
  const most = Math.max(0, ...shares.values());
  return [
    ...candidates.map(({ value, cues }) => {
      const isEverywhere = shares.get(value) === most && most > 1;
      const isMinor = most > 0 && (shares.get(value) ?? 0) < most / 2;
      return {
        value,
        cues: [
          ...cues,
          ...(isEverywhere ? (['currency-everywhere'] as const) : []),
          ...(isMinor ? (['minor-currency'] as const) : []),
        ],
      };
    }),
    ...ofCountries.map((value): Candidate<string> => ({ value, cues: ['currency-country'] })),
    ...(usual ? [{ value: usual, cues: ['currency-language'] as const }] : []),
  ];
}

function fromMark(mark: CurrencyMark, hints: readonly (string | undefined)[]): Candidate<string> {
  const [first = ''] = mark.codes;
  if (mark.codes.length === 1)
    return { value: first, cues: [/^[A-Z]{3}$/.test(mark.text) ? 'currency-code' : 'currency-symbol'] };
  const hinted = hints.find((code) => code !== undefined && mark.codes.includes(code));
  const cues: Cue[] = hinted === undefined ? ['currency-symbol', 'ambiguous-symbol'] : ['currency-symbol'];
  return { value: hinted ?? first, cues };
}
