import { currencyMark, type CurrencyMark } from './currencies.ts';
import { scanDates } from './scan-dates.ts';

export interface FoundAmount {
  readonly start: number;
  readonly end: number;
  readonly value: number;
  /** Digits after the decimal separator. */
  readonly decimals: number;
  readonly decimalSeparator?: '.' | ',';
  /** The separator may group thousands instead ("1.234"); the value is read as grouped. */
  readonly ambiguous: boolean;
  readonly currency?: CurrencyMark;
  readonly isPercent: boolean;
}

/** How a document writes its numbers, learnt from the numbers that leave no choice. */
export interface NumberStyle {
  readonly decimalSeparator?: '.' | ',';
  /** Whether "1 234,50" is one number. */
  readonly spaceGroups: boolean;
}

const numberRun = /\d(?:[\d.,'’\u00a0\u202f]*\d)?/g;
const numberRunWithSpaces = /\d{1,3}(?: \d{3})+(?:[.,]\d{1,4})?(?!\d)|\d(?:[\d.,'’\u00a0\u202f]*\d)?/g;

/** Every number that can stand for money, a quantity or a percentage; dates, phone numbers and codes are left out. */
export function scanAmounts(text: string, style: NumberStyle = { spaceGroups: true }): FoundAmount[] {
  const dates = scanDates(text);
  const found: FoundAmount[] = [];
  for (const match of text.matchAll(style.spaceGroups ? numberRunWithSpaces : numberRun)) {
    const [start, end] = [match.index, match.index + match[0].length];
    if (dates.some((date) => date.start < end && start < date.end)) continue;
    const number = readNumber(match[0], style);
    const amount = number && withSurroundings(text, start, end, number);
    if (amount) found.push(amount);
  }
  return found;
}

export function isMoney(amount: FoundAmount): boolean {
  return !amount.isPercent && (amount.decimals === 2 || amount.currency !== undefined);
}

interface ReadNumber {
  readonly value: number;
  readonly decimals: number;
  readonly decimalSeparator?: '.' | ',';
  readonly ambiguous: boolean;
}

function readNumber(run: string, style: NumberStyle): ReadNumber | undefined {
  const separators = run.replace(/\d/g, '').split('');
  const last = separators.at(-1);
  const tail = last ? run.slice(run.lastIndexOf(last) + 1) : '';
  const decimalSeparator = decimalOf(separators, tail, run, style);
  const whole = decimalSeparator ? run.slice(0, run.lastIndexOf(decimalSeparator)) : run;
  if (!isGrouped(whole)) return undefined;
  const digits = whole.replace(/\D/g, '');
  if (digits.length > 12) return undefined;
  if (!decimalSeparator) {
    const ambiguous = separators.length === 1 && (last === '.' || last === ',') && style.decimalSeparator === undefined;
    return { value: Number(digits), decimals: 0, ambiguous };
  }
  return { value: Number(`${digits}.${tail}`), decimals: tail.length, decimalSeparator, ambiguous: false };
}

function decimalOf(separators: string[], tail: string, run: string, style: NumberStyle): '.' | ',' | undefined {
  const last = separators.at(-1);
  if (last !== '.' && last !== ',') return undefined;
  if (separators.filter((separator) => separator === last).length > 1) return undefined;
  const couldGroup = tail.length === 3 && /^[1-9]\d{0,2}\D/.test(run) && separators.length === 1;
  return couldGroup && style.decimalSeparator !== last ? undefined : last;
}

/** Groups of three, or India's groups of two before a last one of three, all with the same separator. */
function isGrouped(whole: string): boolean {
  return (
    /^\d+$/.test(whole) ||
    /^\d{1,3}([.,'’\u00a0\u202f ])\d{3}(?:\1\d{3})*$/.test(whole) ||
    /^\d{1,2}(?:,\d{2})+,\d{3}$/.test(whole)
  );
}

function withSurroundings(text: string, start: number, end: number, number: ReadNumber): FoundAmount | undefined {
  const before = text.slice(0, start);
  const after = text.slice(end);
  const currency = currencyMark(before, after);
  const dashDecimals = /^,(?:--?|–|—)(?!\w)/.exec(after);
  const stop = end + (dashDecimals?.[0].length ?? 0);
  const isPercent = /^ ?%/.test(after);
  if (!currency && (/[\p{L}\d_#@+/:.]$/u.test(before) || /[\p{L}\d]-$/u.test(before))) return undefined;
  if (!currency && /^(?:[\p{L}_/:]|[-/.]\d|-\p{L})/u.test(after.replace(/^-(?!\S)/, ''))) return undefined;
  const isNegative =
    /(?:^|[^\p{L}\d])[-–−] ?(?:\p{Sc}|[A-Z]{3})? ?$/u.test(before) ||
    /^-(?![\d-])/.test(after) ||
    (/\([^()]{0,5}$/.test(before) && /^[^()]{0,5}\)/.test(after) && !isPercent);
  return {
    start,
    end: stop,
    value: isNegative && number.value !== 0 ? -number.value : number.value,
    decimals: dashDecimals ? 2 : number.decimals,
    ...(number.decimalSeparator && { decimalSeparator: number.decimalSeparator }),
    ambiguous: number.ambiguous && !dashDecimals,
    ...(currency && { currency }),
    isPercent,
  };
}
