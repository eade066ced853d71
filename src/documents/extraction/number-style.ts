import type { Language } from './language.ts';
import { scanAmounts, type NumberStyle } from './scan-amounts.ts';

/** These write 1.234,50 or 1,234.50, so that "2 100,00" in them is a quantity and a price. */
const withoutSpaceGroups: ReadonlySet<Language> = new Set(['en', 'de', 'nl', 'it', 'da']);

export function inferNumberStyle(text: string, language: Language | undefined): NumberStyle {
  const spaceGroups = language === undefined || !withoutSpaceGroups.has(language);
  const separators = scanAmounts(text, { spaceGroups: false })
    .filter(({ decimals, isPercent }) => decimals === 2 && !isPercent)
    .map(({ decimalSeparator }) => decimalSeparator);
  const commas = separators.filter((separator) => separator === ',').length;
  const points = separators.filter((separator) => separator === '.').length;
  if (commas === points) return { spaceGroups };
  return { spaceGroups, decimalSeparator: commas > points ? ',' : '.' };
}
