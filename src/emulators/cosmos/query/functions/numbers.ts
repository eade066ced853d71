import { defineFunction, finite, type FunctionTable } from './definition.ts';

const math = (compute: (value: number) => number) =>
  defineFunction([1, 1], ([value]) => (typeof value === 'number' ? finite(compute(value)) : undefined));

export const numberFunctions: FunctionTable = {
  ABS: math(Math.abs),
  CEILING: math(Math.ceil),
  EXP: math(Math.exp),
  FLOOR: math(Math.floor),
  LOG: defineFunction([1, 2], ([value, base]) => {
    if (typeof value !== 'number') return undefined;
    if (base === undefined) return finite(Math.log(value));
    return typeof base === 'number' ? finite(Math.log(value) / Math.log(base)) : undefined;
  }),
  LOG10: math(Math.log10),
  PI: defineFunction([0, 0], () => Math.PI),
  POWER: defineFunction([2, 2], ([base, exponent]) =>
    typeof base === 'number' && typeof exponent === 'number' ? finite(base ** exponent) : undefined,
  ),
  /** Halves round away from zero. */
  ROUND: math((value) => Math.sign(value) * Math.round(Math.abs(value))),
  SIGN: math(Math.sign),
  SQRT: math(Math.sqrt),
  SQUARE: math((value) => value * value),
  TRUNC: math(Math.trunc),
};
