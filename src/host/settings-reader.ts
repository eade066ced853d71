import { isObject } from './is-object.ts';
import { parseTimeSpan } from './time-span.ts';

/**
 * Reads a JSON document by dotted paths and remembers which ones, so that what nobody asked for can be named. As in .NET's
 * configuration, the case of names does not matter, and flags and numbers may be texts.
 */
export interface SettingsReader {
  text(path: string): string | undefined;
  flag(path: string): boolean | undefined;
  wholeNumber(path: string, least: number): number | undefined;
  /** Milliseconds. */
  timeSpan(path: string): number | undefined;
  oneOf<const T extends string>(path: string, choices: readonly T[]): T | undefined;
  /** The texts of a list, or of an object that has them by number, as app settings put them there. */
  list(path: string): readonly string[] | undefined;
  /** The names and values of an object, each value a text. */
  texts(path: string): Record<string, string>;
  /** The names and values of an object, each value one of the choices. */
  namesWithChoice<const T extends string>(path: string, choices: readonly T[]): Record<string, T>;
  /** These, and all below, are known and left alone. */
  ignore(...paths: string[]): void;
  /** Paths of settings that were neither read nor ignored. */
  unread(): string[];
}

const isTexts = (value: unknown): value is Record<string, string> =>
  isObject(value) && Object.values(value).every((text) => typeof text === 'string');

const valueOf = (object: Record<string, unknown>, name: string): unknown =>
  Object.entries(object).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];

function valueAt(document: unknown, path: string): unknown {
  let value = document;
  for (const name of path.split('.')) value = isObject(value) ? valueOf(value, name) : undefined;
  return value;
}

function findLeaves(value: unknown, path: string): string[] {
  if (!isObject(value)) return [path];
  return Object.entries(value).flatMap(([name, inner]) => findLeaves(inner, path === '' ? name : `${path}.${name}`));
}

const flags: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

const isWholeNumber = (value: unknown): boolean =>
  Number.isSafeInteger(value) || (typeof value === 'string' && /^[+-]?\d+$/.test(value));

const choose = <T extends string>(value: unknown, choices: readonly T[]) =>
  choices.find((choice) => choice.toLowerCase() === String(value).toLowerCase());

/** Readers throw for a value of the wrong kind, naming the document, the path, the value and what is expected. */
export function createSettingsReader(documentName: string, document: unknown): SettingsReader {
  const seen = new Set<string>();
  const read = <T>(path: string, expected: string, parse: (value: unknown) => T | undefined): T | undefined => {
    seen.add(path);
    const value = valueAt(document, path);
    if (value === undefined || value === null) return undefined;
    const parsed = parse(value);
    if (parsed === undefined) {
      throw new Error(`${documentName}: "${path}" is ${JSON.stringify(value)}; expected ${expected}.`);
    }
    return parsed;
  };
  return {
    text: (path) => read(path, 'a text', (value) => (typeof value === 'string' ? value : undefined)),
    flag: (path) => read(path, 'true or false', (value) => flags.get(String(value).toLowerCase())),
    wholeNumber: (path, least) =>
      read(path, `a whole number of at least ${least}`, (value) =>
        isWholeNumber(value) && Number(value) >= least ? Number(value) : undefined,
      ),
    timeSpan: (path) => read(path, 'a time span such as "00:05:00"', (value) => parseTimeSpan(String(value))),
    oneOf: (path, choices) => read(path, `one of ${choices.join(', ')}`, (value) => choose(value, choices)),
    list: (path) =>
      read(path, 'a list of texts', (value) => {
        if (typeof value !== 'object' || value === null) return undefined;
        const items: readonly unknown[] = Object.values(value);
        return items.every((item) => typeof item === 'string') ? items : undefined;
      }),
    texts(path) {
      return read(path, 'an object of texts', (value) => (isTexts(value) ? value : undefined)) ?? {};
    },
    namesWithChoice<const T extends string>(path: string, choices: readonly T[]) {
      const object = read(path, 'an object', (value) => (isObject(value) ? value : undefined)) ?? {};
      const expected = `one of ${choices.join(', ')}`;
      return Object.fromEntries(
        Object.entries(object).map(([name, value]): [string, T] => {
          const choice = choose(value, choices);
          if (choice !== undefined) return [name, choice];
          throw new Error(`${documentName}: "${path}" has "${name}": ${JSON.stringify(value)}; expected ${expected}.`);
        }),
      );
    },
    ignore(...paths) {
      for (const path of paths) seen.add(path);
    },
    unread: () =>
      findLeaves(document, '').filter(
        (leaf) => ![...seen].some((path) => `${leaf}.`.toLowerCase().startsWith(`${path}.`.toLowerCase())),
      ),
  };
}
