import { diag, DiagLogLevel } from '@opentelemetry/api';
import { z } from 'zod';

/** More kinds of trouble than these are not told. */
const mostTold = 20;

const ignore = (): void => {};

/** Has OpenTelemetry say what it cannot do, such as reach a collector; of the same only once. */
export function reportTrouble(report: (trouble: string) => void): void {
  const told = new Set<string>();
  const say = (raw: string): void => {
    const text = textOf(raw);
    if (told.has(text) || told.size === mostTold) return;
    told.add(text);
    report(text);
  };
  const logger = { error: say, warn: say, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}

const errorSchema = z.object({ name: z.string(), message: z.string() });

/** Errors come as JSON, with their stacks. */
function textOf(raw: string): string {
  try {
    const { name, message } = errorSchema.parse(JSON.parse(raw));
    return `${name}: ${message}`;
  } catch {
    return raw;
  }
}
