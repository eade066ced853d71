import { canonicalJson, isJsonObject, type Json } from '../json.ts';

export type Value = Json | undefined;

/** Ascending: undefined, null, false, true, numbers, strings, arrays, objects (reference: "ORDER BY"). */
function computeRank(value: Value): number {
  if (value === undefined) return 0;
  if (value === null) return 1;
  if (typeof value === 'boolean') return value ? 3 : 2;
  if (typeof value === 'number') return 4;
  if (typeof value === 'string') return 5;
  return Array.isArray(value) ? 6 : 7;
}

/** A total order over all values; arrays and objects sort by their canonical text. */
export function compareForOrder(a: Value, b: Value): number {
  const byType = computeRank(a) - computeRank(b);
  if (byType !== 0) return byType;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (typeof a === 'object' && a !== null && typeof b === 'object' && b !== null) {
    return compareText(canonicalJson(a), canonicalJson(b));
  }
  return 0;
}

const compareText = (a: string, b: string) => (a < b ? -1 : Number(a > b));

/** False between values of different types, undefined if either is undefined. */
export function isEqual(a: Value, b: Value): boolean | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => isEqual(item, b[index]));
  }
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && isEqual(a[name], b[name]))
  );
}

/** Whether every property of `partial` equals that of `whole`; other values must be equal altogether. */
export function isPartOf(partial: Value, whole: Value): boolean {
  if (!isJsonObject(partial) || !isJsonObject(whole)) return isEqual(partial, whole) === true;
  return Object.keys(partial).every((name) => Object.hasOwn(whole, name) && isPartOf(partial[name], whole[name]));
}

/** Undefined across types, and between arrays or objects (reference: "Equality and comparison operators"). */
export function compareWithinType(a: Value, b: Value): number | undefined {
  if (typeof a !== typeof b || a === undefined || b === undefined) return undefined;
  if (a === null && b === null) return 0;
  return typeof a === 'object' || typeof b === 'object' ? undefined : compareForOrder(a, b);
}
