/** Begins a cell that a spreadsheet would take for a formula, or that is escaped already, or is a text without characters. */
const escaped = /^(?:[=+\-@\t\r\n']|$)/;

/**
 * RFC 4180, and safe to open in a spreadsheet: a text that would be taken for a formula gets an apostrophe before it, which
 * {@link parseCsv} takes away again. An empty cell stands for a value that is not there.
 */
export function renderCsv(rows: readonly (readonly (string | undefined)[])[]): string {
  return rows.map((row) => `${row.map(renderCell).join(',')}\r\n`).join('');
}

function renderCell(value: string | undefined): string {
  if (value === undefined) return '';
  const safe = escaped.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** @throws Error that says in which row a quote is not closed, or stands where none may */
export function parseCsv(text: string): (string | undefined)[][] {
  const rows: (string | undefined)[][] = [];
  let row: (string | undefined)[] = [];
  let at = 0;
  while (at < text.length) {
    const cell = readCell(text, at, rows.length + 1);
    row.push(unescapeCell(cell.value));
    at = cell.end;
    if (text[at] !== ',') {
      rows.push(row);
      row = [];
      at += text.startsWith('\r\n', at) ? 2 : 1;
    } else if (++at === text.length) {
      rows.push([...row, undefined]);
    }
  }
  return rows;
}

function readCell(text: string, start: number, row: number): { readonly value: string; readonly end: number } {
  if (text[start] !== '"') {
    const end = endOf(/[,\r\n]|$/g, text, start);
    return { value: text.slice(start, end), end };
  }
  let value = '';
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) throw new Error(`row ${row} of the CSV has a quote that is not closed`);
    value += text.slice(at, quote);
    if (text[quote + 1] !== '"') {
      if (!/^[,\r\n]?$/.test(text[quote + 1] ?? '')) throw new Error(`row ${row} of the CSV has a quote within a cell`);
      return { value, end: quote + 1 };
    }
    value += '"';
    at = quote + 2;
  }
}

function endOf(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.exec(text)?.index ?? text.length;
}

function unescapeCell(value: string): string | undefined {
  if (value === '') return undefined;
  return value.startsWith("'") ? value.slice(1) : value;
}
