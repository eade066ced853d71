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
  const found = view.rows.flatMap((row) =>
    lineRows.has(row.index)
      ? []
      : (money[row.index] ?? []).flatMap((item, index, inRow) => candidateOf(view, row, item, inRow, index, money)),
  );
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

function candidateOf(
  view: DocumentView,
  row: ViewRow,
  item: RowAmount,
  inRow: readonly RowAmount[],
  index: number,
  money: readonly RowAmount[][],
): AmountCandidate[] {
  // A sentence under a column belongs to no column.
  const heading = hasMeaningfulWords(item.cell.folded) ? undefined : columnMeaning(view, row, item.cell, money);
  const words = wordsBefore(row, item, inRow[index - 1]);
  const beside = amountMeaning(words);
  // In a row such as "VAT 20 % of 100.00: 20.00" or a table of rates, only the last amount is what the first words say.
  const isLast = index === inRow.length - 1;
  const meaning =
    heading && inRow.length > 1
      ? heading
      : isLast || inRow.length === 1 || hasOwnWords(item, inRow[index - 1])
        ? (beside ?? heading)
        : heading;
  if (!meaning) return [];
  const rate = /(\d{1,2}(?:[.,]\d{1,2})?) ?%/.exec(row.cells.map(({ text }) => text).join(' '))?.[1];
  return [
    {
      role: meaning.role,
      value: item.amount.value,
      cues: [
        ...wordCues(meaning),
        meaning === heading ? 'below-its-label' : 'beside-its-label',
        ...(item.amount.currency ? (['currency-marked'] as const) : []),
      ],
      ...(rate !== undefined && { rate: Number(rate.replace(',', '.')) }),
    },
  ];
}

function wordCues({ role, isWeak }: AmountMeaning): Cue[] {
  if (role === 'total') return [isWeak ? 'weak-total-words' : 'total-words'];
  if (role === 'net') return ['net-words'];
  return role === 'tax' ? ['tax-words'] : [];
}

function hasOwnWords(item: RowAmount, previous: RowAmount | undefined): boolean {
  const from = previous?.cell === item.cell ? previous.amount.end : 0;
  return /[a-z]{2}/.test(item.cell.folded.slice(from, item.amount.start));
}

/** The words an amount belongs to: those before it in its cell, else the nearest cell to its left that has any. */
function wordsBefore(row: ViewRow, item: RowAmount, previous: RowAmount | undefined): string {
  const from = previous?.cell === item.cell ? previous.amount.end : 0;
  const own = item.cell.folded.slice(from, item.amount.start);
  if (hasMeaningfulWords(own)) return own;
  const left = row.cells.slice(0, item.cell.index).findLast(({ folded }) => hasMeaningfulWords(folded));
  return `${left?.folded ?? ''} ${own}`;
}

function hasMeaningfulWords(folded: string): boolean {
  return /[a-z]{2}/.test(folded.replace(currencyWord, ''));
}

const headingReach = 14;

function columnMeaning(
  view: DocumentView,
  row: ViewRow,
  cell: ViewCell,
  money: readonly RowAmount[][],
): AmountMeaning | undefined {
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

/** A single cell above an amount heads a column only where its row has other headings beside it. */
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
