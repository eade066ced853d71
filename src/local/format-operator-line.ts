import { formatLogLine, type FormatLine, parseFields } from '../host/index.ts';

/** For people: what the app writes as an object, so that programs find it in the log of Azure, reads as text. */
export const formatOperatorLine: FormatLine = (at, level, category, message) =>
  formatLogLine(at, level, category, tell(message));

function tell(message: string): string {
  const { event, ...facts } = parseFields(message) ?? {};
  if (typeof event !== 'string') return message;
  const told = Object.entries(facts).map(
    ([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [event, ...told].join(', ');
}
