import { placesOf, type DocumentView, type ViewCell } from './document-view.ts';
import { scanDates, type FoundDate } from './scan-dates.ts';
import type { Candidate, Cue } from './score.ts';

/** Which of day and month comes first in dates like 03/08/2014. */
export type DateOrder = 'day-first' | 'month-first';

type DateLabel = 'issueDate' | 'orderDate' | 'dueDate';

interface LabelledDate {
  readonly date: FoundDate;
  readonly cues: readonly Cue[];
}

/** How far behind its label a date may begin, in characters: "Total amount due on …", "Rechnung Nr. 4711 vom …". */
const leeway = 12;

export function dateCandidates(
  view: DocumentView,
  kind: DateLabel,
  order: DateOrder | undefined,
  lineRows: ReadonlySet<number>,
): Candidate<string>[] {
  const found = labelledDates(view, kind, lineRows);
  const isSure = found.some(({ cues }) => cues.includes('label'));
  // "Date" counts only where no label says of what.
  const counted = isSure ? found.filter(({ cues }) => cues.includes('label')) : found;
  return counted.map(({ date, cues }) => {
    const reading = readDate(date, order);
    return { value: reading.value, cues: [...cues, ...reading.cues] };
  });
}

/** The only date of a document, apart from its due date, is the likeliest date of issue, but a guess. */
export function onlyDate(
  view: DocumentView,
  order: DateOrder | undefined,
  dueDate: string | undefined,
): Candidate<string>[] {
  const readings = scanDates(view.text).map((date) => readDate(date, order));
  const others = readings.filter(({ value }) => value !== dueDate);
  const [only] = others;
  return only && others.every(({ value }) => value === only.value)
    ? [{ value: only.value, cues: ['only-date', ...only.cues] }]
    : [];
}

function readDate(date: FoundDate, order: DateOrder | undefined): Candidate<string> {
  const [dayFirst, monthFirst] = date.readings;
  if (monthFirst === undefined) return { value: dayFirst, cues: ['unambiguous-date'] };
  if (order === undefined) return { value: dayFirst, cues: ['ambiguous-date-order'] };
  return { value: order === 'day-first' ? dayFirst : monthFirst, cues: ['date-order-known'] };
}

/** The upper part of the first page, where a document says what it is. */
function isInHead(view: DocumentView, cell: ViewCell): boolean {
  const row = view.rows[cell.row];
  return row !== undefined && row.page === 0 && row.depth < 0.45;
}

function labelledDates(view: DocumentView, kind: DateLabel, lineRows: ReadonlySet<number>): LabelledDate[] {
  const labelled = placesOf(view, kind).filter(({ cell }) => !lineRows.has(cell.row));
  return labelled.flatMap(({ label, places }) => {
    for (const { cell, from, relation } of places) {
      const date = scanDates(cell.text).find(({ start }) => start >= from);
      const isNear =
        date &&
        date.start - from <= leeway &&
        !cell.labels.some((other) => other.start > label.start && other.end <= date.start && relation === 'after');
      if (date && isNear) {
        const cues: Cue[] = [
          label.isWeak ? 'weak-label' : 'label',
          relation === 'below' ? 'below-its-label' : 'beside-its-label',
          ...(isInHead(view, cell) ? (['document-head'] as const) : []),
        ];
        return [{ date, cues }];
      }
    }
    return [];
  });
}

/**
 * The order of day and month: from a date in the document that allows only one, else from the language and the country.
 * Undefined where these say nothing or contradict each other.
 */
export function inferDateOrder(
  view: DocumentView,
  language: string | undefined,
  countries: readonly string[],
): DateOrder | undefined {
  const written = scanDates(view.text).filter(({ separator }) => separator === '/' || separator === '-');
  const orders = new Set(written.flatMap((date) => orderShown(view.text, date)));
  if (orders.size > 0) return orders.size === 1 ? [...orders][0] : undefined;
  if (language !== undefined && language !== 'en') return 'day-first';
  const isMonthFirst = countries.includes('US');
  const isDayFirst = countries.some((country) => !bothOrders.has(country));
  if (isDayFirst === isMonthFirst) return undefined;
  return isDayFirst ? 'day-first' : 'month-first';
}

/** English-speaking countries where 03/08 may be either. */
const bothOrders: ReadonlySet<string> = new Set(['US', 'CA']);

function orderShown(text: string, date: FoundDate): DateOrder[] {
  const [first = 0, second = 0] = text.slice(date.start, date.end).split(/\D+/).map(Number);
  if (first > 31 || first === second) return [];
  if (first > 12) return ['day-first'];
  return second > 12 ? ['month-first'] : [];
}

/** "14 days net", "zahlbar innerhalb 30 Tagen", "à 30 jours": the days a document gives for payment. */
export function paymentTermDays(folded: string): number[] {
  return [...folded.matchAll(paymentTerm)].map((match) => Number(match[1] ?? match[2]));
}

const paymentTerm =
  /\bnet(?:to)? (\d{1,3})\b|(?<![\d.,])(\d{1,3}) (?:days?|tagen?|dagen|jours|dias|giorni|dager|dagar|dni|dnu)\b/g;

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}
