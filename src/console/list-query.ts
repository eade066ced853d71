import { periodStart } from './period.ts';

/** What a list asks the API for: what the address says of these names, a page at a time. */
export function listQuery(
  query: URLSearchParams,
  names: readonly string[],
  extra: Readonly<Record<string, string>> = {},
): string {
  const asked = new URLSearchParams({ top: '50', ...extra });
  for (const name of [...names, 'continuation']) {
    const value = query.get(name);
    if (value !== null) asked.set(name, value);
  }
  return asked.toString();
}

/** The first day of the period that the address names, yyyy-MM-dd in UTC. */
export function firstDay(query: URLSearchParams, now: Date): Readonly<Record<string, string>> {
  const from = periodStart(query.get('period'), now);
  return from === undefined ? {} : { from: from.toISOString().slice(0, 10) };
}
