/** A document's text with its places: what the extractor reads. Plain data, so that it can be staged as JSON. */
export interface Layout {
  readonly pages: readonly Page[];
}

export interface Page {
  readonly width: number;
  readonly height: number;
  /** From top to bottom. */
  readonly rows: readonly Row[];
}

export interface Row {
  /** Baseline, in points from the top of the page. */
  readonly y: number;
  /** From left to right; words closer than a column gap share a cell. */
  readonly cells: readonly Cell[];
}

export interface Cell {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  /** Height of the letters in points. */
  readonly size: number;
}

/** A run of text as the page's content stream gives it, in points from the page's top left corner. */
export interface TextRun extends Cell {
  readonly y: number;
}

/** Runs whose baselines differ by less than this share of the letter size stand on one row. */
const baselineTolerance = 0.4;
/** A gap wider than this many letter sizes separates two columns; a space is about a quarter. */
const columnGap = 0.85;
/** A gap wider than this many letter sizes inside a column is a space the file leaves out. */
const wordGap = 0.15;

export function layoutFromRuns(runs: readonly TextRun[], width: number, height: number): Page {
  const rows: TextRun[][] = [];
  for (const run of runs.filter(({ text }) => text.trim() !== '').sort((a, b) => a.y - b.y || a.left - b.left)) {
    const row = rows.at(-1);
    const [first] = row ?? [];
    if (row && first && run.y - first.y <= baselineTolerance * Math.min(run.size, first.size)) row.push(run);
    else rows.push([run]);
  }
  return { width, height, rows: rows.map((row) => ({ y: row[0]?.y ?? 0, cells: joinCells(row) })) };
}

function joinCells(runs: readonly TextRun[]): Cell[] {
  const cells: Cell[] = [];
  for (const { text, left, right, size } of runs.toSorted((a, b) => a.left - b.left)) {
    const last = cells.at(-1);
    const gap = last ? left - last.right : Number.POSITIVE_INFINITY;
    const letters = Math.min(size, last?.size ?? size);
    if (!last || gap > columnGap * letters) {
      cells.push({ text: text.trim(), left, right, size });
      continue;
    }
    // Bold type is sometimes drawn twice, a fraction of a point apart.
    if (last.text.endsWith(text.trim()) && Math.abs(last.right - right) < 1) continue;
    const space = gap > wordGap * letters || /^\s|\s$/.test(text) ? ' ' : '';
    const joined = `${last.text}${space}${text.trim()}`;
    cells[cells.length - 1] = {
      text: joined,
      left: last.left,
      right: Math.max(last.right, right),
      size: Math.max(last.size, size),
    };
  }
  return cells.map(({ text, left, right, size }) => ({ text: text.replace(/\s+/g, ' '), left, right, size }));
}

/** One character of plain text, in points: typewriter measures, ten characters to the inch. */
const characterWidth = 5;
const lineHeight = 10;

/** Plain text laid out by its own columns: tabs, bars, and two or more spaces separate cells; form feeds separate pages. */
export function layoutFromText(text: string): Layout {
  return {
    pages: text.split('\f').map((page) => {
      const lines = page.split(/\r\n|\r|\n/);
      const rows = lines.map((line, index) => ({ y: (index + 1) * lineHeight, cells: cellsOfLine(line) }));
      const width = rows.reduce((widest, { cells }) => Math.max(widest, cells.at(-1)?.right ?? 0), 0);
      return { width, height: (lines.length + 1) * lineHeight, rows: rows.filter(({ cells }) => cells.length > 0) };
    }),
  };
}

function cellsOfLine(line: string): Cell[] {
  return [...line.replaceAll('\t', '    ').matchAll(/[^\s|](?:[^|\n]*?[^\s|])??(?=\s{2}|\s*\||\s*$)/g)].map(
    (match) => ({
      text: match[0].replace(/\s+/g, ' '),
      left: match.index * characterWidth,
      right: (match.index + match[0].length) * characterWidth,
      size: lineHeight * 0.8,
    }),
  );
}

/** The layout as text that keeps its columns, so that {@link layoutFromText} finds the same cells again. */
export function renderLayout(layout: Layout): string {
  return layout.pages.map(renderPage).join('\f');
}

function renderPage(page: Page): string {
  let previous: Row | undefined;
  const lines: string[] = [];
  for (const row of page.rows) {
    const size = row.cells.reduce((largest, cell) => Math.max(largest, cell.size), 0);
    const skipped = previous ? Math.round((row.y - previous.y) / Math.max(size * 1.4, 1)) - 1 : 0;
    for (let blank = 0; blank < Math.min(skipped, 3); blank += 1) lines.push('');
    lines.push(row.cells.reduce(appendCell, ''));
    previous = row;
  }
  return lines.join('\n');
}

function appendCell(line: string, cell: Cell): string {
  const column = Math.round(cell.left / characterWidth);
  const gap = line === '' ? column : Math.max(2, column - line.length);
  return line + ' '.repeat(Math.min(gap, 200)) + cell.text;
}
