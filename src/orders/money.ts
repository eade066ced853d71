const digitsOf = new Map<string, number>();

/** ISO 4217 codes. */
export const isCurrency = (code: string): boolean => currencies.has(code);

const currencies = new Set(Intl.supportedValuesOf('currency'));

/** How many decimals a currency has: 2 for EUR, 0 for JPY, 3 for KWD (ISO 4217). */
export function fractionDigits(currency: string): number {
  const known = digitsOf.get(currency);
  if (known !== undefined) return known;
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;
  digitsOf.set(currency, digits ?? 2);
  return digits ?? 2;
}

export const fitsCurrency = (amount: number, currency: string): boolean =>
  Number(amount.toFixed(fractionDigits(currency))) === amount;

/** Counted in minor units, so that 3 times 0.1 is 0.3. */
export function computeTotal(
  lines: readonly { readonly quantity: number; readonly unitPrice: number }[],
  currency: string,
): number {
  const scale = 10 ** fractionDigits(currency);
  return lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * Math.round(unitPrice * scale), 0) / scale;
}
