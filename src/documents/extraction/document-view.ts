import type { Cell, Layout } from '../layout.ts';
import { fold } from './fold.ts';
import { findLabels, type Label, type LabelKind } from './labels.ts';

/** A layout with everything the candidate finders look at computed once. */
export interface DocumentView {
  readonly rows: readonly ViewRow[];
  readonly text: string;
  readonly folded: string;
}

export interface ViewRow {
  readonly index: number;
  readonly page: number;
  readonly y: number;
  /** Where on its page the row stands: 0 at the top, 1 at the bottom. */
  readonly depth: number;
  readonly cells: readonly ViewCell[];
}

export interface ViewCell extends Cell {
  readonly row: number;
  readonly index: number;
  readonly folded: string;
  readonly labels: readonly Label[];
}

export function createDocumentView(layout: Layout): DocumentView {
  const rows: ViewRow[] = [];
  for (const [page, { height, rows: pageRows }] of layout.pages.entries()) {
    for (const { y, cells } of pageRows) {
      const row = rows.length;
      rows.push({
        index: row,
        page,
        y,
        depth: height > 0 ? y / height : 0,
        cells: cells.map((cell, index) => viewCell(cell, row, index)),
      });
    }
  }
  const text = rows.map((row) => row.cells.map((cell) => cell.text).join('  ')).join('\n');
  return { rows, text, folded: fold(text) };
}

function viewCell(cell: Cell, row: number, index: number): ViewCell {
  const folded = fold(cell.text);
  return {
    text: cell.text,
    left: cell.left,
    right: cell.right,
    size: cell.size,
    row,
    index,
    folded,
    labels: findLabels(folded),
  };
}

export type Relation = 'after' | 'right' | 'below';

/** Where the value of a label may stand. */
export interface Place {
  readonly cell: ViewCell;
  /** Position in the cell's text where the value would begin. */
  readonly from: number;
  readonly relation: Relation;
}

export interface LabelledPlaces {
  readonly label: Label;
  readonly cell: ViewCell;
  readonly places: readonly Place[];
}

/** Every label of a kind with the places its value may stand at, the likeliest first. */
export function placesOf(view: DocumentView, kind: LabelKind): LabelledPlaces[] {
  return view.rows.flatMap((row) =>
    row.cells.flatMap((cell) =>
      cell.labels
        .filter((label) => label.kind === kind)
        .map((label) => ({
          label,
          cell,
          places: [...placesBeside(row, cell, label), ...placesBelow(view, row, cell, label)],
        })),
    ),
  );
}

function placesBeside(row: ViewRow, cell: ViewCell, label: Label): Place[] {
  const after: Place = { cell, from: label.end, relation: 'after' };
  const next = row.cells.slice(cell.index + 1).find(({ text }) => /[\p{L}\d]/u.test(text));
  // A cell that starts with another label belongs to that one.
  const isFree = next && next.labels[0]?.start !== 0;
  return isFree && endsCell(cell, label) ? [after, { cell: next, from: 0, relation: 'right' }] : [after];
}

/** Nothing follows the label in its cell but another that shares the value, as in "Rechnungsdatum / Lieferdatum". */
function endsCell(cell: ViewCell, label: Label): boolean {
  const next = cell.labels.find(({ start }) => start >= label.end);
  return next === undefined || /^ ?(?:[/&]|und|and|et) ?$/.test(cell.folded.slice(label.end, next.start));
}

/** How far below a label its value may stand, in letter sizes, and past how many rows. */
const reach = { sizes: 4.5, rows: 5, values: 2 };

function placesBelow(view: DocumentView, row: ViewRow, cell: ViewCell, label: Label): Place[] {
  // A weak label in the middle of a line is a word in a title or a sentence, not a heading.
  if (label.isWeak && !isWholeCell(cell, label)) return [];
  const [left, right] = spanOf(cell, label.start, label.end);
  const places: Place[] = [];
  for (const below of view.rows.slice(row.index + 1, row.index + 1 + reach.rows)) {
    if (below.page !== row.page || below.y - row.y > reach.sizes * cell.size || places.length >= reach.values) break;
    const candidate = nearest(below.cells, left, right);
    // What stands under another label belongs to that one; a second language of the same label does not end the search.
    if (candidate?.labels.some(({ kind, start }) => start === 0 && kind !== label.kind)) break;
    if (candidate) places.push({ cell: candidate, from: 0, relation: 'below' });
  }
  return places;
}

function isWholeCell(cell: ViewCell, label: Label): boolean {
  return !/[a-z0-9]/.test(cell.folded.slice(0, label.start) + cell.folded.slice(label.end));
}

function nearest(cells: readonly ViewCell[], left: number, right: number): ViewCell | undefined {
  const overlap = (cell: ViewCell) => Math.min(cell.right, right) - Math.max(cell.left, left);
  const [best] = cells.filter((cell) => overlap(cell) > 0).sort((a, b) => overlap(b) - overlap(a));
  return best;
}

/** The horizontal extent of a part of a cell's text, taking all letters as equally wide. */
export function spanOf(cell: Cell, start: number, end: number): [left: number, right: number] {
  const perCharacter = (cell.right - cell.left) / Math.max(1, cell.text.length);
  return [cell.left + start * perCharacter, cell.left + end * perCharacter];
}
