import { SagaDefinitionError } from './errors.ts';

/** Durations are plain milliseconds; these say the unit where one is written down. */
export const seconds = (n: number): number => n * 1_000;
export const minutes = (n: number): number => n * 60_000;
export const hours = (n: number): number => n * 3_600_000;
export const days = (n: number): number => n * 86_400_000;

const longest = days(3_653);

/** @throws SagaDefinitionError for anything but a positive number of milliseconds, at most ten years */
export function checkDuration(what: string, durationMs: number): number {
  if (durationMs > 0 && durationMs <= longest) return durationMs;
  throw new SagaDefinitionError(
    `${what} is ${durationMs}; it must be more than 0 and at most ten years, in milliseconds`,
  );
}
