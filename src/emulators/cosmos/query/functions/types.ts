import { isJsonObject } from '../../json.ts';
import type { Value } from '../order.ts';
import { defineFunction, type FunctionTable } from './definition.ts';

const is = (test: (value: Value) => boolean) => defineFunction([1, 1], ([value]) => test(value));

export const typeFunctions: FunctionTable = {
  IS_ARRAY: is((value) => Array.isArray(value)),
  IS_BOOL: is((value) => typeof value === 'boolean'),
  IS_DEFINED: is((value) => value !== undefined),
  IS_FINITE_NUMBER: is((value) => typeof value === 'number'),
  IS_INTEGER: is((value) => Number.isInteger(value)),
  IS_NULL: is((value) => value === null),
  IS_NUMBER: is((value) => typeof value === 'number'),
  IS_OBJECT: is(isJsonObject),
  IS_PRIMITIVE: is((value) => value === null || ['string', 'number', 'boolean'].includes(typeof value)),
  IS_STRING: is((value) => typeof value === 'string'),
  IIF: defineFunction([3, 3], ([condition, whenTrue, otherwise]) => (condition === true ? whenTrue : otherwise)),
};
