// How times, amounts and names are written. `now` is passed in.

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long', hourCycle: 'h23' });

export const formatFull = (time: string): string => full.format(new Date(time));

/** The time today, the day as well on other days. */
export function formatTime(time: string, now: Date): string {
  const date = new Date(time);
  return date.toDateString() === now.toDateString() ? clock.format(date) : `${day.format(date)}, ${clock.format(date)}`;
}

export const formatClock = (time: string): string => clock.format(new Date(time));

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** Two units at most: `480 ms`, `1.2 s`, `3 min 20 s`, `2 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10_000) return `${Math.floor(ms / 100) / 10} s`;
  const largest = units.findIndex(([, size]) => ms >= size);
  const [first, second] = units.slice(largest, largest + 2);
  if (first === undefined) return `${ms} ms`;
  const whole = Math.floor(ms / first[1]);
  const rest = second === undefined ? 0 : Math.floor((ms % first[1]) / second[1]);
  return second === undefined || rest === 0 ? `${whole} ${first[0]}` : `${whole} ${first[0]} ${rest} ${second[0]}`;
}

/** `in 3 h`, `12 s ago`. */
export function formatRelative(time: string, now: Date): string {
  const ms = Date.parse(time) - now.getTime();
  const [amount] = formatDuration(Math.abs(ms)).split(/(?<=[a-z]) /);
  if (Math.abs(ms) < 2_000) return 'now';
  const rounded = amount?.replace(/\.\d/, '') ?? '';
  return ms > 0 ? `in ${rounded}` : `${rounded} ago`;
}

export interface StepName {
  /** The activity, or what else it is. */
  readonly name: string;
  /** From the second execution on. */
  readonly execution: string;
  /** Scopes other than the main one. */
  readonly scope: string;
}

/** `main/inner/chargePayment#2` -> chargePayment, #2, inner. */
export function parseStepId(id: string): StepName {
  const [, path = '', name = id, execution = '1'] = /^(.*\/)?([^/]+?)(?:#(\d+))?$/.exec(id) ?? [];
  return {
    name,
    execution: execution === '1' ? '' : `#${execution}`,
    scope: path.replace(/^main\//, '').replace(/\/$/, ''),
  };
}

/** `totalAmount` -> `Total amount`; `in_review` -> `In review`; `customer.email` -> `Customer email`. */
export function formatName(name: string): string {
  const words = name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[_.-]/g, ' ')
    .toLowerCase();
  const special = words.replaceAll(/\b(vat|iban|id|url|sha|sms)\b/g, (word) => word.toUpperCase());
  return special.charAt(0).toUpperCase() + special.slice(1);
}

/** Of anything that JSON can hold. */
export function formatValue(value: unknown): string {
  if (value === null || value === undefined) return '—';
  if (typeof value === 'number') return value.toLocaleString('en', { maximumFractionDigits: 4 });
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** In major units of a currency; digits behind the point stay as they are where there are more than two. */
export const formatAmount = (value: number): string =>
  value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 4 });

/** `1 document`, `2,000 documents`. */
export const formatCount = (count: number, what: string): string =>
  `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;

export const formatBytes = (bytes: number): string =>
  bytes < 1024
    ? `${bytes} B`
    : bytes < 1_048_576
      ? `${(bytes / 1024).toFixed(1)} KB`
      : `${(bytes / 1_048_576).toFixed(1)} MB`;
