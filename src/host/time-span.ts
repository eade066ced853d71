const form = /^(-)?(?:(\d+)\.)?(\d+):([0-5]?\d)(?::([0-5]?\d)(?:\.(\d{1,7}))?)?$/;

/** Milliseconds of a .NET TimeSpan `[-][d.]hh:mm[:ss[.fffffff]]`; undefined where the text is none. */
export function parseTimeSpan(text: string): number | undefined {
  const [whole, sign, days = '0', hours, minutes, seconds = '0', fraction = '0'] = form.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const total = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(`${seconds}.${fraction}`);
  return Math.round(total * 1000) * (sign ? -1 : 1);
}
