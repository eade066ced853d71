import type { Figure } from './workload.ts';

export interface Section {
  readonly title: string;
  readonly figures: readonly Figure[];
}

const columns = [
  { title: '', width: -34 },
  { title: 'ours', width: 10 },
  { title: '', width: -6 },
  { title: 'floor', width: 10 },
  { title: 'ours/floor', width: 11 },
  { title: '  the floor is', width: -1 },
];

/** One table a section: our figure, the floor and the ratio of the two. */
export function formatReport(sections: readonly Section[]): string {
  const head = formatRow(columns.map(({ title }) => title));
  return sections
    .map(({ title, figures }) => {
      const rows = figures.map((figure) => formatRow(cells(figure)));
      return [title, ...(rows.length > 0 ? [head, ...rows] : []), ''].join('\n');
    })
    .join('\n');
}

const cells = ({ what, value, unit, floor }: Figure): string[] => [
  `  ${what}`,
  formatNumber(value),
  unit,
  ...(floor === undefined ? [] : [formatNumber(floor.value), formatNumber(value / floor.value), `  ${floor.of}`]),
];

/** A negative width aligns to the left. */
const formatRow = (texts: readonly string[]): string =>
  texts
    .map((text, index) => {
      const width = columns[index]?.width ?? 0;
      return width < 0 ? text.padEnd(-width) : text.padStart(width);
    })
    .join(' ')
    .trimEnd();

/** Three significant digits, no more than the measurement is worth. */
function formatNumber(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return value === 0 ? '0' : value.toPrecision(3);
}
