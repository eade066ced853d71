import type { Json } from '../../json.ts';
import { isJsonObject } from '../../json.ts';
import type { Value } from '../order.ts';
import { defineFunction, type FunctionTable } from './definition.ts';

const transform = (change: (text: string) => Value) =>
  defineFunction([1, 1], ([text]) => (typeof text === 'string' ? change(text) : undefined));

/** Two strings, and true as the optional third operand to ignore case. */
const test = (matches: (text: string, part: string) => boolean) =>
  defineFunction([2, 3], ([text, part, ignoreCase = false]) => {
    if (typeof text !== 'string' || typeof part !== 'string' || typeof ignoreCase !== 'boolean') return undefined;
    return ignoreCase ? matches(text.toLowerCase(), part.toLowerCase()) : matches(text, part);
  });

const cut = (take: (text: string, length: number) => string) =>
  defineFunction([2, 2], ([text, length]) =>
    typeof text === 'string' && typeof length === 'number' ? take(text, Math.max(0, length)) : undefined,
  );

function parseJson(text: string, belongs: (value: Json) => boolean): Value {
  try {
    const value = JSON.parse(text) as Json;
    return belongs(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const parse = (belongs: (value: Json) => boolean) => transform((text) => parseJson(text.trim(), belongs));

const equals = test((text, other) => text === other);

export const stringFunctions: FunctionTable = {
  CONCAT: defineFunction([2, Number.POSITIVE_INFINITY], (texts) =>
    texts.every((text) => typeof text === 'string') ? texts.join('') : undefined,
  ),
  CONTAINS: test((text, part) => text.includes(part)),
  ENDSWITH: test((text, part) => text.endsWith(part)),
  INDEX_OF: defineFunction([2, 3], ([text, part, start = 0]) =>
    typeof text === 'string' && typeof part === 'string' && typeof start === 'number'
      ? text.indexOf(part, start)
      : undefined,
  ),
  LEFT: cut((text, length) => text.slice(0, length)),
  LENGTH: transform((text) => text.length),
  LOWER: transform((text) => text.toLowerCase()),
  LTRIM: transform((text) => text.trimStart()),
  REPLACE: defineFunction([3, 3], ([text, part, by]) =>
    typeof text === 'string' && typeof part === 'string' && typeof by === 'string'
      ? part === ''
        ? text
        : text.replaceAll(part, () => by)
      : undefined,
  ),
  REVERSE: transform((text) => Array.from(text).toReversed().join('')),
  RIGHT: cut((text, length) => (length === 0 ? '' : text.slice(-length))),
  RTRIM: transform((text) => text.trimEnd()),
  STARTSWITH: test((text, part) => text.startsWith(part)),
  STRINGEQUALS: equals,
  STRING_EQUALS: equals,
  STRINGTOARRAY: parse(Array.isArray),
  STRINGTOBOOLEAN: parse((value) => typeof value === 'boolean'),
  STRINGTONULL: parse((value) => value === null),
  STRINGTONUMBER: parse((value) => typeof value === 'number'),
  STRINGTOOBJECT: parse(isJsonObject),
  SUBSTRING: defineFunction([3, 3], ([text, start, length]) => {
    if (typeof text !== 'string' || typeof start !== 'number' || typeof length !== 'number') return undefined;
    const from = Math.max(0, start);
    return text.slice(from, from + Math.max(0, length));
  }),
  TOSTRING: defineFunction([1, 1], ([value]) => (typeof value === 'string' ? value : JSON.stringify(value))),
  TRIM: transform((text) => text.trim()),
  UPPER: transform((text) => text.toUpperCase()),
};
