const form = /^(-)?(?:(\d+)\.)?(\d+):([0-5]?\d)(?::([0-5]?\d)(?:\.(\d{1,7}))?)?$/;

const dayMs = 86_400_000;

/** Milliseconds of a .NET TimeSpan `[-][d.]hh:mm[:ss[.fffffff]]` or `[-]d`; undefined where the text is none. */
export function parseTimeSpan(text: string): number | undefined {
  if (/^-?\d+$/.test(text)) return Number(text) * dayMs;
  const [whole, sign, days = '0', hours, minutes, seconds = '0', fraction = '0'] = form.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const total = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(`${seconds}.${fraction}`);
  return Math.round(total * 1000) * (sign ? -1 : 1);
}

/** The same as .NET writes it: `00:05:00`, `1.00:00:00`, `00:00:01.5000000`. */
export function formatTimeSpan(milliseconds: number): string {
  const days = Math.floor(milliseconds / dayMs);
  const [time = '', fraction = ''] = new Date(milliseconds % dayMs).toISOString().slice(11, -1).split('.');
  return `${days === 0 ? '' : `${days}.`}${time}${fraction === '000' ? '' : `.${fraction}0000`}`;
}
