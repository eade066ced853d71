import { placesOf, type DocumentView, type ViewCell } from './document-view.ts';
import type { Label } from './labels.ts';
import { scanDates } from './scan-dates.ts';
import { findCompanyNames, partSeparator } from './company-names.ts';

export interface AddressBlock {
  readonly cells: readonly ViewCell[];
  /** What says that this is a customer's address. */
  readonly cue: 'customer-label' | 'address-block';
  /** Goods are delivered here; who pays may be somebody else. */
  readonly isDelivery: boolean;
}

const alignment = 6;
const lineGap = 2.4;
const longestBlock = 9;

/** The customer's addresses: under or beside a label such as "Bill to", or under the sender's line in a window envelope (DIN 5008). */
export function findCustomerBlocks(view: DocumentView): AddressBlock[] {
  const labelled: AddressBlock[] = [];
  for (const { label, cell, places } of placesOf(view, 'customer')) {
    // A label begins its cell, and "Attn:" within an address begins no other.
    if (label.start > 2 || labelled.some(({ cells }) => cells.includes(cell))) continue;
    const beside = places.find(({ relation }) => relation === 'right')?.cell;
    const cells = labelledBlocks(view, cell, label, beside).find(isAddress);
    if (cells) labelled.push({ cells, cue: 'customer-label', isDelivery: label.isWeak });
  }
  const known = new Set(labelled.flatMap(({ cells }) => cells));
  const windows = view.rows.flatMap((row) =>
    row.depth > 0.4
      ? []
      : row.cells
          .filter((cell) => !known.has(cell) && isSenderLine(cell))
          .map((cell): AddressBlock => ({
            cells: blockBelow(view, cell, 12),
            cue: 'address-block',
            isDelivery: false,
          })),
  );
  return [...labelled, ...windows.filter(({ cells }) => cells.length >= 2)];
}

function labelledBlocks(view: DocumentView, cell: ViewCell, label: Label, beside: ViewCell | undefined): ViewCell[][] {
  const after = cell.text.slice(label.end).replace(/^[\s:.]+/, '');
  if (after === '')
    return [blockBelow(view, cell), beside?.text.includes(' ') ? [beside, ...blockBelow(view, beside)] : []];
  const isProse = /^[a-z]/.test(after) && !cell.text.slice(label.end).startsWith(':');
  return isProse ? [] : [[cell, ...blockBelow(view, cell)]];
}

/** A customer's number, or another heading, may stand where a name is looked for. */
function isAddress(cells: readonly ViewCell[]): boolean {
  const [first] = cells;
  if (!first || first.labels.some(({ start, kind }) => start === 0 && kind !== 'customer')) return false;
  return (
    /\p{L}{3}/u.test(first.text) && !/^\S*\d\S*$/.test(first.text) && (cells.length > 1 || first.text.includes(' '))
  );
}

/** A company and its address on one line of small print: "Muster AG - Hauptstr. 1 - 12345 Musterstadt". */
export function isSenderLine(cell: ViewCell): boolean {
  const parts = cell.text.split(partSeparator);
  if (parts.some((part) => part.length > 45) || scanDates(cell.text).length > 0) return false;
  const isAddress = /\b\d{4,6}\b/.test(cell.text) && !/[@=€$%]|\d{7,}/.test(cell.text) && cell.text.length < 120;
  const isList = / [-–—|•·*/] |[|•·]/.test(cell.text) || findCompanyNames(parts[0] ?? '').length > 0;
  return parts.length >= 3 && isAddress && isList;
}

function blockBelow(view: DocumentView, start: ViewCell, firstGap = lineGap): ViewCell[] {
  const cells: ViewCell[] = [];
  let last = view.rows[start.row];
  for (const row of view.rows.slice(start.row + 1)) {
    const allowed = (cells.length === 0 ? firstGap : lineGap) * start.size;
    if (!last || row.page !== last.page || row.y - last.y > allowed * 1.6 || cells.length >= longestBlock) break;
    const cell = row.cells.find((candidate) => Math.abs(candidate.left - start.left) <= alignment);
    // Rows of the neighbouring column may stand in between.
    if (!cell) continue;
    if (
      row.y - last.y > allowed ||
      cell.labels.some(
        ({ kind, start: at }) => at === 0 && kind !== 'customer' && kind !== 'orderDate' && kind !== 'other',
      )
    )
      break;
    cells.push(cell);
    last = row;
  }
  return cells;
}
