import { amountMeaning, type AmountMeaning, type AmountRole } from './amount-words.ts';
import { isoCodes } from './currencies.ts';
import type { DocumentView, ViewCell, ViewRow } from './document-view.ts';
import { isMoney, scanAmounts, type FoundAmount, type NumberStyle } from './scan-amounts.ts';
import type { Candidate, Cue } from './score.ts';

export interface AmountCandidate extends Candidate<number> {
  readonly role: AmountRole;
  /** The tax rate printed beside the amount, in percent. */
  readonly rate?: number;
}

const currencyWord = new RegExp(`\\b(?:${isoCodes.join('|')}|kr|rs|euros?)\\b`, 'gi');

interface RowAmount {
  readonly cell: ViewCell;
  readonly amount: FoundAmount;
}

/** Amounts of money that their row's words or their column's heading call net, tax or total. */
export function amountCandidates(
  view: DocumentView,
  style: NumberStyle,
  lineRows: ReadonlySet<number>,
): AmountCandidate[] {
  const money = view.rows.map((row) => moneyOf(row, style));
  const largest = money.flat().reduce((most, { amount }) => Math.max(most, Math.abs(amount.value)), 0);
  const rows = view.rows.filter(({ index }) => !lineRows.has(index));
  const found = rows.flatMap((row) => candidatesOfRow({ view, row, money }));
  const times = new Map<string, number>();
  for (const { role, value } of found) times.set(`${role} ${value}`, (times.get(`${role} ${value}`) ?? 0) + 1);
  return found.map((candidate) => {
    const { role, value } = candidate;
    const isRepeated = (times.get(`${role} ${value}`) ?? 0) > 1;
    return withStanding(candidate, isRepeated, role === 'total' && Math.abs(value) === largest);
  });
}

/** Adds what an amount's standing among the others says. */
function withStanding(candidate: AmountCandidate, isRepeated: boolean, isLargest: boolean): AmountCandidate {
  const cues: Cue[] = [...candidate.cues];
  if (isLargest) cues.push('largest-amount');
  if (isRepeated) cues.push('repeated');
  return { ...candidate, cues };
}

interface RowContext {
  readonly view: DocumentView;
  readonly row: ViewRow;
  readonly money: readonly (readonly RowAmount[])[];
}

function candidatesOfRow(context: RowContext): AmountCandidate[] {
  const { row, money } = context;
  const inRow = money[row.index] ?? [];
  const rate = /(\d{1,2}(?:[.,]\d{1,2})?) ?%/.exec(row.cells.map(({ text }) => text).join(' '))?.[1];
  return inRow.flatMap((item, index) => {
    const heading = columnMeaning(context, item.cell);
    const beside = meaningBeside(row, inRow, index);
    const isTable = heading !== undefined && inRow.length > 1;
    const meaning = isTable ? heading : (beside ?? heading);
    if (!meaning) return [];
    const cues: Cue[] = [...wordCues(meaning), meaning === heading ? 'below-its-label' : 'beside-its-label'];
    if (item.amount.currency) cues.push('currency-marked');
    const { role } = meaning;
    return [{ role, value: item.amount.value, cues, ...(rate && { rate: Number(rate.replace(',', '.')) }) }];
  });
}

/** In a row such as "VAT 20 % of 100.00: 20.00", only the last amount is what the first words say. */
function meaningBeside(row: ViewRow, inRow: readonly RowAmount[], index: number): AmountMeaning | undefined {
  const item = inRow[index];
  if (!item) return undefined;
  const own = ownWords(item, inRow[index - 1]);
  const isMeant = index === inRow.length - 1 || /[a-z]{2}/.test(own);
  return isMeant ? amountMeaning(hasMeaningfulWords(own) ? own : `${wordsToTheLeft(row, item)} ${own}`) : undefined;
}

function wordCues({ role, isWeak }: AmountMeaning): Cue[] {
  if (role === 'total') return [isWeak ? 'weak-total-words' : 'total-words'];
  if (role === 'net') return ['net-words'];
  return role === 'tax' ? ['tax-words'] : [];
}

/** What stands before an amount in its cell, up to the amount before it. */
function ownWords(item: RowAmount, previous: RowAmount | undefined): string {
  return item.cell.folded.slice(previous?.cell === item.cell ? previous.amount.end : 0, item.amount.start);
}

function wordsToTheLeft(row: ViewRow, item: RowAmount): string {
  return row.cells.slice(0, item.cell.index).findLast(({ folded }) => hasMeaningfulWords(folded))?.folded ?? '';
}

function hasMeaningfulWords(folded: string): boolean {
  return /[a-z]{2}/.test(folded.replace(currencyWord, ''));
}

/** How many rows above an amount its column's heading may stand. */
const headingReach = 14;

function columnMeaning({ view, row, money }: RowContext, cell: ViewCell): AmountMeaning | undefined {
  // A sentence under a column belongs to no column.
  if (hasMeaningfulWords(cell.folded)) return undefined;
  for (const above of view.rows.slice(Math.max(0, row.index - headingReach), row.index).toReversed()) {
    if (above.page !== row.page) return undefined;
    const heading = above.cells.find((other) => Math.min(other.right, cell.right) > Math.max(other.left, cell.left));
    const hasMoney = (money[above.index] ?? []).length > 0;
    if (!hasMoney && heading && /[a-z]{2}/.test(heading.folded)) {
      return heading.folded.includes('%') || !isHeadingRow(above) ? undefined : amountMeaning(heading.folded);
    }
  }
  return undefined;
}

/** Words above an amount head its column where they stand alone, or beside other such headings. */
function isHeadingRow(row: ViewRow): boolean {
  return row.cells.filter(({ folded }) => amountMeaning(folded) !== undefined).length >= 2 || row.cells.length === 1;
}

function moneyOf(row: ViewRow, style: NumberStyle): RowAmount[] {
  return row.cells.flatMap((cell) =>
    scanAmounts(cell.text, style)
      .filter(isMoney)
      .map((amount) => ({ cell, amount })),
  );
}
