import { placesOf, type DocumentView, type ViewCell } from './document-view.ts';
import { partSeparator } from './company-names.ts';

export interface AddressBlock {
  readonly cells: readonly ViewCell[];
  /** What says that this is a customer's address. */
  readonly cue: 'customer-label' | 'address-block';
}

const alignment = 6;
const lineGap = 2.4;
const longestBlock = 9;

/** The customer's addresses: under or beside a label such as "Bill to", or under the sender's line in a window envelope (DIN 5008). */
export function findCustomerBlocks(view: DocumentView): AddressBlock[] {
  const labelled = placesOf(view, 'customer').flatMap(({ label, cell, places }): AddressBlock[] => {
    // A label begins its cell; elsewhere the word is part of a sentence.
    if (label.start > 2) return [];
    const after = cell.folded.slice(label.end).replace(/^[\s:.]+/, '');
    const isProse = /^[a-z ]{12,}/.test(after) && !/[A-Z]/.test(cell.text.slice(label.end));
    if (isProse) return [];
    const beside = places.find(({ relation }) => relation === 'right')?.cell;
    const starts =
      after === ''
        ? [blockBelow(view, cell), beside && /\p{L}{3}/u.test(beside.text) ? [beside, ...blockBelow(view, beside)] : []]
        : [[cell, ...blockBelow(view, cell)]];
    return starts.filter((cells) => cells.length > 0).map((cells) => ({ cells, cue: 'customer-label' }));
  });
  const windows = view.rows.flatMap((row) =>
    row.depth > 0.4
      ? []
      : row.cells
          .filter(isSenderLine)
          .map((cell): AddressBlock => ({ cells: blockBelow(view, cell, 8), cue: 'address-block' })),
  );
  return [...labelled, ...windows.filter(({ cells }) => cells.length >= 2)];
}

/** A company and its address on one line of small print: "Muster AG - Hauptstr. 1 - 12345 Musterstadt". */
export function isSenderLine(cell: ViewCell): boolean {
  return (
    cell.text.split(partSeparator).length >= 3 &&
    /\b\d{4,6}\b/.test(cell.text) &&
    cell.text.length < 120 &&
    !/[@=€$%]|\d{7,}/.test(cell.text)
  );
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
      cell.labels.some(({ kind, start: at }) => at === 0 && kind !== 'customer' && kind !== 'other')
    )
      break;
    cells.push(cell);
    last = row;
  }
  return cells;
}
