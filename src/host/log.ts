export const logLevels = ['trace', 'debug', 'information', 'warning', 'error', 'critical'] as const;

export type LogLevel = (typeof logLevels)[number];

/** One line of the host's log. Categories are those of Functions: `Function.<name>.User`, `Host.Results`, … */
export type Log = (level: LogLevel, category: string, message: string) => void;

/** Category prefixes with the least level that is shown; `default` stands for all others. */
export type LogFilter = Readonly<Record<string, LogLevel | 'none'>>;

/** The longest matching prefix decides, as in `logging.logLevel` of host.json; prefixes end at a dot, and their case does not matter. */
export function isLogged(filter: LogFilter, level: LogLevel, category: string): boolean {
  const levels = new Map(Object.entries(filter).map(([prefix, least]) => [prefix.toLowerCase(), least]));
  let prefix = category.toLowerCase();
  while (prefix !== '' && !levels.has(prefix)) prefix = prefix.slice(0, Math.max(0, prefix.lastIndexOf('.')));
  const least = levels.get(prefix) ?? levels.get('default') ?? 'information';
  return least !== 'none' && logLevels.indexOf(level) >= logLevels.indexOf(least);
}

const labels: Readonly<Record<LogLevel, string>> = {
  trace: 'trace',
  debug: 'debug',
  information: 'info ',
  warning: 'WARN ',
  error: 'ERROR',
  critical: 'FATAL',
};

/** `12:34:56.789 info  [StartOrder] message`: a function's own lines carry its name, the host's their category. */
export function formatLogLine(at: Date, level: LogLevel, category: string, message: string): string {
  return `${at.toISOString().slice(11, 23)} ${labels[level]} [${functionOf(category) ?? category}] ${message}\n`;
}

const functionOf = (category: string): string | undefined => /^Function\.(.+?)(?:\.User)?$/.exec(category)?.[1];

/** One JSON object. A message that is one itself is not packed into another: the line has its fields. */
export function formatJsonLine(at: Date, level: LogLevel, category: string, message: string): string {
  const name = functionOf(category);
  const own = { time: at, level, ...(name === undefined ? { category } : { function: name }) };
  return `${JSON.stringify({ ...own, ...(parseFields(message) ?? { message }), ...own })}\n`;
}

/** Of a message that is a JSON object. */
export function parseFields(message: string): Readonly<Record<string, unknown>> | undefined {
  if (!message.startsWith('{')) return undefined;
  try {
    return JSON.parse(message) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}

/** `[2026-01-05T08:00:00.000Z] message`, as Core Tools prints it. */
export const formatCoreToolsLine = (at: Date, _level: LogLevel, _category: string, message: string): string =>
  `[${at.toISOString()}] ${message}\n`;

export type FormatLine = (at: Date, level: LogLevel, category: string, message: string) => string;

/** The time is that of the wall clock: a log must be readable beside other logs even when the host runs on a virtual one. */
export function createConsoleLog(
  filter: LogFilter,
  write: (line: string) => void,
  format: FormatLine = formatLogLine,
): Log {
  return (level, category, message) => {
    if (isLogged(filter, level, category)) write(format(new Date(), level, category, message));
  };
}
