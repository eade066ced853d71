import { badRequest } from './errors.ts';
import { isJsonObject, type Json, type JsonObject, readProperty } from './json.ts';

/** Stands for a key that the document does not have, also on the wire. */
const none: JsonObject = {};

const segment = /\/(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^/]+))/gy;

/** Reads `/a/b` and `/"a b"/c`. */
export function parsePropertyPath(path: string): string[] {
  const names: string[] = [];
  segment.lastIndex = 0;
  let end = 0;
  for (let match = segment.exec(path); match; match = segment.exec(path)) {
    names.push((match[1] ?? match[2] ?? match[3] ?? '').replaceAll(/\\(.)/g, '$1'));
    end = segment.lastIndex;
  }
  if (names.length === 0 || end !== path.length) {
    throw badRequest(`The path ${JSON.stringify(path)} is not of the form /name/name.`);
  }
  return names;
}

export const readPath = (document: Json, path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>(readProperty, document);

const isNone = (value: Json) => isJsonObject(value) && Object.keys(value).length === 0;
const isKeyValue = (value: Json) => typeof value !== 'object' || value === null || isNone(value);

/** The canonical text of the key that the document itself carries. */
export function computePartitionKey(document: JsonObject, paths: readonly (readonly string[])[]): string {
  const values = paths.map((path) => {
    const value = readPath(document, path);
    if (value === undefined) return none;
    if (isKeyValue(value)) return value;
    throw badRequest(
      `The partition key /${path.join('/')} must be a string, number, boolean or null, not an object or array.`,
    );
  });
  return JSON.stringify(values);
}

/**
 * The canonical text of a key as sent in `x-ms-documentdb-partitionkey`.
 * @throws CosmosError 400 when it is no key, or has not as many parts as the container has paths.
 */
export function parsePartitionKey(text: string, parts: { least: number; most: number }): Json[] {
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    values = undefined;
  }
  const known = Array.isArray(values) ? (values as Json[]) : undefined;
  if (known === undefined || !known.every(isKeyValue)) {
    throw badRequest(`The partition key ${text} is not a JSON array of strings, numbers, booleans, nulls and {}.`);
  }
  if (known.length < parts.least || known.length > parts.most) {
    throw badRequest(
      `The partition key ${text} has ${known.length} parts, but the container has ${parts.most} key paths.`,
    );
  }
  return known;
}

/** A key, or with fewer parts than the container has paths all keys that start so. */
export interface PartitionFilter {
  readonly from: string;
  /** Exclusive. */
  readonly to: string;
}

export function computePartitionFilter(values: readonly Json[], paths: number): PartitionFilter {
  const text = JSON.stringify(values);
  if (values.length === paths) return { from: text, to: `${text} ` };
  const prefix = text.slice(0, -1);
  return { from: `${prefix},`, to: `${prefix}-` };
}
