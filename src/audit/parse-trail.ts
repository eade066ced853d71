import { z } from 'zod';
import { parseCsv } from './csv.ts';
import { columns, headKind, jsonColumns } from './render-trail.ts';

/** A trail as a file has it, nothing of it believed yet. */
export interface RawTrail {
  readonly head: unknown;
  readonly entries: readonly RawEntry[];
  readonly state?: unknown;
}

export interface RawEntry {
  /** Where in the file it stands, for people. */
  readonly place: string;
  readonly value: unknown;
}

const documentSchema = z.strictObject({
  head: z.unknown(),
  entries: z.array(z.unknown()),
  state: z.unknown().optional(),
});

/**
 * Reads an export in JSON, JSON Lines or CSV.
 * @throws Error that says what it is instead
 */
export function parseTrail(content: string): RawTrail {
  // Some editors put a byte order mark before a text.
  const text = content.replace(/^\uFEFF/, '');
  if (text.trim() === '') throw new Error('the file is empty');
  if (text.trimStart().startsWith('<')) {
    throw new Error('this is a page for reading: verify the trail in JSON, JSON Lines or CSV');
  }
  if (!text.trimStart().startsWith('{')) return parseCsvTrail(text);
  const whole = parseJson(text);
  const isDocument = typeof whole === 'object' && whole !== null && 'entries' in whole;
  return isDocument ? parseDocument(whole) : parseJsonLines(text);
}

function parseDocument(whole: unknown): RawTrail {
  const document = documentSchema.safeParse(whole);
  if (!document.success) throw new Error(`this is no export of a trail: ${z.prettifyError(document.error)}`);
  const { head, entries, state } = document.data;
  return { head, state, entries: entries.map((value, n) => ({ place: `entry ${n + 1} of the file`, value })) };
}

function parseJsonLines(text: string): RawTrail {
  const [head, ...lines] = text.trimEnd().split('\n');
  return {
    head: parseJson(head ?? ''),
    entries: lines.map((line, n) => ({ place: `line ${n + 2}`, value: parseJson(line) })),
  };
}

function parseCsvTrail(text: string): RawTrail {
  const [first = ''] = text.trimStart().split(/\r?\n/, 1);
  if (first.replaceAll('"', '') !== columns.join(',')) {
    const remedy = first.startsWith('> ') ? '; export it with npm run --silent, which writes nothing of its own' : '';
    throw new Error(`this is no export of a trail: it begins with '${first.slice(0, 60)}'${remedy}`);
  }
  const [, ...rows] = parseCsv(text);
  const records = rows.map((cells, n) => ({ place: `row ${n + 2}`, value: toRecord(cells) }));
  const head = records.find(({ value }) => value['kind'] === headKind);
  const isPlain = head !== undefined && Object.keys(head.value).length === 2;
  return { head: isPlain ? head.value['data'] : undefined, entries: records.filter((record) => record !== head) };
}

function toRecord(cells: readonly (string | undefined)[]): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const [n, cell] of cells.entries()) {
    const column = columns[n];
    if (cell === undefined) continue;
    record[column ?? `column ${n + 1}`] =
      column !== undefined && jsonColumns.has(column) ? (parseJson(cell) ?? cell) : cell;
  }
  return record;
}

/** Undefined for what is not JSON: it then fits no schema. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
