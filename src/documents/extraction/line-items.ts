import type { LineItem } from '../fields.ts';
import { amountMeaning, isCarriedForward, isSum } from './amount-words.ts';
import { spanOf, type DocumentView, type ViewCell, type ViewRow } from './document-view.ts';
import { lineTableColumns, type Column, type ColumnKind } from './line-table.ts';
import { isMoney, scanAmounts, type FoundAmount, type NumberStyle } from './scan-amounts.ts';

export interface LineItems {
  readonly items: readonly LineItem[];
  /** Indexes of the rows taken by the items and their headings. */
  readonly rows: ReadonlySet<number>;
  /** Whether the headings say that the amounts are without tax. */
  readonly areNet: boolean;
}

/** A continuation of a description is this close to the line above it, in letter sizes. */
const continuationGap = 2.6;

/** Reads the tables of items by the columns their heading rows announce, page after page. */
export function readLineItems(view: DocumentView, style: NumberStyle): LineItems {
  const items: LineItem[] = [];
  const rows = new Set<number>();
  let columns: readonly Column[] | undefined;
  let last: ViewRow | undefined;
  let areNet = false;
  for (const row of view.rows) {
    if (last && last.page !== row.page) columns = undefined;
    const heading = hasMoney(row, style) ? undefined : lineTableColumns(row, view.rows[row.index + 1]);
    if (heading) {
      columns = heading;
      rows.add(row.index);
      areNet ||= saysWithoutTax(row) || saysWithoutTax(view.rows[row.index + 1]);
      last = undefined;
      continue;
    }
    if (!columns || row.cells.some(({ folded }) => isCarriedForward(folded))) continue;
    const values = readValues(row, columns, style);
    if (isSummary(row, values)) {
      columns = undefined;
      continue;
    }
    const isContinuation =
      last !== undefined &&
      values.amount === undefined &&
      row.y - last.y <= continuationGap * (row.cells[0]?.size ?? 1);
    const description = describe(row, columns, isContinuation);
    if (values.amount !== undefined && description !== '') {
      items.push({ description, ...values });
      rows.add(row.index);
      last = row;
    } else if (isContinuation && description !== '' && !hasMoney(row, style)) {
      appendToLast(items, description);
      last = row;
    }
  }
  return { items, rows, areNet };
}

function saysWithoutTax(row: ViewRow | undefined): boolean {
  return row?.cells.some(({ folded }) => amountMeaning(folded)?.role === 'net') ?? false;
}

type Values = Omit<LineItem, 'description'>;

function readValues(row: ViewRow, columns: readonly Column[], style: NumberStyle): Values {
  const found = row.cells.flatMap((cell) =>
    scanAmounts(cell.text, style).map((amount) => ({ amount, kind: kindOf(cell, amount, columns) })),
  );
  const of = (kind: ColumnKind, accepts: (amount: FoundAmount) => boolean) =>
    found.filter((each) => each.kind === kind && accepts(each.amount)).map((each) => each.amount.value);
  const [quantity] = of('quantity', ({ isPercent }) => !isPercent);
  const [unitPrice] = of(
    'unitPrice',
    ({ isPercent, decimals, currency }) => !isPercent && (decimals > 0 || currency !== undefined),
  );
  const taxRate =
    found.find(({ kind, amount }) => kind === 'taxRate' && amount.value <= 30)?.amount.value ??
    found.find(({ amount, kind }) => amount.isPercent && kind !== 'other')?.amount.value;
  const amounts = of('amount', isMoney);
  const product = quantity !== undefined && unitPrice !== undefined ? quantity * unitPrice : undefined;
  const amount =
    amounts.find((value) => product !== undefined && Math.abs(value - product) < 0.015) ??
    amounts.at(-1) ??
    (hasAmountColumn(columns) ? undefined : unitPrice);
  return {
    ...(quantity !== undefined && { quantity }),
    ...(unitPrice !== undefined && { unitPrice }),
    ...(taxRate !== undefined && { taxRate }),
    ...(amount !== undefined && { amount }),
  };
}

function hasAmountColumn(columns: readonly Column[]): boolean {
  return columns.some(({ kind }) => kind === 'amount');
}

/** The column a number stands in: the one it overlaps most, else the one with the nearest edge. */
function kindOf(cell: ViewCell, amount: FoundAmount, columns: readonly Column[]): ColumnKind | undefined {
  const [left, right] = spanOf(cell, amount.start, amount.end);
  const distance = (column: Column) => Math.max(column.left, left) - Math.min(column.right, right);
  const [nearest] = columns.toSorted((a, b) => distance(a) - distance(b));
  return nearest?.kind;
}

function describe(row: ViewRow, columns: readonly Column[], isContinuation: boolean): string {
  const at = columns.findIndex(({ kind }) => kind === 'description');
  const from = at > 0 ? (columns[at - 1]?.right ?? 0) : Number.NEGATIVE_INFINITY;
  const to = columns[at + 1]?.left ?? Number.POSITIVE_INFINITY;
  const inColumn = row.cells.filter((cell) => at < 0 || (cell.left >= from - cell.size && cell.left < to));
  return (at < 0 ? inColumn.slice(0, 1) : inColumn)
    .map(({ text }) => text)
    .filter((text) => isContinuation || /\p{L}/u.test(text))
    .join(' ');
}

/** A row of the totals under the table: words for a total, and nothing of what makes a line. */
function isSummary(row: ViewRow, values: Values): boolean {
  const isLine = values.quantity !== undefined && values.unitPrice !== undefined;
  return (
    !isLine &&
    values.amount !== undefined &&
    row.cells.some(({ folded, text }) => text.length < 50 && isSum(folded) && !/^\d/.test(folded))
  );
}

function appendToLast(items: LineItem[], more: string): void {
  const last = items.pop();
  if (last) items.push({ ...last, description: `${last.description}\n${more}` });
}

function hasMoney(row: ViewRow, style: NumberStyle): boolean {
  return row.cells.some(({ text }) => scanAmounts(text, style).some(isMoney));
}
