/** Periods that a list can be narrowed to, by the name that stands in the address; hours. */
export const periods = [
  { name: '1h', label: 'Last hour', hours: 1 },
  { name: '24h', label: 'Last 24 hours', hours: 24 },
  { name: '7d', label: 'Last 7 days', hours: 168 },
  { name: '30d', label: 'Last 30 days', hours: 720 },
] as const;

/** In whole minutes, so that it stays the same for a while. */
export function periodStart(name: string | null, now: Date): Date | undefined {
  const period = periods.find((known) => known.name === name);
  if (period === undefined) return undefined;
  return new Date(Math.floor(now.getTime() / 60_000) * 60_000 - period.hours * 3_600_000);
}
