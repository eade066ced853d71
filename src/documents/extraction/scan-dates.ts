import { fold } from './fold.ts';

export interface FoundDate {
  readonly start: number;
  readonly end: number;
  /** As yyyy-MM-dd. Two where day and month could be swapped: day first, then month first. */
  readonly readings: readonly [string] | readonly [string, string];
  /** The separator of an all-digit date: '/' says the least about the order of day and month. */
  readonly separator?: string;
}

const monthNames: readonly string[] = [
  'january jan januar janner januari janvier janv enero ene gennaio gen janeiro stycznia styczen ledna tammikuuta',
  'february feb februar februari fevrier fevr fev febrero febbraio fevereiro lutego luty unora helmikuuta',
  'march mar marz maerz mrz maart mrt mars marts marzo marco marca marzec brezna maaliskuuta',
  'april apr avril avr abril abr aprile kwietnia kwiecien dubna huhtikuuta',
  'may mai mei mayo maggio mag maio maja maj kvetna toukokuuta',
  'june jun juni juin junio giugno giu junho czerwca czerwiec cervna kesakuuta',
  'july jul juli juillet juil julio luglio lug julho lipca lipiec cervence heinakuuta',
  'august aug augustus aout agosto ago augusti sierpnia sierpien srpna elokuuta',
  'september sept sep septembre septiembre settembre set setembro wrzesnia wrzesien zari syyskuuta',
  'october oct oktober okt octobre octubre ottobre ott outubro out pazdziernika pazdziernik rijna lokakuuta',
  'november nov novembre noviembre novembro listopada listopad listopadu marraskuuta',
  'december dec desember dezember dez decembre diciembre dic dicembre dezembro grudnia grudzien prosince joulukuuta',
];

const monthOf = new Map(
  monthNames.flatMap((names, index) => names.split(' ').map((name) => [name, index + 1] as const)),
);

const patterns = {
  yearFirst: /(?<![\d.])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\d])/g,
  yearFirstCjk: /(\d{4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?日/g,
  digits: /(?<![\d.,/-])(\d{1,2}) ?([-/.]) ?(\d{1,2}) ?\2 ?(\d{4}|\d{2})(?![\d]|[-/.]\d)/g,
  dayMonth:
    /(?<![\d.,])(\d{1,2})(?:st|nd|rd|th|er|o)?(?:\.| ?-| ?\/)? ?(?:de |of |den )?([a-z]{3,13})\.?(?: ?,| ?-| ?\/| de| del)? ?(\d{4}|'?\d{2})(?!\d|[.,:]\d| ?, ?\d{4})/g,
  monthDay: /(?<![a-z])([a-z]{3,13})\.? ?-?(\d{1,2})(?:st|nd|rd|th)?(?: ?,| ?-)? ?(\d{4})(?!\d)/g,
} as const;

/** Every date in a text, by its format alone; which reading holds, and what the date is of, others decide. */
export function scanDates(text: string): FoundDate[] {
  const folded = fold(text);
  const found: FoundDate[] = [];
  const add = (match: RegExpExecArray, readings: readonly (string | undefined)[], separator?: string) => {
    const [first, second] = [...new Set(readings.filter((reading) => reading !== undefined))];
    const span = { start: match.index, end: match.index + match[0].length };
    if (!first || found.some((other) => other.start < span.end && span.start < other.end)) return;
    found.push({ ...span, readings: second ? [first, second] : [first], ...(separator && { separator }) });
  };
  for (const match of folded.matchAll(patterns.yearFirst)) add(match, [toIso(match[1], match[3], match[4])]);
  for (const match of text.matchAll(patterns.yearFirstCjk)) add(match, [toIso(match[1], match[2], match[3])]);
  for (const match of folded.matchAll(patterns.digits)) {
    const [, one, separator, two, year] = match;
    // A dot puts the day first wherever it is used.
    const monthFirst = separator === '.' ? undefined : toIso(year, one, two);
    add(match, [toIso(year, two, one), monthFirst], separator);
  }
  for (const match of folded.matchAll(patterns.dayMonth)) {
    add(match, [toIso(match[3]?.replace("'", ''), monthOf.get(match[2] ?? ''), match[1])]);
  }
  for (const match of folded.matchAll(patterns.monthDay))
    add(match, [toIso(match[3], monthOf.get(match[1] ?? ''), match[2])]);
  return found.sort((a, b) => a.start - b.start);
}

function toIso(
  year: string | undefined,
  month: string | number | undefined,
  day: string | undefined,
): string | undefined {
  if (!year || !month || !day) return undefined;
  const [m, d] = [Number(month), Number(day)];
  const fullYear = year.length === 2 ? Number(year) + (Number(year) < 70 ? 2000 : 1900) : Number(year);
  const date = new Date(Date.UTC(fullYear, m - 1, d));
  const exists = date.getUTCMonth() === m - 1 && date.getUTCDate() === d && fullYear >= 1970 && fullYear < 2100;
  return exists ? date.toISOString().slice(0, 10) : undefined;
}
