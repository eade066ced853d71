import { canonicalJson } from './canonical-json.ts';
import { type ChainedEntry, chainedEntrySchema, type Trail } from './chain.ts';
import type { SagaState } from './compute-state-at.ts';
import { renderCsv } from './csv.ts';
import { renderHtml } from './render-html.ts';

export const trailFormats = ['json', 'jsonl', 'csv', 'html'] as const;
export type TrailFormat = (typeof trailFormats)[number];

export const contentTypes: Readonly<Record<TrailFormat, string>> = {
  json: 'application/json',
  jsonl: 'application/jsonl',
  csv: 'text/csv; charset=utf-8',
  html: 'text/html; charset=utf-8',
};

/** JSON, JSON Lines and CSV can be verified; the page is for reading and printing. Only JSON and the page carry the state. */
export function renderTrail(trail: Trail, state: SagaState, format: TrailFormat): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify({ ...trail, state }, null, 2)}\n`;
    case 'jsonl':
      return renderJsonLines(trail);
    case 'csv':
      return renderCsv([columns, [...headCells(trail)], ...trail.entries.map(entryCells)]);
    case 'html':
      return renderHtml(trail, state);
  }
}

/** The head in the first line, an entry in each that follows. */
export const renderJsonLines = ({ head, entries }: Trail): string =>
  [head, ...entries].map((line) => `${canonicalJson(line)}\n`).join('');

export const columns: readonly (keyof ChainedEntry)[] = chainedEntrySchema.keyof().options;

/** What these columns hold is JSON. */
export const jsonColumns: ReadonlySet<keyof ChainedEntry> = new Set(['sequence', 'attempt', 'error', 'data']);

/** The row of the head has this in the place of a kind, and the head as JSON in column `data`. */
export const headKind = 'head';

const headCells = ({ head }: Trail): (string | undefined)[] =>
  columns.map((column) => {
    if (column === 'kind') return headKind;
    return column === 'data' ? canonicalJson(head) : undefined;
  });

const entryCells = (entry: ChainedEntry): (string | undefined)[] =>
  columns.map((column) => {
    const value = entry[column];
    if (value === undefined) return undefined;
    return typeof value === 'string' && !jsonColumns.has(column) ? value : canonicalJson(value);
  });
