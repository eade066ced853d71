import type { Entry } from '../audit/entry.ts';
import { isObject, type RawEvent, type RawHistory, readCall } from './step-runs.ts';

/** What went into one attempt of a step or of its undo, and what came out. */
export interface CallValues {
  readonly input: unknown;
  readonly output: unknown;
  /** What failed, then what caused it. */
  readonly errors: readonly CallError[];
}

export interface CallError {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly stack: string | undefined;
}

/** A held step that is tried again counts its attempts anew, so the time tells apart what has the same number. */
export function findCall({ historyEvents = [] }: RawHistory, entry: Entry): CallValues | undefined {
  const all = historyEvents.flatMap((event) => {
    const call = readCall(event);
    const isAsked = call !== undefined && call.key === entry.idempotencyKey && call.attempt === entry.attempt;
    return isAsked ? [{ event, call }] : [];
  });
  const found = all.find(({ event }) => isAt(event, entry)) ?? all.at(-1);
  if (found === undefined) return undefined;
  const { input, reply } = found.call;
  return { input, output: reply?.['value'], errors: errorsIn(reply?.['error']) };
}

const isAt = ({ Timestamp }: RawEvent, { time }: Entry): boolean => Date.parse(Timestamp) === Date.parse(time);

function errorsIn(error: unknown): CallError[] {
  if (!isObject(error)) return [];
  const { name, code, message, stack, cause } = error;
  const first = { name: String(name), code: String(code), message: String(message) };
  return [{ ...first, stack: typeof stack === 'string' ? stack : undefined }, ...errorsIn(cause)];
}
