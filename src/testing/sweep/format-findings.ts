import type { Finding } from './check-stand.ts';

export interface FoundCase {
  readonly name: string;
  readonly findings: readonly Finding[];
}

const mostShown = 10;

export function formatFindings(saga: string, found: readonly FoundCase[], cases: number): string {
  const shown = found
    .slice(0, mostShown)
    .map(({ name, findings }) =>
      [
        `- ${name}`,
        ...findings.map(({ expected, seen }) => `    expected: ${expected}\n    seen:     ${seen}`),
        `    alone:    sweep(${saga}, …, { …, only: ${JSON.stringify(name)} })`,
      ].join('\n'),
    );
  const more = found.length > mostShown ? [`… and ${found.length - mostShown} more`] : [];
  return [`The sweep of ${saga} has found something in ${found.length} of ${cases} cases.`, ...shown, ...more].join(
    '\n',
  );
}
