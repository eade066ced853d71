import { isEqual, isPartOf, type Value } from '../order.ts';
import { defineFunction, type FunctionTable } from './definition.ts';

const contains = (array: readonly Value[], sought: Value) => array.some((item) => isEqual(item, sought) === true);

export const arrayFunctions: FunctionTable = {
  ARRAY_CONCAT: defineFunction([2, Number.POSITIVE_INFINITY], (arrays) =>
    arrays.every((array) => Array.isArray(array)) ? arrays.flat() : undefined,
  ),
  /** With true as third operand an object also matches when its properties are part of an element's. */
  ARRAY_CONTAINS: defineFunction([2, 3], ([array, sought, partial = false]) => {
    if (!Array.isArray(array) || sought === undefined) return undefined;
    return partial === true ? array.some((item) => isPartOf(sought, item)) : contains(array, sought);
  }),
  ARRAY_CONTAINS_ALL: defineFunction([2, Number.POSITIVE_INFINITY], ([array, ...sought]) =>
    Array.isArray(array) ? sought.every((item) => contains(array, item)) : undefined,
  ),
  ARRAY_CONTAINS_ANY: defineFunction([2, Number.POSITIVE_INFINITY], ([array, ...sought]) =>
    Array.isArray(array) ? sought.some((item) => contains(array, item)) : undefined,
  ),
  ARRAY_LENGTH: defineFunction([1, 1], ([array]) => (Array.isArray(array) ? array.length : undefined)),
  /** A negative start counts from the end, a missing length takes the rest. */
  ARRAY_SLICE: defineFunction([2, 3], ([array, start, length = Number.POSITIVE_INFINITY]) => {
    if (!Array.isArray(array) || typeof start !== 'number' || typeof length !== 'number') return undefined;
    const from = start < 0 ? Math.max(0, array.length + start) : start;
    return array.slice(from, from + Math.max(0, length));
  }),
};
