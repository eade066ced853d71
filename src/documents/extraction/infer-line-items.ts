import type { LineItem } from '../fields.ts';
import { isSum } from './amount-words.ts';
import type { DocumentView } from './document-view.ts';
import { isMoney, scanAmounts, type NumberStyle } from './scan-amounts.ts';

interface PlainLine {
  readonly description: string;
  readonly amount: number;
  readonly left: number;
}

/** Descriptions that begin within this many points of each other are one level of a list. */
const indentTolerance = 2;
const longestList = 60;

/**
 * Items of a document without a headed table: rows of a description and one amount, equally indented, that follow each
 * other and add up to one of the given sums. Of several such lists the one with the most different descriptions counts.
 */
export function inferLineItems(view: DocumentView, style: NumberStyle, sums: readonly number[]): LineItem[] {
  const levels: PlainLine[][] = [];
  for (const line of plainLines(view, style)) {
    const level = levels.find(([first]) => first && Math.abs(first.left - line.left) <= indentTolerance);
    if (level) level.push(line);
    else levels.push([line]);
  }
  const lists = levels.flatMap((level) => runsAddingUpTo(level.slice(0, longestList), sums));
  const distinct = (lines: readonly PlainLine[]) => new Set(lines.map(({ description }) => description)).size;
  const [best] = lists.sort((a, b) => distinct(b) - distinct(a) || a.length - b.length);
  return (best ?? []).map(({ description, amount }) => ({ description, amount }));
}

function plainLines(view: DocumentView, style: NumberStyle): PlainLine[] {
  return view.rows.flatMap(({ cells }) => {
    const [first] = cells;
    const amounts = cells.flatMap(({ text }) => scanAmounts(text, style).filter(isMoney));
    const [amount] = amounts;
    if (!first || !amount || amounts.length !== 1 || cells.length < 2 || first.text.length > 80) return [];
    if (!/\p{L}{2}/u.test(first.text) || isSum(first.folded)) return [];
    return [{ description: first.text, amount: amount.value, left: first.left }];
  });
}

function runsAddingUpTo(lines: readonly PlainLine[], sums: readonly number[]): PlainLine[][] {
  const runs: PlainLine[][] = [];
  for (let start = 0; start < lines.length; start += 1) {
    let sum = 0;
    for (let end = start; end < lines.length; end += 1) {
      sum += lines[end]?.amount ?? 0;
      if (end > start && sums.some((wanted) => Math.abs(wanted - sum) < 0.005)) runs.push(lines.slice(start, end + 1));
    }
  }
  return runs;
}
